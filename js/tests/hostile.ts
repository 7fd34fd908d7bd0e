/** Replies in which each text is an attack, and a check that none of them had an effect. */
import type { Transport } from '../src/transport/transport';

/** Markup, a template, and characters that change the reading direction or are invisible. */
export const ATTACK =
  '"><img src=x onerror=hit()><script>hit()</script><a href="javascript:hit()">x</a>' +
  "'${hit()}%1$&\u202egnp\u2066\u200b\u0007";
// Texts that choose what is drawn, and are not shown.
const CHOICES = ['id', 'view', 'align', 'sorted', 'language', 'verdict', 'reason', 'group'];
const LABELS = ['title', 'aria-label', 'aria-description', 'alt', 'placeholder', 'label'];
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const LINES = /[\n\t]/g;
const FORBIDDEN = 'script, img, iframe, object, embed, style, link, meta, base, form, video, audio';

/** Return a transport whose replies have an attack in each text, also in names. */
export function hostile(transport: Transport): Transport {
  return async (path, init) => {
    const body =
      typeof init.body === 'string' ? JSON.stringify(tamed(JSON.parse(init.body))) : null;
    const response = await transport(tamedPath(path), body === null ? init : { ...init, body });
    const text = await response.text();
    const { status, headers } = response;
    const attacked = text.startsWith('{') ? JSON.stringify(attackedBy(JSON.parse(text))) : text;
    return new Response(attacked || null, { status, headers });
  };
}

/** Return a value with an attack in each text; a number after a colon stays at the end. */
export function attackedBy(value: unknown, name = ''): unknown {
  if (typeof value === 'string') {
    return CHOICES.includes(name) ? value : value.replace(/(:\d+)?$/, number => ATTACK + number);
  }
  if (Array.isArray(value)) {
    return value.map(one => attackedBy(one, name));
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, one]) => [key, attackedBy(one, key)]);
    return Object.fromEntries(entries) as unknown;
  }
  return value;
}

/** Return what an element has of attacks that are more than text. */
export function faults(root: Element): string[] {
  const found = [...root.querySelectorAll(FORBIDDEN)].map(({ tagName }) => tagName);
  for (const element of [root, ...root.querySelectorAll('*')]) {
    for (const { name, value } of element.attributes) {
      if (isFault(name, value)) {
        found.push(`${element.tagName} ${name}=${value}`);
      }
    }
    for (const { nodeType, nodeValue } of element.childNodes) {
      if (nodeType === Node.TEXT_NODE && INVISIBLE.test((nodeValue ?? '').replace(LINES, ''))) {
        found.push(`${element.tagName} ${element.className}: ${nodeValue}`);
      }
    }
  }
  return found;
}

function isFault(name: string, value: string): boolean {
  if (name.startsWith('on') || name === 'srcdoc' || name === 'formaction') {
    return true;
  }
  if (['class', 'id', 'style', 'for', 'role'].includes(name)) {
    return value.includes('hit()');
  }
  if (['href', 'src', 'xlink:href'].includes(name)) {
    return !/^(https?:\/\/|mailto:|#)/.test(value);
  }
  return LABELS.includes(name) && INVISIBLE.test(value.replace(LINES, ''));
}

function tamed(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll(JSON.stringify(ATTACK).slice(1, -1), ''));
}

function tamedPath(path: string): string {
  const [place = '', query] = path.split('?');
  const parts = place.split('/').map(part => {
    return encodeURIComponent(decodeURIComponent(part).replaceAll(ATTACK, ''));
  });
  if (query === undefined) {
    return parts.join('/');
  }
  const pairs = [...new URLSearchParams(query)].map(([name, value]) => {
    return [name, value.replaceAll(ATTACK, '')];
  });
  return `${parts.join('/')}?${new URLSearchParams(pairs).toString()}`;
}
