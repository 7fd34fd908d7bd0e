import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Store } from '../../src/registry/old_store';
import type { VersionItem } from '../../src/registry/old_types';
import { ModelTree } from '../../src/widgets/model_tree';
import { FakeServer } from '../fake_server';
import { model, preferences, version } from '../old_samples';

let store: Store;
let tree: ModelTree;
let opened: string[];

beforeEach(() => {
  store = new Store(new FakeServer().api, preferences(), () => null);
  store.models = { total: 2, items: [model('kepler_rf'), model('kepler_svm')] };
  store.expanded.set('kepler_rf', { total: 2, items: [version(2), version(1)] });
  tree = new ModelTree(store, ({ model_id }) => `load ${model_id}`);
  opened = [];
  tree.opened.connect((_, { model_id }) => opened.push(model_id));
  Widget.attach(tree, document.body);
  MessageLoop.flush();
});

afterEach(() => {
  tree.dispose();
});

function rows(): HTMLElement[] {
  return [...tree.node.querySelectorAll<HTMLElement>('[role=treeitem]')];
}

function row(text: string): HTMLElement {
  return rows().find(({ textContent }) => textContent.includes(text))!;
}

/** Press keys one after the other; return the row that has the focus then. */
function press(...keys: string[]): string {
  for (const key of keys) {
    const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true });
    (document.activeElement ?? tree.node).dispatchEvent(event);
    MessageLoop.flush();
  }
  return document.activeElement?.querySelector('.exo-Row-name')?.textContent ?? '';
}

test('shows each model, and the versions of those that are expanded', () => {
  const names = rows().map(node => node.querySelector('.exo-Row-name')?.textContent);
  expect(names).toEqual(['kepler_rf', 'v2', 'v1', 'kepler_svm']);
});

test('is one stop of the Tab key', () => {
  expect(rows().map(({ tabIndex }) => tabIndex)).toEqual([0, -1, -1, -1]);
});

test('moves with the arrow keys, Home and End, and stops at the ends', () => {
  row('kepler_rf').focus();
  expect(press('ArrowUp')).toBe('kepler_rf');
  expect(press('ArrowDown')).toBe('v2');
  expect(press('End')).toBe('kepler_svm');
  expect(press('ArrowDown')).toBe('kepler_svm');
  expect(press('ArrowUp')).toBe('v1');
  expect(press('Home')).toBe('kepler_rf');
});

test('ArrowRight enters an expanded model and expands a collapsed one', () => {
  const expand = vi.spyOn(store, 'expand').mockResolvedValue();
  row('kepler_rf').focus();
  expect(press('ArrowRight')).toBe('v2');
  press('End', 'ArrowRight');
  expect(expand).toHaveBeenCalledWith('kepler_svm');
});

test('ArrowLeft leaves a version and collapses a model', () => {
  row('v1').focus();
  expect(press('ArrowLeft')).toBe('kepler_rf');
  press('ArrowLeft');
  expect(store.expanded.has('kepler_rf')).toBe(false);
  expect(row('kepler_rf').getAttribute('aria-expanded')).toBe('false');
});

test('Enter opens a version', () => {
  row('v1').focus();
  press('Enter');
  expect(opened).toEqual(['kepler_rf:1']);
});

test('Space selects a version and keeps the focus', () => {
  row('v1').focus();
  expect(press(' ')).toBe('v1');
  expect([...store.selected]).toEqual(['kepler_rf:1']);
  expect(row('v1').getAttribute('aria-selected')).toBe('true');
});

test('passes on keys with a modifier and keys that it does not use', () => {
  const outer = vi.fn();
  document.body.addEventListener('keydown', outer);
  row('kepler_rf').focus();
  press('a', 'ArrowDown');
  const event = { key: 'ArrowDown', ctrlKey: true, bubbles: true };
  document.activeElement!.dispatchEvent(new KeyboardEvent('keydown', event));
  document.body.removeEventListener('keydown', outer);
  expect(outer).toHaveBeenCalledTimes(2);
});

test('a click opens a version, and a click on its box selects it', () => {
  row('v2').click();
  row('v1').querySelector<HTMLElement>('.exo-Row-checkbox')!.click();
  expect(opened).toEqual(['kepler_rf:2']);
  expect([...store.selected]).toEqual(['kepler_rf:1']);
});

test('a click with Ctrl selects a version', () => {
  row('v2').dispatchEvent(new MouseEvent('click', { ctrlKey: true, bubbles: true }));
  expect(opened).toEqual([]);
  expect([...store.selected]).toEqual(['kepler_rf:2']);
});

test('a click collapses an expanded model', () => {
  row('kepler_rf').click();
  expect(store.expanded.has('kepler_rf')).toBe(false);
});

test('lists more models and more versions on request', () => {
  const loadMore = vi.spyOn(store, 'loadMore').mockResolvedValue();
  const expand = vi.spyOn(store, 'expand').mockResolvedValue();
  store.models!.total = 5;
  store.expanded.get('kepler_rf')!.total = 3;
  tree.update();
  MessageLoop.flush();
  row('Show more versions (1 remaining)').click();
  row('Show more models (3 remaining)').click();
  expect(expand).toHaveBeenCalledWith('kepler_rf');
  expect(loadMore).toHaveBeenCalledTimes(1);
});

test('reports a page that could not be read', async () => {
  vi.spyOn(store, 'expand').mockRejectedValue(new Error('gone'));
  const failed = vi.fn((_: ModelTree, error: unknown) => error);
  tree.failed.connect(failed);
  row('kepler_svm').click();
  await vi.waitFor(() => {
    expect(failed).toHaveReturnedWith(new Error('gone'));
  });
});

test('drags the code that loads a version', () => {
  const setData = vi.fn();
  const event = Object.assign(new Event('dragstart', { bubbles: true }), {
    dataTransfer: { setData }
  });
  row('v1').dispatchEvent(event);
  expect(setData).toHaveBeenCalledWith('text/plain', 'load kepler_rf:1');
});

test('keeps the current row when rows are inserted above it', () => {
  row('v1').focus();
  const added: VersionItem = version(3);
  store.expanded.get('kepler_rf')!.items.unshift(added);
  tree.update();
  MessageLoop.flush();
  expect(tree.current?.model_id).toBe('kepler_rf:1');
  expect(document.activeElement).toBe(row('v1'));
});
