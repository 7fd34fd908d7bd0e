import { expect, test, vi } from 'vitest';

import { errorMessage } from '../../src/registry/api_error';
import { Store } from '../../src/registry/old_store';
import type { RegistryInfo } from '../../src/registry/old_types';
import type { RecordedRequest } from '../fake_server';
import { FakeServer, json, problem } from '../fake_server';
import { REGISTRY, model, preferences, version } from '../old_samples';

const MODELS = 'GET /registries/r1/models';
const VERSIONS = 'GET /registries/r1/versions';
const OTHER: RegistryInfo = { ...REGISTRY, id: 'r2', name: 'other', location: 'other' };

/** Return a server with three models and three versions, which replies page by page. */
function makeServer(): FakeServer {
  const server = new FakeServer({
    'GET /registries': { registries: [REGISTRY, OTHER] },
    'GET /registries/r2/models': { total: 0, items: [] }
  });
  server.on(
    MODELS,
    paged(
      server,
      ['a', 'b', 'c'].map(name => model(name, { aliases: { x: 1 } }))
    )
  );
  server.on(VERSIONS, paged(server, [version(3), version(2), version(1)]));
  return server;
}

function paged(server: FakeServer, items: object[]) {
  return ({ query, headers }: RecordedRequest) => {
    if (headers.get('If-None-Match') === server.etag) {
      return new Response(null, { status: 304 });
    }
    const offset = Number(query.get('offset'));
    const page = items.slice(offset, offset + Number(query.get('limit')));
    return json({ total: items.length, items: page }, { ETag: server.etag });
  };
}

function makeStore(server: FakeServer, changes = {}): Store {
  return new Store(server.api, preferences(changes), registries => registries[0] ?? null);
}

async function openedStore(server: FakeServer): Promise<Store> {
  const store = makeStore(server);
  await store.poll();
  server.takeRoutes();
  return store;
}

function namesIn(store: Store): string[] {
  return store.models?.items.map(({ name }) => name) ?? [];
}

test('the first poll lists the registries and reads the models of the first one', async () => {
  const server = makeServer();
  const store = makeStore(server);
  await store.poll();
  expect(server.takeRoutes()).toEqual(['GET /registries', MODELS]);
  expect(store.registry).toEqual(REGISTRY);
  expect(namesIn(store)).toEqual(['a', 'b']);
  expect(store.models?.total).toBe(3);
});

test('does nothing until the preferences are read', async () => {
  const server = makeServer();
  const store = makeStore(server, { ready: new Promise(() => undefined) });
  void store.poll();
  await Promise.resolve();
  expect(server.requests).toEqual([]);
});

test('a poll without a change sends one conditional request and emits nothing', async () => {
  const server = makeServer();
  const store = await openedStore(server);
  const emitted = vi.fn();
  store.changed.connect(emitted);
  store.revised.connect(emitted);
  await store.poll();
  expect(server.requests.map(({ headers }) => headers.get('If-None-Match'))).toEqual(['"1"']);
  expect(emitted).not.toHaveBeenCalled();
});

test('a poll after a change reads the models again and emits `revised`', async () => {
  const server = makeServer();
  const store = await openedStore(server);
  const revised = vi.fn();
  store.revised.connect(revised);
  server.etag = '"2"';
  server.on(MODELS, paged(server, [model('new')]));
  await store.poll();
  expect(namesIn(store)).toEqual(['new']);
  expect(revised).toHaveBeenCalledTimes(1);
});

test('a poll after a change reads the expanded versions again', async () => {
  const server = makeServer();
  const store = await openedStore(server);
  await store.expand('kepler_rf');
  server.etag = '"2"';
  server.on(VERSIONS, paged(server, [version(9)]));
  await store.poll();
  expect(store.expanded.get('kepler_rf')?.items.map(item => item.version)).toEqual([9]);
});

test('a model that is collapsed during a poll stays collapsed', async () => {
  const server = makeServer();
  const store = await openedStore(server);
  await store.expand('kepler_rf');
  server.etag = '"2"';
  server.on(VERSIONS, () => {
    store.collapse('kepler_rf');
    return json({ total: 0, items: [] });
  });
  await store.poll();
  expect(store.expanded.has('kepler_rf')).toBe(false);
});

test('loads the next models and keeps those that are listed', async () => {
  const server = makeServer();
  const store = await openedStore(server);
  await store.loadMore();
  expect(namesIn(store)).toEqual(['a', 'b', 'c']);
});

test('reads as many models again as are listed', async () => {
  const server = makeServer();
  const store = await openedStore(server);
  await store.loadMore();
  server.etag = '"2"';
  await store.poll();
  expect(namesIn(store)).toEqual(['a', 'b', 'c']);
});

test('expands the versions of a model page by page', async () => {
  const server = makeServer();
  const store = await openedStore(server);
  await store.expand('kepler_rf');
  await store.expand('kepler_rf');
  expect(store.expanded.get('kepler_rf')?.items.map(item => item.version)).toEqual([3, 2, 1]);
});

test('searches with the trimmed query and the order', async () => {
  const server = makeServer();
  const store = await openedStore(server);
  await store.search(' rf ', '-registered_at', true);
  const { query } = server.requests[0]!;
  expect(query.get('q')).toBe('rf');
  expect(query.get('order_by')).toBe('-registered_at');
  expect(store.includeDeleted).toBe(true);
});

test('a new search replaces the last one without an error', async () => {
  const store = await openedStore(makeServer());
  const errors: unknown[] = [];
  store.changed.connect(() => errors.push(store.error));
  await Promise.all([store.search('r', 'name', false), store.search('rf', 'name', false)]);
  expect(errors).toEqual([null]);
});

test('keeps the list and the error after an invalid filter', async () => {
  const server = makeServer();
  const store = await openedStore(server);
  server.on(MODELS, () => problem(400, 'invalid_query', 'Cannot read the filter.'));
  await store.search('metrics.', 'name', false);
  expect(errorMessage(store.error)).toBe('Cannot read the filter.');
  expect(namesIn(store)).toEqual(['a', 'b']);
});

test('does not send an invalid filter again at each poll', async () => {
  const server = makeServer();
  const store = await openedStore(server);
  const models = paged(server, []);
  server.on(MODELS, request =>
    request.query.has('q') ? problem(400, 'invalid_query', 'Cannot read it.') : models(request)
  );
  await store.search('metrics.', 'name', false);
  server.etag = '"2"';
  await store.poll();
  server.requests.length = 0;
  await store.poll();
  expect(server.requests.map(({ query }) => query.has('q'))).toEqual([false]);
});

test('removes a network error once the server replies again', async () => {
  const server = makeServer();
  const store = await openedStore(server);
  server.isReachable = false;
  await expect(store.poll()).rejects.toThrow('Cannot reach the Jupyter server.');
  expect(errorMessage(store.error)).toBe('Cannot reach the Jupyter server.');
  server.isReachable = true;
  await store.poll();
  expect(store.error).toBeNull();
});

test('selects another registry, remembers it and forgets the first one', async () => {
  const server = makeServer();
  const remember = vi.fn();
  const store = makeStore(server, { remember });
  await store.poll();
  store.toggleSelection('a:1');
  await store.selectRegistry('r2');
  expect(remember).toHaveBeenCalledWith(OTHER);
  expect(namesIn(store)).toEqual([]);
  expect(store.selected.size).toBe(0);
  expect(store.aliases.size).toBe(0);
});

test('discards a page of a registry that is no longer selected', async () => {
  const server = makeServer();
  const store = await openedStore(server);
  let reply: () => void = () => undefined;
  server.delay = new Promise(resolve => {
    reply = resolve;
  });
  const loading = store.loadMore();
  server.delay = Promise.resolve();
  await store.selectRegistry('r2');
  reply();
  await loading;
  expect(namesIn(store)).toEqual([]);
});

test('lists the registries again when the selected one was removed', async () => {
  const server = makeServer();
  const store = await openedStore(server);
  server.on('GET /registries', { registries: [OTHER] });
  server.on(MODELS, () => problem(404, 'not_found', 'r1 does not exist.'));
  await expect(store.poll()).rejects.toThrow('r1 does not exist.');
  expect(store.registry).toEqual(OTHER);
});

test('refresh reads everything without a condition', async () => {
  const server = makeServer();
  const store = await openedStore(server);
  await store.refresh();
  expect(server.takeRoutes()).toEqual(['GET /registries', MODELS]);
});

test('records where an alias points, and that it was removed', async () => {
  const store = await openedStore(makeServer());
  const state = { name: 'a', alias: 'champion', protected: false };
  store.recordAlias({ ...state, version: 2 });
  expect(store.aliases.get('a')).toEqual({ x: 1, champion: 2 });
  store.recordAlias({ ...state, version: null });
  expect(store.aliases.get('a')).toEqual({ x: 1 });
});

test('selects a version and deselects it', () => {
  const store = makeStore(makeServer());
  store.toggleSelection('a:1');
  store.toggleSelection('b:1');
  store.toggleSelection('a:1');
  expect([...store.selected]).toEqual(['b:1']);
});

test('shows the main metric, or else the metric of the listed models', async () => {
  const server = makeServer();
  const metric = { name: 'recall', scoring: '', value: 0.5, series: [] };
  server.on(MODELS, { total: 2, items: [model('a'), model('b', { metric })] });
  expect((await openedStore(server)).metric).toBe('recall');
  expect(makeStore(server, { mainMetric: 'f1_score' }).metric).toBe('f1_score');
});
