import { expect, test } from 'vitest';

import { divider } from '../../src/view/divider';
import { h } from '../../src/view/dom';

function makeDivider(): { column: HTMLElement; line: HTMLElement; press: (key: string) => void } {
  const column = h('div');
  const line = divider(column, '--upper');
  const press = (key: string) => {
    line.dispatchEvent(new KeyboardEvent('keydown', { key, cancelable: true }));
  };
  return { column, line, press };
}

test('starts in the middle', () => {
  const { column, line } = makeDivider();
  expect(column.style.getPropertyValue('--upper')).toBe('50%');
  expect(line.getAttribute('aria-valuenow')).toBe('50');
});

test('moves with the arrow keys', () => {
  const { column, press } = makeDivider();
  press('ArrowDown');
  press('ArrowDown');
  press('ArrowUp');
  expect(column.style.getPropertyValue('--upper')).toBe('55%');
});

test('ignores other keys', () => {
  const { column, press } = makeDivider();
  press('ArrowLeft');
  expect(column.style.getPropertyValue('--upper')).toBe('50%');
});

test('never hides the list or the details', () => {
  const { line, press } = makeDivider();
  Array.from({ length: 20 }).forEach(() => press('ArrowDown'));
  expect(line.getAttribute('aria-valuenow')).toBe('85');
  Array.from({ length: 20 }).forEach(() => press('ArrowUp'));
  expect(line.getAttribute('aria-valuenow')).toBe('15');
});
