import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Actions } from '../../src/registry/actions';
import { Store } from '../../src/registry/old_store';
import type { Detail } from '../../src/registry/old_types';
import { VersionDetail } from '../../src/widgets/version_detail';
import { FakeServer, problem, settle } from '../fake_server';
import { REGISTRY, metadata, preferences } from '../old_samples';

const ROUTE = 'GET /registries/r1/models/kepler_rf/versions/1';

let server: FakeServer;
let store: Store;
let detail: VersionDetail;

beforeEach(() => {
  server = new FakeServer();
  store = new Store(server.api, preferences(), () => null);
  store.registry = REGISTRY;
});

afterEach(() => {
  detail.dispose();
});

async function show(changes: Partial<Detail> = {}): Promise<HTMLElement> {
  const reply = {
    metadata: metadata(),
    metric_titles: { f1_score: 'f1_score (of planet)' },
    trust: 'yours',
    plots: [],
    ...changes
  };
  server.on(ROUTE, reply);
  const ignore = () => undefined;
  const actions = new Actions(store, { report: ignore, reportError: ignore });
  detail = new VersionDetail(store, actions, { name: 'kepler_rf', version: 1 });
  await settle();
  return detail.node;
}

function notebookButton(node: HTMLElement): HTMLButtonElement {
  const buttons = [...node.querySelectorAll('button')];
  return buttons.find(({ textContent }) => textContent === 'Open notebook')!;
}

test('is named after the version', async () => {
  const node = await show();
  expect(node.getAttribute('aria-label')).toBe('kepler_rf:1');
  expect(node.querySelector('h3')?.textContent).toBe('kepler_rf:1');
});

test.each([
  ['yours', 'signed by you'],
  ['trusted', 'signed by a trusted signer'],
  ['stranger', 'signed by an unknown signer'], // prose: ok, a value of the REST API
  ['unsigned', 'not signed']
] as const)('shows a version whose trust is %s as %s', async (trust, text) => {
  const node = await show({ trust });
  expect(node.querySelector('.exo-Detail-summary')?.textContent).toContain(`; ${text}`);
});

test('shows metrics rounded and hyperparameters as Python does', async () => {
  const shown = metadata({ metrics: { f1: 0.5 }, hyperparameters: { C: 1.5, gamma: null } });
  const node = await show({ metadata: shown, metric_titles: { f1: 'f1 (of planet)' } });
  const cells = [...node.querySelectorAll('td')];
  expect(cells.map(({ textContent }) => textContent)).toEqual(['0.5000', '1.5', 'None']);
  expect(node.querySelector('th')?.textContent).toBe('f1 (of planet)');
});

test('shows results, training info and attachments as text', async () => {
  const sections: Detail['sections'] = [
    { title: 'Results', rows: [['verdict', '<b>good</b>']] },
    { title: 'Attachments', rows: [['roc', 'figure, png, svg, 25.0 kB']] }
  ];
  const node = await show({ sections });
  const titles = [...node.querySelectorAll('summary')].map(({ textContent }) => textContent);
  expect(titles).toEqual(expect.arrayContaining(['Results', 'Attachments']));
  expect(node.textContent).toContain('<b>good</b>');
  expect(node.textContent).toContain('figure, png, svg, 25.0 kB');
  expect(node.querySelector('b')).toBeNull();
});

test('shows a description as text', async () => {
  const node = await show({ metadata: metadata({ description: '<b>odd</b>' }) });
  expect(node.textContent).toContain('<b>odd</b>');
  expect(node.querySelector('b')).toBeNull();
});

test('offers the notebook only if it is recorded', async () => {
  expect(notebookButton(await show()).hidden).toBe(true);
  const { provenance } = metadata();
  const made = { ...provenance, notebook: 'run.ipynb', cell_number: 3 };
  const button = notebookButton(await show({ metadata: metadata({ provenance: made }) }));
  expect(button.hidden).toBe(false);
  expect(button.title).toBe('run.ipynb, cell 3');
});

test('emits what the user wants to do with the version', async () => {
  const node = await show();
  const requested = vi.fn((_: VersionDetail, action: string) => action);
  detail.actionRequested.connect(requested);
  node.querySelectorAll<HTMLElement>('.exo-Buttons button').forEach(button => {
    button.click();
  });
  expect(requested.mock.results.map(({ value }) => value as string).slice(0, 3)).toEqual([
    'insert',
    'copy',
    'notebook'
  ]);
});

test('shows an error in its place', async () => {
  const shown = show();
  server.on(ROUTE, () => problem(404, 'not_found', 'kepler_rf:1 does not exist.'));
  expect((await shown).querySelector('.exo-mod-error')?.textContent).toContain(
    'kepler_rf:1 does not exist.'
  );
});

test('follows changes of the registry until it is disposed', async () => {
  server.on('GET /registries/r1/models', { total: 0, items: [] });
  await show();
  server.requests.length = 0;
  await store.poll();
  expect(server.takeRoutes()).toContain(ROUTE);
  detail.dispose();
  store.invalidate();
  await store.poll();
  expect(server.takeRoutes()).not.toContain(ROUTE);
});

test('expands the history and moves the focus to it', async () => {
  document.body.replaceChildren(await show());
  detail.showHistory();
  expect(document.activeElement?.textContent).toBe('History of kepler_rf');
});
