import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { ApiError } from '../../src/registry/api_error';
import { Store } from '../../src/registry/old_store';
import { SearchBar, summaryOf } from '../../src/widgets/search_bar';
import { FakeServer } from '../fake_server';
import { REGISTRY, model, preferences } from '../old_samples';

const OTHER = { ...REGISTRY, id: 'r2', name: 'other', location: 'other', writable: false };

let store: Store;
let bar: SearchBar;

beforeEach(() => {
  store = new Store(new FakeServer().api, preferences(), () => null);
  store.registries = [REGISTRY, OTHER];
  store.registry = REGISTRY;
  store.models = { total: 1, items: [model()] };
  bar = new SearchBar(store, false);
  Widget.attach(bar, document.body);
  MessageLoop.flush();
});

afterEach(() => {
  bar.dispose();
  vi.useRealTimers();
});

function find(label: string): Element {
  return bar.node.querySelector(`[aria-label="${label}"]`)!;
}

function menu(label: string): HTMLSelectElement {
  return find(label) as HTMLSelectElement;
}

function compareButton(): HTMLButtonElement {
  const buttons = [...bar.node.querySelectorAll('button')];
  return buttons.find(({ textContent }) => textContent.startsWith('Compare'))!;
}

function fail(error: unknown): void {
  store.error = error;
  bar.update();
  MessageLoop.flush();
}

test('lists the registries by name and location', () => {
  const options = [...menu('Registry').options];
  expect(options.map(({ textContent }) => textContent)).toEqual([
    'registry (models/registry)',
    'other, read-only'
  ]);
});

test('selects another registry', () => {
  const select = vi.spyOn(store, 'selectRegistry').mockResolvedValue();
  const registries = menu('Registry');
  registries.value = 'r2';
  registries.dispatchEvent(new Event('change'));
  expect(select).toHaveBeenCalledWith('r2');
});

test('hides the registries where the registry is fixed', () => {
  const fixed = new SearchBar(store, true);
  expect(fixed.node.querySelector('select')?.parentElement?.hasAttribute('hidden')).toBe(true);
  fixed.dispose();
});

test('searches once, after a pause in typing', () => {
  vi.useFakeTimers();
  const search = vi.spyOn(store, 'search').mockResolvedValue();
  const input = find('Filter models') as HTMLInputElement;
  for (const text of ['r', 'rf']) {
    input.value = text;
    input.dispatchEvent(new Event('input'));
  }
  expect(search).not.toHaveBeenCalled();
  vi.runAllTimers();
  expect(search.mock.calls).toEqual([['rf', 'name', false]]);
});

test('sorts at once', () => {
  const search = vi.spyOn(store, 'search').mockResolvedValue();
  const order = menu('Sort by');
  order.value = '-metric';
  order.dispatchEvent(new Event('change'));
  expect(search).toHaveBeenCalledWith('', '-metric', false);
});

test('compares only two or more versions', () => {
  const requested = vi.fn();
  bar.compareRequested.connect(requested);
  store.toggleSelection('kepler_rf:1');
  MessageLoop.flush();
  expect(compareButton().disabled).toBe(true);
  store.toggleSelection('kepler_rf:2');
  MessageLoop.flush();
  expect(compareButton().textContent).toBe('Compare (2)');
  compareButton().click();
  expect(requested).toHaveBeenCalledTimes(1);
});

test('shows where a filter is invalid', () => {
  store.query = 'metrics >';
  fail(new ApiError(400, 'invalid_query', 'Cannot read the filter.', null, { position: 8 }));
  expect(bar.node.querySelector('.exo-SearchBar-error')?.textContent).toBe(
    '⚠ Cannot read the filter.metrics > column 9'
  );
  expect(find('Filter models').getAttribute('aria-invalid')).toBe('true');
});

test('removes an error that is over', () => {
  fail(new Error('wrong'));
  fail(null);
  expect(bar.node.querySelector('.exo-SearchBar-error')?.textContent).toBe('');
  expect(find('Filter models').getAttribute('aria-invalid')).toBe('false');
});

test.each<[string, Partial<Store>, string]>([
  ['counts the models', {}, '1 model'],
  ['waits for the models', { models: null }, 'Loading…'],
  [
    'explains an empty registry',
    { models: { total: 0, items: [] } },
    'No models yet. Register one with register_model.'
  ],
  [
    'explains a filter without matches',
    { models: { total: 0, items: [] }, query: 'x' },
    'No matching models. Clear the filter to list all models.'
  ],
  [
    'explains a server without registries',
    { registry: null, registries: [], models: null },
    'No registry in the folder of this server. Create one with ModelRegistry("registry").'
  ],
  ['leaves an error to the error line', { models: null, error: new Error('wrong') }, ''],
  ['counts the models below an error', { error: new Error('wrong') }, '1 model']
])('%s', (_, state, summary) => {
  expect(summaryOf(Object.assign(store, state))).toBe(summary);
});
