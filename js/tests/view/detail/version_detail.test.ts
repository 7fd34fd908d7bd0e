import { expect, test, vi } from 'vitest';

import { json, problem, settle } from '../../fake_server';
import { OTHER_REGISTRY, REGISTRY, detail } from '../../samples';
import { VersionDetail } from '../../../src/view/detail/version_detail';
import {
  DETAIL,
  click,
  emptyPage,
  openSection,
  page,
  sectionOf,
  show,
  showDetail,
  texts
} from './fixture';

test('the details begin with aliases, algorithm, time and signer', async () => {
  const view = await showDetail(await page());
  expect(texts(view, '.exo-Detail-badges .exo-Badge')).toEqual(['@champion(protected)']);
  expect(texts(view, '.exo-Detail-facts > span')).toEqual([
    'LogisticRegression',
    '2 Jan 03:04',
    'signed by you'
  ]);
});

test('the exact time is a tooltip', async () => {
  const view = await showDetail(await page());
  expect(view.node.querySelector('[title="2026-01-02 03:04:05 UTC"]')?.textContent).toBe(
    '2 Jan 03:04'
  );
});

test('a deleted version is marked', async () => {
  const reply = { ...detail(3, { status: 'deleted', aliases: [] }) };
  const view = await showDetail(await page({ [`GET ${DETAIL}`]: reply }));
  expect(texts(view, '.exo-Badge.exo-mod-status')).toEqual(['deleted']);
});

test('an unknown signer is a warning', async () => {
  // prose: ok, a value of the API
  const trust = { status: 'stranger' as const, text: 'signed by an unknown signer', title: '' };
  const view = await showDetail(await page({ [`GET ${DETAIL}`]: { ...detail(3, { trust }) } }));
  expect(texts(view, '.exo-Detail-facts .exo-mod-warning')).toEqual([
    'signed by an unknown signer'
  ]);
});

test('the reason why a model does not load here is shown', async () => {
  const loads = { ok: false, text: 'Requires scikit-learn 1.9.' };
  const view = await showDetail(await page({ [`GET ${DETAIL}`]: { ...detail(3, { loads }) } }));
  expect(view.node.textContent).toContain('Requires scikit-learn 1.9.');
});

test('the description is Markdown', async () => {
  const view = await showDetail(await page());
  expect(view.node.querySelector('.exo-Detail-description')?.innerHTML).toContain(
    '<strong>honest</strong>'
  );
});

test('metrics and the code to use a model are open first', async () => {
  const view = await showDetail(await page());
  const open = [...view.node.querySelectorAll('.exo-Section[open] .exo-Section-title')];
  expect(open.map(({ textContent }) => textContent)).toEqual(['Metrics', 'Use this model']);
});

test('a section that was opened is open for the next version', async () => {
  const found = await page({
    'GET /registries/r1/models/kepler_rf/versions/2': { ...detail(2) }
  });
  await openSection(await showDetail(found), 'Lineage');
  const next = await showDetail(found, 'kepler_rf:2');
  expect(sectionOf(next, 'Lineage').open).toBe(true);
  expect(sectionOf(next, 'Provenance').open).toBe(false);
});

test('loading is shown immediately', async () => {
  const { context } = await page();
  const view = new VersionDetail(context, 'kepler_rf:3');
  expect(view.node.getAttribute('aria-busy')).toBe('true');
  expect(texts(view, '[role=status]')).toContain('Loading kepler_rf:3…');
  await settle();
  expect(view.node.hasAttribute('aria-busy')).toBe(false);
  expect(view.node.textContent).not.toContain('Loading');
});

test('an error is shown, and Retry reads again', async () => {
  const found = await page({ [`GET ${DETAIL}`]: () => problem(500, 'failed', 'The disk failed.') });
  const view = await showDetail(found);
  expect(texts(view, '[role=alert]')).toEqual(['⚠ The disk failed.']);
  found.server.on(`GET ${DETAIL}`, { ...detail() });
  await click(view, 'Retry');
  expect(texts(view, '[role=alert]')).toEqual([]);
  expect(texts(view, '.exo-Metrics > div')).toHaveLength(2);
});

test('an error of a later read keeps what is shown', async () => {
  const found = await page();
  const view = await showDetail(found);
  found.server.on(`GET ${DETAIL}`, () => problem(500, 'failed', 'The disk failed.'));
  found.store.revised.emit();
  await settle();
  expect(texts(view, '[role=alert]')).toEqual(['⚠ The disk failed.']);
  expect(texts(view, '.exo-Metrics > div')).toHaveLength(2);
});

test('a change of the registry is shown without moving the focus', async () => {
  const found = await page();
  const view = await showDetail(found);
  const summary = sectionOf(view, 'Metrics').querySelector('summary');
  summary?.focus();
  const aliases = [{ alias: 'shadow', protected: false }];
  found.server.on(`GET ${DETAIL}`, { ...detail(3, { aliases }) });
  found.server.etag = '"2"';
  found.store.revised.emit();
  await settle();
  expect(texts(view, '.exo-Detail-badges .exo-Badge')).toEqual(['@shadow']);
  expect(document.activeElement).toBe(summary);
});

test('a reply for another registry is dropped', async () => {
  const found = await page({
    'GET /registries': { registries: [REGISTRY, OTHER_REGISTRY] },
    'GET /registries/r2': {},
    'GET /registries/r2/models': { total: 0, items: [], columns: [], hints: [], message: null }
  });
  let answer: () => void = () => undefined;
  found.server.delay = new Promise(resolve => {
    answer = resolve;
  });
  const view = await show(new VersionDetail(found.context, 'kepler_rf:3'));
  found.store.update({ registry: 'r2' });
  answer();
  await settle();
  expect(texts(view, '.exo-Metrics')).toEqual([]);
});

test('nothing is shown after the details were closed', async () => {
  const { context } = await page();
  const view = new VersionDetail(context, 'kepler_rf:3');
  view.dispose();
  await settle();
  expect(texts(view, '.exo-Metrics')).toEqual([]);
});

test('a version that is selected before the registry is known is read later', async () => {
  const found = emptyPage({}, {}, { registry: 'r1', selected: ['kepler_rf:3'] });
  const view = await showDetail(found);
  expect(found.server.takeRoutes()).toEqual([]);
  await found.store.poll();
  await settle();
  expect(texts(view, '.exo-Metrics > div')).toHaveLength(2);
});

test('the request names the notebook, for code that is relative to it', async () => {
  const found = await page({}, { notebookPath: () => 'work/train.ipynb' });
  await showDetail(found);
  expect(found.server.requests[0]?.query.get('notebook')).toBe('work/train.ipynb');
});

test('only the version is requested when it is opened', async () => {
  const found = await page();
  await showDetail(found);
  expect(found.server.takeRoutes()).toEqual([`GET ${DETAIL}`]);
});

test('texts of users create no elements', async () => {
  const hostile = '<img src=x onerror="window.hacked=1">';
  const reply = detail(3, {
    algorithm: hostile,
    status: hostile,
    aliases: [{ alias: hostile, protected: true }],
    description: [['p', { onclick: 'window.hacked=1' }, hostile]],
    tags: [{ name: hostile, value: hostile, text: hostile }],
    notes: [
      { author: hostile, at: { text: hostile, title: hostile }, body: [hostile], source: '' }
    ],
    metrics: [
      {
        name: hostile,
        title: hostile,
        text: hostile,
        value: 1,
        higher_is_better: null
      }
    ],
    hyperparameters: [{ name: hostile, text: hostile, changed: true }],
    sections: [{ title: hostile, rows: [[hostile, hostile]] }],
    provenance: {
      rows: [[hostile, hostile]],
      notebook_path: hostile,
      cell_number: 1,
      cell_source: hostile,
      definitions: hostile
    },
    use: [{ title: hostile, language: 'python', code: hostile }],
    attachments: [{ name: hostile, kind: hostile, format: hostile, size: hostile, preview: true }],
    plots: [{ kind: hostile, title: hostile }]
  });
  const found = await page({ [`GET ${DETAIL}`]: () => json(reply) }, { insertCode: vi.fn() });
  const view = await showDetail(found);
  expect(view.node.textContent).toContain(hostile);
  expect(view.node.querySelectorAll('img, script, [onclick], [onerror]')).toHaveLength(0);
});
