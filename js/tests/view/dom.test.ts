import { expect, test, vi } from 'vitest';

import { button, errorText, h, iconButton, replaceIfChanged, svg } from '../../src/view/dom';

const ATTACK = '<img src=x onerror="window.attacked = true">';

test('shows text as text, never as HTML', () => {
  const element = h('p', {}, ATTACK);
  expect(element.children).toHaveLength(0);
  expect(element.textContent).toBe(ATTACK);
});

test('sets text in an attribute as it is', () => {
  expect(h('p', { title: ATTACK }).getAttribute('title')).toBe(ATTACK);
});

test('leaves out children and attributes that are false, null or undefined', () => {
  const element = h(
    'p',
    { hidden: false, title: null, lang: undefined },
    'a',
    null,
    false,
    undefined
  );
  expect(element.outerHTML).toBe('<p>a</p>');
});

test('shows the number 0', () => {
  expect(h('p', { tabindex: 0 }, 0).outerHTML).toBe('<p tabindex="0">0</p>');
});

test('sets an attribute that is true without a value', () => {
  expect(h('details', { open: true }).getAttribute('open')).toBe('');
});

test('listens to the event that a function is named for', () => {
  const onClick = vi.fn();
  h('p', { click: onClick }).click();
  expect(onClick).toHaveBeenCalledTimes(1);
});

test('creates SVG elements in their namespace', () => {
  const element = svg('svg', {}, svg('circle', { r: 2 }));
  expect(element.firstElementChild?.namespaceURI).toBe('http://www.w3.org/2000/svg');
});

test('creates buttons that do not submit a form', () => {
  expect(button('Set alias', () => undefined).type).toBe('button');
});

test('names a button that shows only a symbol', () => {
  const close = iconButton('×', 'Close', () => undefined);
  expect(close.textContent).toBe('×');
  expect(close.getAttribute('aria-label')).toBe('Close');
});

test('shows an error as text', () => {
  expect(errorText(ATTACK).textContent).toBe(`⚠ ${ATTACK}`);
});

test('keeps the children of an element until its state changes', () => {
  const element = h('ul');
  replaceIfChanged(element, { a: 1 }, () => [h('li', {}, 'first')]);
  const first = element.firstChild;
  replaceIfChanged(element, { a: 1 }, () => [h('li', {}, 'ignored')]);
  expect(element.firstChild).toBe(first);
  replaceIfChanged(element, { a: 2 }, () => [h('li', {}, 'second')]);
  expect(element.textContent).toBe('second');
});
