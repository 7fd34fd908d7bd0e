import { nullTranslator } from '@jupyterlab/translation';
import { beforeEach, expect, test, vi } from 'vitest';

import type { Target } from '../../src/application/register_model';
import { registerModel } from '../../src/application/register_model';
import { REGISTRY } from '../samples';
import { FakeApp } from './fake_app';
import { InputDialog, Notification } from './fake_apputils';

vi.mock('@jupyterlab/apputils', () => import('./fake_apputils'));

const SPLIT = 'X_train, X_test, y_train, y_test = train_test_split(X, y)';
const FIT = 'vetter = SVC().fit(X_train, y_train)';

let fake: FakeApp;
let target: Target;

beforeEach(() => {
  fake = new FakeApp();
  target = { registry: REGISTRY, names: ['kepler_rf'] };
});

/** Run the command; the user answers each dialog with the next name, or cancels. */
async function register(...names: (string | null)[]): Promise<void> {
  for (const name of names) {
    InputDialog.getItem.mockResolvedValueOnce({ button: { accept: name !== null }, value: name });
  }
  const trans = nullTranslator.load('exo_nbregistry');
  await registerModel(
    fake.app,
    trans,
    () => Promise.resolve(target),
    () => 'work/run.ipynb'
  );
}

test('registers the model with its data below the cell', async () => {
  fake.openNotebook(SPLIT, FIT);
  await register('kepler_svm');
  expect(fake.sources).toEqual([
    SPLIT,
    FIT,
    'from exo_nbregistry import ModelRegistry\n\n' +
      "registry = ModelRegistry('../models/registry')\n" +
      'registry.register_model(\n' +
      "    model=vetter, model_name='kepler_svm',\n" +
      '    X=X_train, y=y_train, X_test=X_test, y_test=y_test,\n' +
      ')'
  ]);
  expect(Notification.info.mock.lastCall?.[0]).toBe(
    'Run the inserted cell to register kepler_svm.'
  );
});

test('suggests the name of the variable, and offers the models of the registry', async () => {
  fake.openNotebook(FIT);
  await register(null);
  expect(InputDialog.getItem).toHaveBeenCalledWith(
    expect.objectContaining({
      items: ['kepler_rf'],
      current: 'vetter',
      label: 'Name of the model in models/registry. An existing name adds a version.'
    })
  );
});

test('inserts nothing if the user cancels', async () => {
  fake.openNotebook(FIT);
  await register(null);
  expect(fake.sources).toEqual([FIT]);
});

test('asks again for a valid name, and keeps what was typed', async () => {
  fake.openNotebook(FIT);
  await register('my model', ' my_model ');
  const second = InputDialog.getItem.mock.lastCall?.[0] as { current: string; label: string };
  expect(second.current).toBe('my model');
  expect(second.label).toContain('A name has 1 to 64 letters');
  expect(fake.sources[1]).toContain("model_name='my_model'");
});

test('announces that a new registry is created if there is none', async () => {
  target = { registry: null, names: [] };
  fake.openNotebook(FIT);
  await register('vetter');
  const { label } = InputDialog.getItem.mock.lastCall?.[0] as { label: string };
  expect(label).toContain('in a new registry beside the notebook');
  expect(fake.sources[1]).toContain("ModelRegistry('registry')");
});

test('asks for data if none is found', async () => {
  fake.openNotebook('vetter = SVC()');
  await register('vetter');
  expect(Notification.info.mock.lastCall?.[0]).toContain('Add X= and y=');
});

test.each([
  ['there is no notebook', [], 'The current tab is not a notebook.'],
  ['the cell has no model', ['1 + 1'], 'No model found in the active cell.'],
  ['the cell is text', [FIT, { type: 'markdown', source: FIT }], 'No model found']
])('explains that %s, and asks for nothing', async (_, cells, message) => {
  if (cells.length > 0) {
    fake.openNotebook(...cells);
  }
  await register();
  expect(Notification.warning.mock.lastCall?.[0]).toContain(message);
  expect(InputDialog.getItem).not.toHaveBeenCalled();
});
