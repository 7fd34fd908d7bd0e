import { beforeEach, expect, test, vi } from 'vitest';

import { Plots } from '../../src/view/plots';
import { FakeServer, problem, settle } from '../fake_server';

const ROUTE = 'GET /registries/r1/plot';

let server: FakeServer;
let plots: Plots;

beforeEach(() => {
  const headers = { 'X-Caption': 'A%20curve' };
  server = new FakeServer({ [ROUTE]: () => new Response('png', { headers }) });
  plots = new Plots(server.api, 'r1', kind => [`kepler_rf:${kind}`]);
  vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:1');
  document.body.replaceChildren(plots.node);
});

async function press(label: string): Promise<void> {
  const buttons = [...plots.node.querySelectorAll('button')];
  buttons.find(({ textContent }) => textContent === label)!.click();
  await settle();
}

function image(): HTMLImageElement | null {
  return plots.node.querySelector('img');
}

test('offers a button for each kind of plot', () => {
  plots.offer(['roc', 'confusion_matrix']);
  const labels = [...plots.node.querySelectorAll('button')].map(({ textContent }) => textContent);
  expect(labels).toEqual(['ROC curve', 'Confusion matrix']);
});

test('loads a plot with its caption', async () => {
  plots.offer(['roc']);
  await press('ROC curve');
  expect(server.requests[0]?.query.toString()).toBe('kind=roc&ref=kepler_rf%3Aroc');
  expect(image()?.alt).toBe('A curve');
});

test('a second click closes the plot and releases it', async () => {
  const revoke = vi.spyOn(URL, 'revokeObjectURL');
  plots.offer(['roc']);
  await press('ROC curve');
  await press('ROC curve');
  expect(image()).toBeNull();
  expect(revoke).toHaveBeenCalledWith('blob:1');
});

test('marks the button of the open plot and keeps the focus on it', async () => {
  plots.offer(['roc', 'metric']);
  await press('Metric over versions');
  const pressed = plots.node.querySelector('[aria-pressed=true]');
  expect(pressed?.textContent).toBe('Metric over versions');
  expect(document.activeElement).toBe(pressed);
});

test('closes a plot that is no longer offered', async () => {
  plots.offer(['roc']);
  await press('ROC curve');
  plots.offer(['metric']);
  expect(image()).toBeNull();
});

test('does not show a plot that was closed while it was loaded', async () => {
  plots.offer(['roc', 'metric']);
  const first = press('ROC curve');
  await press('Metric over versions');
  await first;
  expect(URL.createObjectURL).toHaveBeenCalledTimes(1);
});

test('shows an error in its place', async () => {
  server.on(ROUTE, () => problem(422, 'no_plot', 'There is no test set.'));
  plots.offer(['roc']);
  await press('ROC curve');
  expect(plots.node.querySelector('.exo-mod-error')?.textContent).toContain(
    'There is no test set.'
  );
});
