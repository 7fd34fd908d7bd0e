import { expect, test } from 'vitest';

import { h } from '../../src/view/dom';
import { markPosition } from '../../src/view/filter_error';
import { english } from '../../src/view/translator';

test('marks the character at the position, which is counted from 1 for readers', () => {
  const element = h('div', {}, ...markPosition(english, 'a > b', 2));
  expect(element.querySelector('mark')?.textContent).toBe('>');
  expect(element.querySelector('code')?.textContent).toBe('a > b');
  expect(element.textContent).toContain('column 3');
});

test('marks a space after the end of the filter', () => {
  const element = h('div', {}, ...markPosition(english, 'a >', 3));
  expect(element.querySelector('mark')?.textContent).toBe(' ');
});

test('shows the filter as text', () => {
  const element = h('div', {}, ...markPosition(english, '<b>x</b>', 0));
  expect(element.querySelector('b')).toBeNull();
});
