import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { ApiError } from '../../src/registry/api_error';
import { Store } from '../../src/registry/store';
import { FakeServer, problem, settle } from '../fake_server';
import { OTHER_REGISTRY, REGISTRY, head, modelPage, replies } from '../samples';

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

describe('Store.poll', () => {
  it('reads the head and the list at first', async () => {
    const fresh = new Store(server.api);
    await fresh.poll();
    expect(server.takeRoutes()).toEqual([
      'GET /registries',
      'GET /registries/r1',
      'GET /registries/r1/models'
    ]);
    expect(fresh.head?.counts.versions).toBe(5);
    expect(fresh.rows?.total).toBe(2);
  });

  it('sends one conditional request while nothing changes', async () => {
    await store.poll();
    const [request, ...others] = server.takeRequests();
    expect(request?.headers.get('If-None-Match')).toBe('"1"');
    expect(others).toEqual([]);
  });

  it('reads the list again after a change, and says so', async () => {
    const revised = vi.fn();
    store.revised.connect(revised);
    server.etag = '"2"';
    await store.poll();
    expect(server.takeRoutes()).toContain('GET /registries/r1/models');
    expect(revised).toHaveBeenCalledOnce();
  });

  it('is one reading for calls at the same time', async () => {
    const fresh = new Store(server.api);
    await Promise.all([fresh.poll(), fresh.poll()]);
    expect(server.takeRoutes()).toHaveLength(3);
  });
});

describe('Store.update of the page', () => {
  it('reads the list only, while the registry has the known state', async () => {
    store.update({ page: 2 });
    await settle();
    expect(server.takeRoutes()).toEqual(['GET /registries/r1/models']);
    expect(store.head?.counts.versions).toBe(5);
  });

  it('reads the head too if the registry has changed', async () => {
    server.etag = '"2"';
    const counts = { models: 2, versions: 6, deleted: 0 };
    server.on('GET /registries/r1', { ...head({ counts }) });
    store.update({ page: 2 });
    await settle();
    expect(server.takeRoutes()).toEqual(['GET /registries/r1/models', 'GET /registries/r1']);
    expect(store.head?.counts.versions).toBe(6);
    await store.poll();
    expect(server.takeRoutes()).toEqual(['GET /registries/r1/models']);
  });

  it('sends the request before the view is drawn', () => {
    const drawn: number[] = [];
    store.changed.connect(() => drawn.push(server.takeRequests().length));
    store.update({ page: 2 });
    expect(drawn).toEqual([1]);
  });

  it('keeps the number of the shown page until the next one is there', async () => {
    server.on('GET /registries/r1/models', { ...modelPage(undefined, { total: 80 }) });
    await store.refresh();
    store.update({ page: 2 });
    expect([store.state.page, store.rowsPage]).toEqual([2, 1]);
    await settle();
    expect(store.rowsPage).toBe(2);
  });
});

describe('Store.poll after an error', () => {
  it('keeps the rows and the error of a server that cannot be reached', async () => {
    server.isReachable = false;
    await expect(store.poll()).rejects.toThrow('Cannot reach');
    expect((store.error as ApiError).reason).toBe('network');
    expect(store.rows?.total).toBe(2);
  });

  it('forgets the error when the server is back', async () => {
    server.isReachable = false;
    await store.poll().catch(() => undefined);
    server.isReachable = true;
    await store.poll();
    expect(store.error).toBeNull();
  });

  it('reads a list that failed again, although the registry is the same', async () => {
    server.isReachable = false;
    store.update({ query: 'churn' });
    await settle();
    server.isReachable = true;
    await store.poll();
    expect(server.takeRequests().pop()?.query.get('q')).toBe('churn');
    expect(store.error).toBeNull();
  });

  it('does not send an invalid filter again', async () => {
    server.on('GET /registries/r1/models', ({ query }) =>
      query.has('q')
        ? problem(400, 'invalid_query', 'Invalid.')
        : new Response(null, { status: 304 })
    );
    store.update({ query: 'f1 >' });
    await settle();
    server.takeRequests();
    await store.poll();
    expect(server.takeRequests().map(({ query }) => query.get('q'))).toEqual([null]);
    expect((store.error as ApiError).message).toBe('Invalid.');
  });
});

describe('Store.update', () => {
  it('shows that it is loading in the same call', () => {
    store.update({ query: 'churn' });
    expect(store.loading).toBe(true);
    expect(store.rows?.total).toBe(2);
  });

  it('announces the change with the page that follows from it', () => {
    const announced = vi.fn();
    store.update({ page: 3 });
    store.stateChanged.connect(announced);
    store.update({ query: 'churn' });
    expect(announced).toHaveBeenCalledExactlyOnceWith({ query: 'churn', page: 1 });
  });

  it('announces nothing that is the same', () => {
    const announced = vi.fn();
    store.stateChanged.connect(announced);
    store.update({ query: '', selected: [] });
    expect(announced).not.toHaveBeenCalled();
    expect(server.takeRoutes()).toEqual([]);
  });

  it('drops the reply to an earlier search', async () => {
    server.on('GET /registries/r1/models', ({ query }) => {
      const name = query.get('q') ?? '';
      return new Response(JSON.stringify({ ...modelPage([]), message: name }));
    });
    store.update({ query: 'one' });
    store.update({ query: 'two' });
    await settle();
    expect(store.rows?.message).toBe('two');
  });

  it('reads nothing for a selection', () => {
    store.update({ selected: ['kepler_rf:3'] });
    expect(server.takeRoutes()).toEqual([]);
  });

  it('goes to the last page when the one that is shown is gone', async () => {
    server.on('GET /registries/r1/models', ({ query }) => {
      const items = query.get('offset') === '0' ? modelPage().items : [];
      return new Response(JSON.stringify(modelPage(items, { total: 2 })));
    });
    store.update({ page: 4 });
    await settle();
    expect(store.state.page).toBe(1);
    expect(store.rows?.items).toHaveLength(2);
  });
});

describe('Store.receive', () => {
  it('applies a change without announcing it', () => {
    const announced = vi.fn();
    store.stateChanged.connect(announced);
    store.receive({ selected: ['kepler_rf:1'], query: 'churn' });
    expect(store.state).toMatchObject({ selected: ['kepler_rf:1'], query: 'churn' });
    expect(store.loading).toBe(true);
    expect(announced).not.toHaveBeenCalled();
  });
});
