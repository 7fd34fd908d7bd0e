/** Markdown as elements. Texts, attributes and elements are created one by one, never parsed. */
import type { MarkdownNode } from '../registry/types';
import { h } from './dom';
import { safeUrl } from './safe_url';
import type { Trans } from './translator';

type Tag = keyof HTMLElementTagNameMap;

const TAGS: ReadonlySet<string> = new Set([
  ...['p', 'strong', 'em', 'code', 'pre', 'ul', 'ol', 'li', 'a', 'blockquote', 'table', 'thead'],
  ...['tbody', 'tr', 'th', 'td', 'hr', 'br', 'del', 'input', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6']
]);
// Below the headings of the view.
const HEADINGS: ReadonlyMap<string, Tag> = new Map<string, Tag>([
  ['h1', 'h5'],
  ...['h2', 'h3', 'h4', 'h5', 'h6'].map((tag): [string, Tag] => [tag, 'h6'])
]);
const LANGUAGE = /^language-[\w+-]{1,30}$/;
const ALIGNMENTS: readonly unknown[] = ['left', 'center', 'right'];
const MAX_DEPTH = 40;

/** Create the elements of Markdown that was written by users. */
export function markdown(nodes: readonly MarkdownNode[], trans: Trans): HTMLElement {
  return h('div', { class: 'exo-Markdown' }, ...build(nodes, trans, 0));
}

function build(nodes: readonly unknown[], trans: Trans, depth: number): (Node | string)[] {
  return depth > MAX_DEPTH ? [] : nodes.flatMap(node => buildNode(node, trans, depth));
}

function buildNode(node: unknown, trans: Trans, depth: number): (Node | string)[] {
  if (typeof node === 'string') {
    return [node];
  }
  if (!Array.isArray(node)) {
    return [];
  }
  const [tag, given, ...children] = node as [unknown, unknown, ...unknown[]];
  const content = build(children, trans, depth + 1);
  if (typeof tag !== 'string' || !TAGS.has(tag)) {
    // The text is kept, without the element.
    return content;
  }
  const attributes = typeof given === 'object' && given !== null ? given : {};
  return [element(tag, attributes as Record<string, unknown>, content, trans)];
}

function element(
  tag: string,
  { href, class: language, align, start, checked }: Record<string, unknown>,
  content: (Node | string)[],
  trans: Trans
): Node | string {
  switch (tag) {
    case 'a':
      return link(typeof href === 'string' ? href : '', content);
    case 'input':
      return h('input', {
        type: 'checkbox',
        disabled: true,
        checked: Boolean(checked),
        'aria-label': checked ? trans.__('Done') : trans.__('Not done')
      });
    case 'code': {
      const isLanguage = typeof language === 'string' && LANGUAGE.test(language);
      return h('code', { class: isLanguage ? language : null }, ...content);
    }
    case 'pre':
      return h('pre', { tabindex: 0 }, ...content);
    case 'ol':
      return h('ol', { start: Number.isInteger(Number(start)) ? Number(start) : 1 }, ...content);
    case 'th':
    case 'td':
      return h(
        tag,
        { 'data-align': ALIGNMENTS.includes(align) ? String(align) : null },
        ...content
      );
    default:
      return h(HEADINGS.get(tag) ?? (tag as Tag), {}, ...content);
  }
}

function link(href: string, content: (Node | string)[]): Node {
  const url = safeUrl(href);
  return url === null
    ? h('span', {}, ...content)
    : h('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, ...content);
}
