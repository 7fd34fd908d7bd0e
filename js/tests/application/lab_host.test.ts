import { nullTranslator } from '@jupyterlab/translation';
import { beforeEach, expect, test, vi } from 'vitest';

import { LabHost } from '../../src/application/lab_host';
import { REGISTRY } from '../samples';
import { FakeApp } from './fake_app';
import { Clipboard, Notification } from './fake_apputils';

vi.mock('@jupyterlab/apputils', () => import('./fake_apputils'));

let fake: FakeApp;
let host: LabHost;

beforeEach(() => {
  fake = new FakeApp();
  host = new LabHost(fake.app, nullTranslator.load('exo_nbregistry'));
});

test('copies a text', async () => {
  await host.copy('kepler_rf:1');
  expect(Clipboard.copyToSystem).toHaveBeenCalledWith('kepler_rf:1');
});

test('inserts code below the active cell', async () => {
  fake.openNotebook('1 + 1');
  host.insertCode('a = 1');
  await vi.waitFor(() => expect(fake.sources).toEqual(['1 + 1', 'a = 1']));
});

test('without a notebook, explains how to insert code', () => {
  host.insertCode('a = 1');
  expect(Notification.warning.mock.lastCall?.[0]).toBe(
    'The current tab is not a notebook. Open a notebook and select a cell.'
  );
});

test('writes code for the folder of the current notebook', () => {
  const version = { name: 'kepler_rf', version: 1 };
  expect(host.notebookPath()).toBeNull();
  expect(host.loadingCode(REGISTRY, version)).toContain("ModelRegistry('models/registry')");
  fake.openNotebook('');
  expect(host.notebookPath()).toBe('work/run.ipynb');
  expect(host.loadingCode(REGISTRY, version)).toContain("ModelRegistry('../models/registry')");
});

test('loads a version by its alias if it is known', () => {
  const trans = nullTranslator.load('exo_nbregistry');
  const find = () => ({ name: 'kepler_rf', version: 1, aliases: ['champion'] });
  const version = { name: 'kepler_rf', version: 1 };
  const code = new LabHost(fake.app, trans, undefined, find).loadingCode(REGISTRY, version);
  expect(code).toContain("load_model('kepler_rf@champion')");
});

test.each([
  [7, 'Cell 7, which registered the model, is no longer in gone.ipynb.'],
  [null, 'The cell that registered the model is no longer in gone.ipynb.']
])('opens a notebook, and reports that cell %s was removed', async (cell, message) => {
  fake.openNotebook('1 + 1');
  host.openNotebook('gone.ipynb', cell);
  await vi.waitFor(() => expect(Notification.info.mock.lastCall?.[0]).toBe(message));
});

test('reports a notebook that cannot be opened', async () => {
  fake.execute.mockRejectedValueOnce(new Error('No such file.'));
  host.openNotebook('gone.ipynb', 1);
  await vi.waitFor(() =>
    expect(Notification.warning.mock.lastCall?.[0]).toContain('No such file.')
  );
});

test('downloads a file under its name', () => {
  const clicked: string[] = [];
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (
    this: HTMLAnchorElement
  ) {
    clicked.push(this.download);
  });
  host.download(new Blob(['1']), 'scores.csv');
  expect(clicked).toEqual(['scores.csv']);
});
