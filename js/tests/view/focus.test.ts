import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { h } from '../../src/view/dom';
import { keepFocus } from '../../src/view/focus';

let root: HTMLElement;
let lost: HTMLButtonElement;
let beside: HTMLButtonElement;
let before: HTMLButtonElement;
let outside: HTMLButtonElement;
const fallback = vi.fn();
let release: () => void;

beforeEach(() => {
  lost = h('button');
  beside = h('button');
  before = h('button');
  outside = h('button');
  root = h('div', {}, h('div', {}, before), h('div', {}, h('p', {}, lost), beside));
  document.body.replaceChildren(root, outside);
  // happy-dom has no layout.
  for (const node of document.querySelectorAll('*')) {
    node.checkVisibility = () => true;
  }
  fallback.mockReset();
  release = keepFocus(root, fallback);
  lost.focus();
});

afterEach(() => release());

async function settle(): Promise<void> {
  await new Promise(resolve => setTimeout(resolve));
}

const LOSSES: [string, () => void][] = [
  ['removed', () => lost.remove()],
  ['removed with its parent', () => lost.parentElement?.remove()],
  ['hidden with its parent', () => (lost.parentElement!.hidden = true)],
  ['disabled', () => (lost.disabled = true)]
];

test.each(LOSSES)('the nearest control gets the focus of one that is %s', async (_, lose) => {
  lose();
  await settle();
  expect(document.activeElement).toBe(beside);
  expect(fallback).not.toHaveBeenCalled();
});

test('without a control nearby, the fallback is called', async () => {
  root.replaceChildren();
  await settle();
  expect(fallback).toHaveBeenCalledOnce();
});

test('the focus stays where the user moved it', async () => {
  outside.focus();
  lost.remove();
  await settle();
  expect(document.activeElement).toBe(outside);
  expect(fallback).not.toHaveBeenCalled();
});

test('a change of another element keeps the focus', async () => {
  before.remove();
  await settle();
  expect(document.activeElement).toBe(lost);
});

test('after the end, the focus is not moved', async () => {
  release();
  lost.remove();
  await settle();
  expect(document.activeElement).not.toBe(beside);
});
