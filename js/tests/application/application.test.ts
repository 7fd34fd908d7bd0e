import { nullTranslator } from '@jupyterlab/translation';
import type { ILayoutRestorer } from '@jupyterlab/application';
import type { MainAreaWidget } from '@jupyterlab/apputils';
import type { IStateDB } from '@jupyterlab/statedb';
import { Widget } from '@lumino/widgets';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Application } from '../../src/application/application';
import { Preferences } from '../../src/application/preferences';
import type { Host } from '../../src/view/host';
import type { ViewOptions } from '../../src/view/registry_view';
import type { RegistryPanel } from '../../src/widgets/registry_panel';
import { FakeView } from '../fake_view';
import { REGISTRY, head } from '../samples';
import { FakeApp } from './fake_app';
import { InputDialog, Notification } from './fake_apputils';

vi.mock('@jupyterlab/apputils', () => import('./fake_apputils'));
vi.mock('../../src/application/icon', () => ({ planetIcon: undefined }));
vi.mock('../../src/view/registry_view', async () => {
  const { FakeView } = await import('../fake_view');
  return {
    RegistryView: class extends FakeView {
      constructor(_: unknown, host: Host, options: ViewOptions) {
        super();
        Object.assign(this, { host });
        Object.assign(this.store.state, options.state);
      }
    }
  };
});

const DETAIL = '/registries/r1/models/kepler_rf/versions/1';

let fake: FakeApp;
let application: Application;
let panel: RegistryPanel;

beforeEach(() => {
  fake = new FakeApp();
  const trans = nullTranslator.load('exo_nbregistry');
  application = new Application(fake.app, true, new Preferences(), trans);
  panel = application.makePanel();
  Widget.attach(panel, document.body);
});

afterEach(() => {
  panel.dispose();
});

function tabs(): MainAreaWidget<RegistryPanel>[] {
  return fake.shell.add.mock.calls.map(([tab]) => tab as MainAreaWidget<RegistryPanel>);
}

/** Answer a request for the details of kepler_rf:1. */
function replyDetail(provenance: object, why: string | null = null): void {
  fake.replies[DETAIL] = {
    provenance: { notebook_path: null, cell_number: null, cell_source: null, ...provenance },
    actions: { open_notebook: { enabled: why === null, why } }
  };
}

test('inserts the code that loads a version by its alias', async () => {
  fake.openNotebook('');
  await application.insertLoadingCode(panel, 'kepler_rf:1');
  expect(fake.sources[0]).toBe(
    'from exo_nbregistry import ModelRegistry\n\n' +
      "registry = ModelRegistry('../models/registry')\n" +
      "model, metadata = registry.load_model('kepler_rf@champion')"
  );
});

test('opens the notebook of a version at its cell', async () => {
  fake.openNotebook('model = 1', 'other = 1');
  replyDetail({ notebook_path: 'work/train.ipynb', cell_source: 'model = 1', cell_number: 9 });
  await application.openSourceNotebook(panel, 'kepler_rf:1');
  await vi.waitFor(() =>
    expect(fake.shell.currentWidget).toMatchObject({ content: { activeCellIndex: 0 } })
  );
  expect(fake.execute).toHaveBeenCalledWith('docmanager:open', { path: 'work/train.ipynb' });
});

test.each([
  ['the reason of the server', 'run.ipynb is outside the folder of this server.'],
  ['that none is recorded', null]
])('without a notebook to open, reports %s', async (_, why) => {
  replyDetail({}, why);
  await application.openSourceNotebook(panel, 'kepler_rf:1');
  const reported = Notification.warning.mock.lastCall?.[0];
  expect(reported).toBe(why ?? 'No notebook is recorded for kepler_rf:1.');
});

test('registers in the registry of the sidebar, and offers its models', async () => {
  application.sidebar = panel;
  fake.openNotebook('vetter = SVC().fit(X, y)');
  fake.replies['/registries/r1/models'] = { items: [{ name: 'kepler_rf' }] };
  InputDialog.getItem.mockResolvedValueOnce({ button: { accept: true }, value: 'vetter' });
  await application.registerModel();
  expect(InputDialog.getItem).toHaveBeenCalledWith(
    expect.objectContaining({ items: ['kepler_rf'] })
  );
  expect(fake.sources[1]).toContain("ModelRegistry('../models/registry')");
  expect(fake.sources[1]).toContain("model_name='vetter', X=X, y=y)");
});

test('registers in the usual registry if the sidebar was never seen', async () => {
  fake.openNotebook('vetter = SVC().fit(X, y)');
  fake.replies['/registries'] = { registries: [REGISTRY] };
  InputDialog.getItem.mockResolvedValueOnce({ button: { accept: true }, value: 'vetter' });
  await application.registerModel();
  expect(fake.requests).toEqual(['/registries', '/registries/r1/models']);
  expect(fake.sources[1]).toContain("ModelRegistry('../models/registry')");
});

test('inserts nothing if the server does not answer', async () => {
  fake.openNotebook('vetter = SVC().fit(X, y)');
  await expect(application.registerModel()).rejects.toThrow('/registries does not exist.');
  expect(fake.sources).toHaveLength(1);
});

test('names a tab after its selected versions, otherwise after its registry', () => {
  const tab = application.openTab({ query: 'svm' });
  expect(tab.title.label).toBe('Model Registry');
  const view = new FakeView();
  tab.content.view = view.view;
  const labels = [[], ['a:1'], ['a:1', 'b:2', 'c:3']].map(selected => {
    view.store.state.selected = selected;
    tab.content.changed.emit();
    return tab.title.label;
  });
  expect(labels).toEqual(['registry', 'a:1', 'a:1 and 2 more']);
  expect(tab.title.caption).toBe('models/registry\na:1\nb:2\nc:3');
  expect(tabs()).toEqual([tab]);
});

test('a tab is restored with its state under its ID', () => {
  const restore = vi.fn();
  application.restore({ restore } as unknown as ILayoutRestorer);
  const [tracker, options] = restore.mock.calls[0] as Parameters<ILayoutRestorer['restore']>;
  const tab = application.openTab({ query: 'svm' }, 'tab-7');
  tab.content.view = new FakeView(['a:1']).view;
  expect(tracker).toBe(application.tabs);
  expect(options.name(tab)).toBe('tab-7');
  expect((options.args as (tab: Widget) => object)(tab)).toEqual({
    id: 'tab-7',
    state: { registry: 'r1', query: 'svm', selected: ['a:1'] }
  });
});

test.each([true, false])('a view opens versions in a tab if there are tabs: %s', hasTabs => {
  const trans = nullTranslator.load('exo_nbregistry');
  const other = new Application(fake.app, hasTabs, new Preferences(), trans).makePanel();
  Widget.attach(other, document.body);
  const { host } = other.view!;
  expect(host.openInTab !== undefined).toBe(hasTabs);
  host.openInTab?.(['a:1', 'b:2']);
  const opened = tabs();
  expect(opened).toHaveLength(hasTabs ? 1 : 0);
  for (const tab of opened) {
    Widget.attach(tab, document.body);
    expect(tab.content.view?.store.state).toMatchObject({ query: 'svm', selected: ['a:1', 'b:2'] });
    tab.dispose();
  }
  other.dispose();
});

test('commands apply to the panel that was used last, otherwise to the sidebar', () => {
  application.sidebar = panel;
  const other = application.makePanel();
  expect(application.current).toBe(panel);
  other.touched.emit();
  expect(application.current).toBe(other);
  other.dispose();
  expect(application.current).toBe(panel);
});

/** An application whose sidebar is hidden, and that saved this registry. */
async function unseen(last: string | null): Promise<Application> {
  const preferences = new Preferences();
  const fetch = (key: string) => Promise.resolve(key.includes('last') ? last : null);
  const state = { fetch, save: vi.fn() } as unknown as IStateDB;
  await preferences.load('plugin', null, state);
  const trans = nullTranslator.load('exo_nbregistry');
  const created = new Application(fake.app, true, preferences, trans);
  created.sidebar = created.makePanel();
  fake.requests.length = 0;
  return created;
}

test('finds the registry of the last session before the sidebar is seen', async () => {
  fake.replies['/registries'] = { registries: [REGISTRY] };
  fake.replies['/registries/r1'] = head();
  const found = await (await unseen(REGISTRY.location)).findKnown();
  expect(found).toEqual([REGISTRY, head()]);
  expect(fake.requests).toEqual(['/registries', '/registries/r1']);
});

test('sends no request if no registry is known', async () => {
  expect(await (await unseen(null)).findKnown()).toBeNull();
  expect(fake.requests).toEqual([]);
});

test('finds no registry if the last one was removed', async () => {
  fake.replies['/registries'] = { registries: [REGISTRY] };
  expect(await (await unseen('gone')).findKnown()).toBeNull();
  expect(fake.requests).toEqual(['/registries']);
});

test('sends no request when the sidebar shows a registry', async () => {
  const created = await unseen(REGISTRY.location);
  Widget.attach(created.sidebar!, document.body);
  expect(await created.findKnown()).toBeNull();
  expect(fake.requests).toEqual([]);
  created.sidebar?.dispose();
});

test('saves the registry that the sidebar shows, but not that of a tab', async () => {
  const see = vi.spyOn(Preferences.prototype, 'see');
  panel.changed.emit();
  expect(see).not.toHaveBeenCalled();
  const created = await unseen(null);
  Widget.attach(created.sidebar!, document.body);
  created.sidebar?.changed.emit();
  expect(see).toHaveBeenCalledWith(REGISTRY);
  created.sidebar?.dispose();
});
