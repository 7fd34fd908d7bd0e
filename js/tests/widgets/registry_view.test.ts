import { MessageLoop } from '@lumino/messaging';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import type { ViewPreferences } from '../../src/widgets/registry_view';
import { RegistryView } from '../../src/widgets/registry_view';
import { FakeServer, settle } from '../fake_server';
import { REGISTRY, metadata, model, preferences } from '../old_samples';

const host = { loadingCode: vi.fn(() => 'code'), run: vi.fn(), compare: vi.fn(() => true) };

let server: FakeServer;
let settings: ViewPreferences;
let changed: Signal<object, void>;
let view: RegistryView;

beforeEach(() => {
  server = new FakeServer({
    'GET /registries': { registries: [REGISTRY] },
    'GET /registries/r1/models': { total: 1, items: [model()] },
    'GET /registries/r1/models/kepler_rf/versions/1': {
      metadata: metadata(),
      metric_titles: {},
      plots: []
    }
  });
  changed = new Signal({});
  settings = {
    ...preferences(),
    refreshSeconds: 3,
    changed,
    choose: registries => registries[0] ?? null
  };
  view = new RegistryView(server.api, settings, host);
});

afterEach(() => {
  view.dispose();
});

async function attach(): Promise<void> {
  Widget.attach(view, document.body);
  await vi.waitFor(() => {
    expect(view.store.models).not.toBeNull();
  });
  MessageLoop.flush();
}

test('sends no request before it is shown', async () => {
  await settle();
  expect(server.requests).toEqual([]);
});

test('lists the models once it is shown', async () => {
  await attach();
  expect(view.tree.node.textContent).toContain('kepler_rf');
});

test('reads everything again when a setting changes', async () => {
  await attach();
  server.requests.length = 0;
  changed.emit();
  await vi.waitFor(() => {
    expect(server.requests).toHaveLength(1);
  });
  expect(server.requests[0]?.headers.has('If-None-Match')).toBe(false);
});

test('opens the details of one version at a time, and closes them', async () => {
  await attach();
  view.open({ name: 'kepler_rf', version: 1 });
  const detail = view.open({ name: 'kepler_rf', version: 1 });
  expect(view.node.querySelectorAll('.exo-Detail')).toHaveLength(1);
  expect(view.detail).toBe(detail);
  detail.closed.emit();
  expect(view.detail).toBeNull();
  expect(view.node.querySelector('.exo-Detail, .exo-Divider')).toBeNull();
});

test('leaves what to do with a version to the application', async () => {
  await attach();
  const detail = view.open({ name: 'kepler_rf', version: 1 });
  await settle();
  detail.actionRequested.emit('copy');
  expect(host.run).toHaveBeenCalledWith(view, 'copy', {
    name: 'kepler_rf',
    version: 1,
    model_id: 'kepler_rf:1',
    aliases: []
  });
});

test('compares in the application, or below the list where there are no tabs', async () => {
  await attach();
  view.store.toggleSelection('kepler_rf:1');
  view.compare();
  expect(host.compare).not.toHaveBeenCalled();
  view.store.toggleSelection('kepler_rf:2');
  view.compare();
  expect(host.compare).toHaveBeenCalledWith(REGISTRY, ['kepler_rf:1', 'kepler_rf:2']);
  expect(view.node.querySelector('.exo-Comparison')).toBeNull();
  host.compare.mockReturnValueOnce(false);
  view.compare();
  expect(view.node.querySelector('.exo-Comparison')).not.toBeNull();
});

test('moves the focus to the filter when it is activated', async () => {
  await attach();
  view.activate();
  MessageLoop.flush();
  expect(document.activeElement?.getAttribute('aria-label')).toBe('Filter models');
});

test('notifies the application that it is used', async () => {
  await attach();
  const touched = vi.fn();
  view.touched.connect(touched);
  view.searchBar.focusSearch();
  expect(touched).toHaveBeenCalled();
});
