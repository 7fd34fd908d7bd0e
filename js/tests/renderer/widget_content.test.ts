import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { drawnOrTimeout, isLoaded } from '../../src/renderer/widget_content';

let node: HTMLElement;
let isDone: boolean;

beforeEach(() => {
  vi.useFakeTimers();
  isDone = false;
  node = document.createElement('div');
  node.textContent = 'Loading widget...';
  void drawnOrTimeout(node, 250).then(() => (isDone = true));
});

afterEach(() => vi.useRealTimers());

test('ends as soon as the widget has drawn a text', async () => {
  const widget = document.createElement('div');
  node.replaceChildren(widget);
  await vi.advanceTimersByTimeAsync(0);
  expect([isLoaded(node), isDone]).toEqual([true, false]);
  widget.textContent = '25 versions';
  await vi.advanceTimersByTimeAsync(0);
  expect([isLoaded(node), isDone]).toEqual([true, true]);
});

test('waits while ipywidgets loads the widget', async () => {
  node.textContent = 'Loading the widget...';
  await vi.advanceTimersByTimeAsync(249);
  expect([isLoaded(node), isDone]).toEqual([false, false]);
});

test('ends after a while, for a widget without text', async () => {
  node.replaceChildren();
  await vi.advanceTimersByTimeAsync(250);
  expect([isLoaded(node), isDone]).toEqual([true, true]);
});

test('ends after a while without a widget', async () => {
  const end = vi.fn();
  void drawnOrTimeout(undefined, 25).then(end);
  await vi.advanceTimersByTimeAsync(24);
  expect(end).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(end).toHaveBeenCalledOnce();
});
