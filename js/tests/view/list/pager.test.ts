import { expect, test, vi } from 'vitest';

import { Pager } from '../../../src/view/list/pager';
import { english } from '../../../src/view/translator';
import { click, textOf } from './fixture';

function show(page: number, total: number) {
  const turn = vi.fn();
  const pager = new Pager(english, turn);
  pager.show({ page, pageSize: 25, total });
  const button = (label: string) => pager.node.querySelector(`[aria-label="${label} page"]`);
  return { pager, turn, button };
}

test('the pager names the rows and their number', () => {
  expect(textOf(show(2, 150).pager.node)).toBe('26–50 of 150');
  expect(textOf(show(6, 126).pager.node)).toBe('126 of 126');
  expect(textOf(show(2, 20000).pager.node)).toBe('26–50 of 20,000');
});

test('one page has no pager', () => {
  expect(show(1, 25).pager.node.hidden).toBe(true);
  expect(show(1, 26).pager.node.hidden).toBe(false);
});

test('the buttons turn to the first, previous, next and last page', () => {
  const { turn, button } = show(3, 150);
  ['First', 'Previous', 'Next', 'Last'].forEach(label => click(button(label)));
  expect(turn.mock.calls).toEqual([[1], [2], [4], [6]]);
});

test('at an end, the buttons that lead further do nothing', () => {
  const { turn, button } = show(1, 150);
  ['First', 'Previous'].forEach(label => {
    expect(button(label)?.getAttribute('aria-disabled')).toBe('true');
    click(button(label));
  });
  expect(turn).not.toHaveBeenCalled();
});

test('a page after the last one is shown as the last one', () => {
  expect(textOf(show(9, 60).pager.node)).toBe('51–60 of 60');
});
