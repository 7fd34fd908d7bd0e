import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { beforeEach, expect, test, vi } from 'vitest';

import { StatusItem } from '../../src/application/status_item';
import type { RegistryPanel } from '../../src/widgets/registry_panel';
import { FakeView } from '../fake_view';
import { REGISTRY, head } from '../samples';

class FakePanel {
  view: FakeView | null = null;
  readonly changed = new Signal<this, void>(this);
}

let panel: FakePanel;
let item: StatusItem;
const show = vi.fn();

beforeEach(() => {
  panel = new FakePanel();
  const trans = nullTranslator.load('exo_nbregistry');
  item = new StatusItem(panel as unknown as RegistryPanel, trans, show);
});

test('shows a known registry before the sidebar was seen', () => {
  item.showFirst(REGISTRY, head({ counts: { models: 1, versions: 3000, deleted: 0 } }));
  expect(item.isActive).toBe(true);
  expect(item.node.textContent).toBe('registry: 3,000 versions');
});

test('keeps the registry of the sidebar', () => {
  panel.view = new FakeView();
  panel.changed.emit();
  item.showFirst({ ...REGISTRY, name: 'other' }, null);
  expect(item.node.textContent).toBe('registry: 152 versions');
});

test('keeps the first registry until the sidebar has listed them, and is hidden without any', () => {
  item.showFirst(REGISTRY, null);
  const view = new FakeView();
  Object.assign(view.store, { registry: null, head: null });
  panel.view = view;
  panel.changed.emit();
  expect([item.isActive, item.node.textContent]).toEqual([true, 'registry']);
  view.store.hasNoRegistry = true;
  panel.changed.emit();
  expect(item.isActive).toBe(false);
});

test('is hidden until the sidebar shows a registry', () => {
  const changed = vi.fn();
  item.activeChanged.connect(changed);
  panel.changed.emit();
  expect(item.isActive).toBe(false);
  panel.view = new FakeView();
  panel.changed.emit();
  panel.changed.emit();
  expect(item.isActive).toBe(true);
  expect(changed).toHaveBeenCalledTimes(1);
});

test('shows the registry and its number of versions', () => {
  panel.view = new FakeView();
  panel.changed.emit();
  expect(item.node.textContent).toBe('registry: 152 versions');
  panel.view.store.head.counts.versions = 1;
  panel.changed.emit();
  expect(item.node.textContent).toBe('registry: 1 version');
});

test('a click shows the sidebar', () => {
  item.node.querySelector('button')?.click();
  expect(show).toHaveBeenCalledTimes(1);
});
