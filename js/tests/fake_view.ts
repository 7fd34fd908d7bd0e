/** A view without a page: a store of samples, and how often it was read. */
import { vi } from 'vitest';

import type { RegistryView } from '../src/view/registry_view';
import { Signal } from '../src/registry/signal';
import { REGISTRY, version } from './samples';

export class FakeView {
  constructor(selected: string[] = []) {
    this.store.state.selected = selected;
    this.node.append(this.row);
    this.row.dataset.ref = 'kepler_rf:1';
    this.row.tabIndex = 0;
  }

  readonly node = document.createElement('div');
  readonly row = document.createElement('div');
  readonly focus = vi.fn();
  readonly pause = vi.fn();
  readonly resume = vi.fn();
  readonly host = { copy: vi.fn(() => Promise.resolve()) };
  readonly dispose = vi.fn(() => {
    this.node.remove();
  });
  readonly store = {
    state: { registry: REGISTRY.id, query: 'svm', selected: [] as string[] },
    changed: new Signal(),
    stateChanged: new Signal<object>(),
    registry: REGISTRY,
    hasNoRegistry: false,
    head: { counts: { models: 1, versions: 152, deleted: 0 } },
    rows: { items: [version(1, { aliases: ['champion'] })] },
    expanded: new Map(),
    select: vi.fn(),
    clearSelection: vi.fn(),
    refresh: vi.fn(() => Promise.resolve()),
    invalidate: vi.fn(),
    poll: vi.fn(() => Promise.resolve()),
    route: (...parts: string[]) => ['registries', REGISTRY.id, ...parts]
  };

  get view(): RegistryView {
    return this as unknown as RegistryView;
  }
}
