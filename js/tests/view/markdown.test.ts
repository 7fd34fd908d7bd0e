import { expect, test } from 'vitest';

import type { MarkdownNode } from '../../src/registry/types';
import { markdown } from '../../src/view/markdown';
import { english } from '../../src/view/translator';

function html(...nodes: MarkdownNode[]): string {
  return markdown(nodes, english).innerHTML;
}

test('elements of Markdown are created', () => {
  expect(html(['p', {}, 'A ', ['strong', {}, 'good'], ' model'])).toBe(
    '<p>A <strong>good</strong> model</p>'
  );
});

test('HTML in a text stays text', () => {
  expect(html(['p', {}, '<img src=x onerror=alert(1)>'])).toBe(
    '<p>&lt;img src=x onerror=alert(1)&gt;</p>'
  );
});

test.each(['script', 'img', 'iframe', 'style', 'svg', 'form', 'SCRIPT', 'object', 'button'])(
  'the element %s is not created, but its text is kept',
  tag => {
    expect(html([tag, { src: 'x', onerror: 'alert(1)' }, 'text'])).toBe('text');
  }
);

test('only known attributes are set', () => {
  const root = markdown(
    [['p', { onclick: 'alert(1)', style: 'position:fixed', id: 'a', class: 'exo-View' }, 'text']],
    english
  );
  expect(root.innerHTML).toBe('<p>text</p>');
});

test.each([
  'javascript:alert(1)',
  ' JaVaScRiPt:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:x',
  'file:///etc/passwd',
  '//example.org/x',
  '/lab',
  '#top'
])('the link %s is text', href => {
  const root = markdown([['a', { href }, 'see']], english);
  expect(root.querySelector('a')).toBeNull();
  expect(root.textContent).toBe('see');
});

test.each(['https://example.org/x', 'http://example.org/', 'mailto:ada@example.org'])(
  'the link %s opens without access to this page',
  href => {
    const link = markdown([['a', { href }, 'see']], english).querySelector('a');
    expect(link?.getAttribute('href')).toBe(href);
    expect(link?.rel).toBe('noopener noreferrer');
  }
);

test('a task is a checkbox that says whether it is done', () => {
  const input = markdown(
    [['input', { checked: true } as unknown as Record<string, string>]],
    english
  ).querySelector('input');
  expect([input?.type, input?.disabled, input?.checked, input?.getAttribute('aria-label')]).toEqual(
    ['checkbox', true, true, 'Done']
  );
});

test('code names its language only', () => {
  expect(html(['code', { class: 'language-python' }, 'x'])).toBe(
    '<code class="language-python">x</code>'
  );
  expect(html(['code', { class: 'exo-Button language-x' }, 'x'])).toBe('<code>x</code>');
});

test('headings are below those of the view', () => {
  expect(html(['h1', {}, 'Title'], ['h2', {}, 'Part'])).toBe('<h5>Title</h5><h6>Part</h6>');
});

test('a list starts with its number', () => {
  expect(
    markdown([['ol', { start: '3' }, ['li', {}, 'x']]], english).querySelector('ol')?.start
  ).toBe(3);
});

test.each([null, 5, {}, [], [[]], [null, null, null], [{ tag: 'p' }]])(
  'a malformed node %j is ignored',
  node => {
    expect(html(node as unknown as MarkdownNode)).toBe('');
  }
);

test('nodes that are nested without end are cut', () => {
  let node: MarkdownNode = 'deep';
  for (let depth = 0; depth < 5000; depth += 1) {
    node = ['em', {}, node];
  }
  expect(markdown([node], english).textContent).toBe('');
});
