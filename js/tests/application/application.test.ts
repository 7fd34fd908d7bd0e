import type { JupyterFrontEnd } from '@jupyterlab/application';
import { ServerConnection } from '@jupyterlab/services';
import type { Widget } from '@lumino/widgets';
import { beforeEach, expect, test, vi } from 'vitest';

import { Application } from '../../src/application/application';
import { Preferences } from '../../src/application/preferences';
import type { RegistryView } from '../../src/widgets/registry_view';
import type { VersionAction } from '../../src/widgets/version_detail';
import { json, settle } from '../fake_server';
import { REGISTRY, metadata, version } from '../samples';
import { Clipboard, Notification } from './fake_apputils';

vi.mock('@jupyterlab/apputils', () => import('./fake_apputils'));
vi.mock('../../src/application/icon', () => ({ planetIcon: undefined }));

const shell = {
  currentWidget: null as unknown,
  add: vi.fn(),
  activateById: vi.fn()
};
const execute = vi.fn<(id: string) => Promise<unknown>>();

let source: string;
let detail: object;
let application: Application;
let view: RegistryView;

beforeEach(() => {
  source = '';
  detail = { metadata: metadata(), notebook_path: null };
  const serverSettings = ServerConnection.makeSettings({
    baseUrl: 'http://localhost/',
    token: '',
    fetch: () => Promise.resolve(json(detail))
  });
  const contents = { localPath: (path: string) => path };
  const app = {
    shell,
    commands: { execute, notifyCommandChanged: vi.fn() },
    serviceManager: { serverSettings, contents }
  } as unknown as JupyterFrontEnd;
  shell.currentWidget = null;
  application = new Application(app, true, new Preferences());
  view = application.makeView();
  view.store.registry = REGISTRY;
  vi.spyOn(view, 'isVisible', 'get').mockReturnValue(true);
});

/** Make a notebook with one code cell the current widget. */
function openNotebook(text: string): void {
  source = text;
  const sharedModel = { getSource: () => source, setSource: (next: string) => (source = next) };
  const cell = { model: { type: 'code', executionCount: 3, sharedModel } };
  const content = { activeCell: cell, activeCellIndex: 0, widgets: [cell] };
  const context = { path: 'run.ipynb', ready: Promise.resolve() };
  shell.currentWidget = { content, context, revealed: Promise.resolve() };
}

async function run(action: VersionAction): Promise<string> {
  application.run(view, action, version(1));
  await settle();
  return view.status.node.textContent;
}

test('inserts the code that loads a version', async () => {
  openNotebook('');
  expect(await run('insert')).toContain('Inserted code that loads kepler_rf:1.');
  expect(source).toContain("registry.load_model('kepler_rf:1')");
});

test('inserts nothing without a notebook', async () => {
  expect(await run('insert')).toContain('The current tab is not a notebook.');
});

test('copies a reference', async () => {
  expect(await run('copy')).toContain('Copied kepler_rf:1.');
  expect(Clipboard.copyToSystem).toHaveBeenCalledWith('kepler_rf:1');
});

test('reports a problem as a notification if the view is hidden', async () => {
  vi.spyOn(view, 'isVisible', 'get').mockReturnValue(false);
  expect(await run('insert')).toBe('');
  expect(Notification.warning).toHaveBeenCalledTimes(1);
});

test('inserts the code that registers the model of a cell', async () => {
  openNotebook('vetter = SVC().fit(X, y)');
  await application.registerModel(view);
  expect(execute).toHaveBeenCalledWith('notebook:insert-cell-below');
  expect(source).toContain("registry.register_model(model=vetter, model_name='vetter')");
  expect(view.status.node.textContent).toContain('Inserted code that registers vetter.');
});

test('explains that a cell has no model', async () => {
  openNotebook('1 + 1');
  await application.registerModel(view);
  expect(view.status.node.textContent).toContain('No model found in the active cell.');
});

test.each([
  ['an unknown notebook', null, 'No notebook is recorded for kepler_rf:1.'],
  ['a notebook elsewhere', '/home/run.ipynb', '/home/run.ipynb is outside the folder']
])('explains that it cannot open %s', async (_, notebook, text) => {
  const { provenance } = metadata();
  detail = { metadata: metadata({ provenance: { ...provenance, notebook } }), notebook_path: null };
  expect(await run('notebook')).toContain(text);
});

test.each([
  ['model = 1', 'kepler_rf:1 was registered in this cell.'],
  ['other = 1', 'kepler_rf:1 was registered in cell 7, which is no longer in the notebook.']
])('opens the notebook of a version at the cell %s', async (text, message) => {
  openNotebook(text);
  const made = { cell_source: 'model = 1', cell_number: 7, notebook: 'run.ipynb' };
  const provenance = { ...metadata().provenance, ...made };
  detail = { metadata: metadata({ provenance }), notebook_path: 'run.ipynb' };
  execute.mockResolvedValue(shell.currentWidget);
  expect(await run('notebook')).toContain(message);
});

test('opens one tab for each comparison', () => {
  expect(application.compare(REGISTRY, ['a:1', 'b:1'])).toBe(true);
  application.compare(REGISTRY, ['a:1', 'b:1']);
  application.compare(REGISTRY, ['a:1', 'c:1']);
  const tabs = shell.add.mock.calls.map(([widget]) => (widget as Widget).title.label);
  expect(tabs).toEqual(['a:1 | b:1', 'a:1 | c:1']);
  expect(shell.activateById).toHaveBeenCalledTimes(3);
});

test('commands apply to the view that was used last', () => {
  expect(application.current).toBe(view);
  const other = application.makeView();
  other.touched.emit();
  expect(application.current).toBe(other);
  other.dispose();
  expect(application.current).toBeNull();
});
