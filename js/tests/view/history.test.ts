import { beforeEach, expect, test } from 'vitest';

import { Store } from '../../src/registry/old_store';
import { History } from '../../src/view/history';
import { FakeServer, problem, settle } from '../fake_server';
import { REGISTRY, preferences } from '../old_samples';

const ROUTE = 'GET /registries/r1/models/kepler_rf/history';
const EVENTS = [1, 2].map(version => ({
  action: 'register',
  version,
  at: `2026-01-0${version}T00:00:00Z`,
  actor: 'ada'
}));

let server: FakeServer;
let history: History;

beforeEach(() => {
  server = new FakeServer({ [ROUTE]: { events: EVENTS } });
  const store = new Store(server.api, preferences(), () => null);
  store.registry = REGISTRY;
  history = new History(store, 'kepler_rf');
});

test('is not loaded while it is collapsed', async () => {
  history.refresh();
  await settle();
  expect(server.requests).toEqual([]);
});

test('lists the newest event first, with its time', async () => {
  history.node.open = true;
  history.refresh();
  await settle();
  const items = [...history.node.querySelectorAll('li')].map(item => item.textContent);
  expect(items[0]).toContain('ada registered version 2');
  expect(items[0]).toContain('Jan 2, 2026');
  expect(items[1]).toContain('ada registered version 1');
});

test('shows an error in its place', async () => {
  server.on(ROUTE, () => problem(500, 'damaged', 'The journal is damaged.'));
  history.node.open = true;
  history.refresh();
  await settle();
  expect(history.node.querySelector('.exo-mod-error')?.textContent).toContain(
    'The journal is damaged.'
  );
});
