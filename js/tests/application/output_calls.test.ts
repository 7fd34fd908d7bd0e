import { nullTranslator } from '@jupyterlab/translation';
import { beforeEach, expect, test, vi } from 'vitest';

import type { OutputCalls } from '../../src/application/output_calls';
import { outputCalls } from '../../src/application/output_calls';
import { FakeApp } from './fake_app';
import { Notification } from './fake_apputils';

vi.mock('@jupyterlab/apputils', () => import('./fake_apputils'));

let fake: FakeApp;
let calls: OutputCalls;

beforeEach(() => {
  fake = new FakeApp();
  calls = outputCalls(fake.app, nullTranslator.load('exo_nbregistry'));
});

test('inserts code below the cell of the output', async () => {
  fake.openNotebook('registry.browse()');
  calls.insertCode?.('a = 1');
  await vi.waitFor(() => expect(fake.sources).toEqual(['registry.browse()', 'a = 1']));
});

test('shows a cell of the same notebook, and does not open it again', async () => {
  fake.openNotebook('registry.register_model(model)', 'registry.browse()');
  calls.openNotebook?.('run.ipynb', 1, 'registry.register_model(model)');
  await vi.waitFor(() => expect(fake.activeIndex).toBe(0));
  expect(fake.execute).not.toHaveBeenCalled();
});

test('opens another notebook in the folder of this one', async () => {
  fake.openNotebook('registry.browse()');
  calls.openNotebook?.('../train.ipynb', 1);
  const open = ['docmanager:open', { path: 'train.ipynb' }];
  await vi.waitFor(() => expect(fake.execute).toHaveBeenCalledWith(...open));
});

test('explains that a notebook is outside the folder of the server', () => {
  fake.openNotebook('registry.browse()');
  calls.openNotebook?.('../../train.ipynb', 1);
  expect(Notification.warning.mock.lastCall?.[0]).toBe(
    '../../train.ipynb is outside the folder of the Jupyter server.'
  );
});

test('without a notebook, explains how to open the notebook', () => {
  calls.openNotebook?.('train.ipynb', 1);
  expect(Notification.warning.mock.lastCall?.[0]).toBe(
    'Select a cell of the notebook first, then open the link again.'
  );
});
