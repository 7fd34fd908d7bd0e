import { beforeEach, describe, expect, it, vi } from 'vitest';

import { Store } from '../../src/registry/store';
import { FakeServer, settle } from '../fake_server';
import {
  INDEXING,
  OTHER_REGISTRY,
  REGISTRY,
  head,
  modelPage,
  replies,
  version,
  versionPage
} from '../samples';

let server: FakeServer;
let store: Store;

beforeEach(async () => {
  server = new FakeServer({
    ...replies(),
    'GET /registries': { registries: [REGISTRY, OTHER_REGISTRY] },
    'GET /registries/r2': { ...head({ id: 'r2', name: 'team' }) },
    'GET /registries/r2/models': { ...modelPage([]) }
  });
  store = new Store(server.api);
  await store.poll();
  server.takeRequests();
});

describe('the registry of a Store', () => {
  it('leaves nothing of the last one when another is chosen', async () => {
    store.update({ query: 'kepler', selected: ['kepler_rf:3'], columns: ['algorithm'] });
    await settle();
    store.update({ registry: 'r2' });
    expect(store.rows).toBeNull();
    expect(store.head).toBeNull();
    expect(store.state).toMatchObject({ query: '', selected: [], columns: [] });
    await settle();
    expect(store.route('models')).toEqual(['registries', 'r2', 'models']);
    expect(store.rows?.total).toBe(0);
  });

  it('drops a reply of the last one', async () => {
    store.update({ query: 'kepler' });
    store.update({ registry: 'r2' });
    await settle();
    expect(store.head?.name).toBe('team');
    expect(store.rows?.total).toBe(0);
  });

  it('is replaced when it is gone', async () => {
    store.update({ selected: ['kepler_rf:3'] });
    server.on('GET /registries', { registries: [OTHER_REGISTRY] });
    await store.refresh();
    await settle();
    expect(store.registry?.id).toBe('r2');
    expect(store.state.selected).toEqual([]);
  });

  it('is the one that the preferences choose, and is remembered', async () => {
    const remember = vi.fn();
    const preferences = { choose: () => OTHER_REGISTRY, remember };
    const chosen = new Store(server.api, { preferences });
    await chosen.poll();
    expect(chosen.registry?.id).toBe('r2');
    chosen.update({ registry: 'r1' });
    expect(remember).toHaveBeenCalledExactlyOnceWith(REGISTRY);
  });

  it('is the fixed one, by its location', async () => {
    const fixed = new Store(server.api, { fixedRegistry: OTHER_REGISTRY.location });
    await fixed.poll();
    expect(fixed.registry?.id).toBe('r2');
  });

  it('is missing when the fixed one does not exist', async () => {
    const fixed = new Store(server.api, { fixedRegistry: 'elsewhere' });
    expect(fixed.hasNoRegistry).toBe(false);
    await fixed.poll();
    expect(fixed.hasNoRegistry).toBe(true);
  });

  it('keeps what was selected before it was read', async () => {
    const state = { registry: 'r1', selected: ['kepler_rf:3'] };
    const restored = new Store(server.api, { state });
    await restored.poll();
    expect(restored.state.selected).toEqual(['kepler_rf:3']);
  });
});

describe('Store.expand', () => {
  it('adds the next versions of a model', async () => {
    server.on('GET /registries/r1/versions', ({ query }) => {
      const number = 3 - Number(query.get('offset'));
      return new Response(JSON.stringify(versionPage([version(number)], { total: 3 })));
    });
    await store.expand('kepler_rf');
    await store.expand('kepler_rf');
    const ids = store.expanded.get('kepler_rf')?.items.map(({ model_id }) => model_id);
    expect(ids).toEqual(['kepler_rf:3', 'kepler_rf:2']);
  });

  it('reads as many versions again after a change', async () => {
    await store.expand('kepler_rf');
    server.takeRequests();
    server.etag = '"2"';
    await store.poll();
    expect(server.takeRoutes()).toContain('GET /registries/r1/versions');
  });

  it('leaves a model that was collapsed meanwhile collapsed', async () => {
    await store.expand('kepler_rf');
    store.update({ query: 'kepler' });
    store.collapse('kepler_rf');
    await settle();
    expect(store.expanded.has('kepler_rf')).toBe(false);
  });
});

describe('Store.select', () => {
  beforeEach(async () => {
    store.update({ view: 'versions' });
    await settle();
  });

  it('selects only a version', () => {
    store.select('kepler_rf:3', 'toggle');
    store.select('kepler_rf:1', 'only');
    expect(store.state.selected).toEqual(['kepler_rf:1']);
  });

  it('adds and removes versions in the order of selection', () => {
    store.select('kepler_rf:1', 'toggle');
    store.select('kepler_rf:3', 'toggle');
    store.select('kepler_rf:1', 'toggle');
    store.select('kepler_rf:1', 'toggle');
    expect(store.state.selected).toEqual(['kepler_rf:3', 'kepler_rf:1']);
  });
});

describe('Store.indexing', () => {
  it('is read while the list takes longer than half a second', async () => {
    vi.useFakeTimers();
    server.on('GET /registries/r1/indexing', { ...INDEXING });
    let reply: () => void = () => undefined;
    server.delay = new Promise(resolve => (reply = resolve));
    store.update({ query: 'kepler' });
    server.delay = Promise.resolve();
    await vi.advanceTimersByTimeAsync(600);
    expect(store.indexing).toEqual(INDEXING);
    reply();
    await vi.advanceTimersByTimeAsync(1);
    expect(store.indexing).toBeNull();
    server.takeRequests();
    await vi.advanceTimersByTimeAsync(5000);
    expect(server.takeRoutes()).toEqual([]);
    vi.useRealTimers();
  });
});

describe('Store.fields', () => {
  it('are read once for each state of the registry', async () => {
    await store.fields();
    await store.fields();
    expect(server.takeRoutes()).toEqual(['GET /registries/r1/fields']);
    server.etag = '"2"';
    await store.poll();
    server.takeRequests();
    await store.fields();
    expect(server.takeRoutes()).toEqual(['GET /registries/r1/fields']);
  });
});
