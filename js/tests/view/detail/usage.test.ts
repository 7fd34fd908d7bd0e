import { expect, test, vi } from 'vitest';

import { detail } from '../../samples';
import { buttonOf, click, page, sectionOf, showDetail, texts } from './fixture';

test('code is copied and inserted', async () => {
  const copy = vi.fn(() => Promise.resolve());
  const insertCode = vi.fn();
  const found = await page({}, { copy, insertCode });
  const view = await showDetail(found);
  await click(view, 'Copy: Load');
  await click(view, 'Insert into the notebook: Load');
  expect(copy).toHaveBeenCalledWith(detail().load);
  expect(insertCode).toHaveBeenCalledWith(detail().load);
  expect(found.status.report).toHaveBeenCalledWith('Copied: Load');
});

test('a failed copy is reported', async () => {
  const error = new Error('The clipboard is not available.');
  const found = await page({}, { copy: () => Promise.reject(error) });
  await click(await showDetail(found), 'Copy: Load');
  expect(found.status.reportError).toHaveBeenCalledWith(error);
});

test('commands of a shell are not inserted into a notebook', async () => {
  const view = await showDetail(await page({}, { insertCode: vi.fn() }));
  expect(buttonOf(view, 'Insert into the notebook: Load')).toBeDefined();
  await click(view, 'Command line');
  expect(() => buttonOf(view, 'Insert into the notebook: Command line')).toThrow();
});

test('a host that cannot insert code has no button for it', async () => {
  const view = await showDetail(await page());
  const usage = sectionOf(view, 'Use this model');
  expect(texts({ node: usage, dispose: () => undefined }, 'button')).toEqual([
    'Load',
    'Command line',
    'Copy'
  ]);
});

test('the code of one use is shown, and the same use for the next version', async () => {
  const found = await page({
    'GET /registries/r1/models/kepler_rf/versions/2': { ...detail(2) }
  });
  const view = await showDetail(found);
  const code = (shown: typeof view) =>
    [...sectionOf(shown, 'Use this model').querySelectorAll('pre')].map(pre => pre.textContent);
  expect(code(view)).toEqual(["model, metadata = registry.load_model('kepler_rf@champion')"]);
  await click(view, 'Command line');
  expect(code(view)).toEqual(['exo-nbregistry predict kepler_rf@champion rows.csv']);
  expect(buttonOf(view, 'Load').getAttribute('aria-pressed')).toBe('false');
  expect(buttonOf(view, 'Command line').getAttribute('aria-pressed')).toBe('true');
  const next = await showDetail(found, 'kepler_rf:2');
  expect(code(next)).toEqual(['exo-nbregistry predict kepler_rf@champion rows.csv']);
});
