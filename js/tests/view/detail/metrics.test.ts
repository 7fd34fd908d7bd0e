import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { json, problem, settle } from '../../fake_server';
import type { RecordedRequest } from '../../fake_server';
import { detail } from '../../samples';
import { DETAIL, buttonOf, click, page, showDetail, texts } from './fixture';

const PLOT = 'GET /registries/r1/plot';

beforeEach(() => {
  vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:plot');
  vi.spyOn(URL, 'revokeObjectURL').mockReturnValue(undefined);
});

afterEach(() => {
  vi.restoreAllMocks();
});

function plot(caption = 'f1_score of versions 8 to 60 of 60'): () => Response {
  return () => new Response('PNG', { headers: { 'X-Caption': encodeURIComponent(caption) } });
}

test('each metric has its title and its number', async () => {
  const view = await showDetail(await page());
  expect(texts(view, '.exo-Metrics > div')).toEqual(['f1_score (of CONFIRMED)0.910', 'mae61353.9']);
});

test('whether higher is better is a tooltip', async () => {
  const view = await showDetail(await page());
  const rows = [...view.node.querySelectorAll<HTMLElement>('.exo-Metrics > div')];
  expect(rows.map(({ title }) => title)).toEqual(['Higher is better', 'Lower is better']);
});

test('a version without metrics says so', async () => {
  const reply = { ...detail(3, { metrics: [], plots: [] }) };
  const view = await showDetail(await page({ [`GET ${DETAIL}`]: reply }));
  expect(view.node.textContent).toContain('No metrics.');
  expect(view.node.querySelector<HTMLElement>('.exo-Plots')?.hidden).toBe(true);
});

test('a plot is shown with its caption', async () => {
  const view = await showDetail(await page({ [PLOT]: plot() }));
  await click(view, 'ROC curve');
  expect(view.node.querySelector('img')?.alt).toBe('f1_score of versions 8 to 60 of 60');
  expect(texts(view, 'details.exo-Plots-values > p')).toEqual([
    'f1_score of versions 8 to 60 of 60'
  ]);
});

test('the values of a plot stay open for the next plot', async () => {
  const view = await showDetail(await page({ [PLOT]: plot() }));
  const values = () => view.node.querySelector<HTMLDetailsElement>('.exo-Plots-values');
  await click(view, 'ROC curve');
  expect(values()?.open).toBe(false);
  values()?.setAttribute('open', '');
  values()?.dispatchEvent(new Event('toggle'));
  await click(view, 'Metric over versions');
  expect(values()?.open).toBe(true);
});

test('a plot has the width that it was drawn for', async () => {
  const reply = () => new Response('PNG', { headers: { 'X-Width': '480' } });
  const view = await showDetail(await page({ [PLOT]: reply }));
  await click(view, 'ROC curve');
  expect(view.node.querySelector('img')?.getAttribute('width')).toBe('480');
});

test('the open plot is pressed, and a second click closes it', async () => {
  const view = await showDetail(await page({ [PLOT]: plot() }));
  await click(view, 'ROC curve');
  expect(buttonOf(view, 'ROC curve').getAttribute('aria-pressed')).toBe('true');
  expect(buttonOf(view, 'Metric over versions').getAttribute('aria-pressed')).toBe('false');
  await click(view, 'ROC curve');
  expect(view.node.querySelector('img')).toBeNull();
  expect(URL.revokeObjectURL).toHaveBeenCalledWith('blob:plot');
});

test('a plot that is being drawn says so immediately', async () => {
  const view = await showDetail(await page({ [PLOT]: plot() }));
  buttonOf(view, 'ROC curve').click();
  expect(texts(view, '.exo-Plots-output')).toEqual(['Drawing…']);
  await settle();
});

test('a plot is requested for the version, and the one of the metric for the model', async () => {
  const requests: RecordedRequest[] = [];
  const reply = (request: RecordedRequest) => {
    requests.push(request);
    return plot()();
  };
  const view = await showDetail(await page({ [PLOT]: reply }));
  await click(view, 'ROC curve');
  await click(view, 'Metric over versions');
  expect(requests.map(({ query }) => query.get('ref'))).toEqual(['kepler_rf:3', 'kepler_rf']);
});

test('a plot has the theme of the page', async () => {
  const found = await page({ [PLOT]: plot() });
  document.body.style.backgroundColor = 'rgb(17, 17, 17)';
  const view = await showDetail(found);
  found.server.takeRoutes();
  await click(view, 'ROC curve');
  document.body.style.backgroundColor = '';
  await click(view, 'Metric over versions');
  expect(found.server.requests.map(({ query }) => query.get('theme'))).toEqual(['dark', 'light']);
});

test('an open plot is drawn again when the theme of the page changes', async () => {
  const found = await page({ [PLOT]: plot() });
  const view = await showDetail(found);
  await click(view, 'ROC curve');
  found.server.takeRoutes();
  document.body.style.backgroundColor = 'rgb(17, 17, 17)';
  document.body.dataset.jpThemeName = 'JupyterLab Dark';
  await settle();
  document.body.style.backgroundColor = '';
  delete document.body.dataset.jpThemeName;
  view.dispose();
  expect(found.server.requests.map(({ query }) => query.get('theme'))).toEqual(['dark']);
});

test('an error of a plot is shown, and Retry draws again', async () => {
  const found = await page({ [PLOT]: () => problem(500, 'failed', 'No memory.') });
  const view = await showDetail(found);
  await click(view, 'ROC curve');
  expect(texts(view, '.exo-Plots-output')).toEqual(['⚠ No memory.Retry']);
  found.server.on(PLOT, plot());
  await click(view, 'Retry');
  expect(view.node.querySelector('.exo-Plots img')).not.toBeNull();
});

test('the plot that arrives late is not shown in place of another one', async () => {
  const found = await page({ [PLOT]: plot('late') });
  const view = await showDetail(found);
  buttonOf(view, 'ROC curve').click();
  buttonOf(view, 'ROC curve').click();
  await settle();
  expect(view.node.querySelector('img')).toBeNull();
});

test('the kind of plot stays open for the next version', async () => {
  const found = await page({
    [PLOT]: plot(),
    'GET /registries/r1/models/kepler_rf/versions/2': { ...detail(2) }
  });
  await click(await showDetail(found), 'ROC curve');
  const next = await showDetail(found, 'kepler_rf:2');
  await settle();
  expect(next.node.querySelector('img')).not.toBeNull();
});

test('a closed detail releases its plot', async () => {
  const view = await showDetail(await page({ [PLOT]: plot() }));
  await click(view, 'ROC curve');
  view.dispose();
  expect(URL.revokeObjectURL).toHaveBeenCalledWith('blob:plot');
});

test('an unchanged reply does not replace the buttons of plots', async () => {
  const found = await page({ [`GET ${DETAIL}`]: () => json(detail()) });
  const view = await showDetail(found);
  const before = buttonOf(view, 'ROC curve');
  found.store.revised.emit();
  await settle();
  expect(buttonOf(view, 'ROC curve')).toBe(before);
});
