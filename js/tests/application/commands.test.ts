import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ICommandPalette } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { beforeEach, expect, test, vi } from 'vitest';

import type { Application } from '../../src/application/application';
import { CommandIds } from '../../src/application/command_ids';
import { addCommands, addToPalette } from '../../src/application/commands';
import { FakeView } from '../fake_view';
import { Notification } from './fake_apputils';

vi.mock('@jupyterlab/apputils', () => import('./fake_apputils'));
vi.mock('@jupyterlab/ui-components', () => ({ addIcon: {}, launchIcon: {}, refreshIcon: {} }));
vi.mock('../../src/application/icon', () => ({ planetIcon: undefined }));

const VERSION_COMMANDS = [
  CommandIds.details,
  CommandIds.insert,
  CommandIds.copy,
  CommandIds.notebook
];

let commands: CommandRegistry;
let view: FakeView;
let panel: { view: FakeView | null; current: string | null };
let application: Record<string, unknown> & { current: typeof panel | null };
const shell = { activateById: vi.fn() };

beforeEach(() => {
  commands = new CommandRegistry();
  view = new FakeView();
  panel = { view, current: 'kepler_rf:1' };
  application = {
    trans: nullTranslator.load('exo_nbregistry'),
    current: panel,
    hasNotebook: true,
    hasTabs: true,
    openTab: vi.fn(),
    registerModel: vi.fn(() => Promise.resolve()),
    insertLoadingCode: vi.fn(),
    openSourceNotebook: vi.fn()
  };
  addCommands(
    { commands, shell } as unknown as JupyterFrontEnd,
    application as unknown as Application,
    'sidebar'
  );
});

function enabled(ids: string[]): boolean[] {
  return ids.map(id => commands.isEnabled(id));
}

test('every command has an id, a label and documented arguments', async () => {
  for (const id of Object.values(CommandIds)) {
    expect(commands.label(id)).not.toBe('');
    expect(await commands.describedBy(id)).toMatchObject({ args: { type: 'object' } });
  }
});

test('the palette has every command', () => {
  const addItem = vi.fn(({ command }: { command: string }) => command);
  addToPalette({ addItem } as unknown as ICommandPalette, 'Model Registry');
  const added = addItem.mock.results.map(({ value }) => value as string);
  expect(added).toEqual(Object.values(CommandIds));
});

test('opens a tab, or the sidebar where there are no tabs', async () => {
  await commands.execute(CommandIds.open, { state: { query: 'svm' }, id: 'tab' });
  expect(application.openTab).toHaveBeenCalledWith({ query: 'svm' }, 'tab');
  application.hasTabs = false;
  await commands.execute(CommandIds.open);
  await commands.execute(CommandIds.show);
  expect(shell.activateById.mock.calls).toEqual([['sidebar'], ['sidebar']]);
});

test('opens what a panel shows in a tab, except in Notebook', async () => {
  await commands.execute(CommandIds.openSelected);
  expect(application.openTab).toHaveBeenCalledWith(view.store.state);
  application.hasTabs = false;
  expect(commands.isEnabled(CommandIds.openSelected)).toBe(false);
});

test.each([
  [CommandIds.insert, 'insertLoadingCode'],
  [CommandIds.notebook, 'openSourceNotebook']
])('%s applies to the current version', async (id, method) => {
  await commands.execute(id);
  expect(application[method]).toHaveBeenCalledWith(panel, 'kepler_rf:1');
});

test('copies the alias of the current version', async () => {
  await commands.execute(CommandIds.copy);
  expect(view.host.copy).toHaveBeenCalledWith('kepler_rf@champion');
  expect(Notification.info.mock.lastCall?.[0]).toBe('Copied kepler_rf@champion.');
});

test('shows the details of the current version', async () => {
  await commands.execute(CommandIds.details);
  expect(view.store.select).toHaveBeenCalledWith('kepler_rf:1', 'only');
});

test('commands about a version are enabled only if there is one', () => {
  expect(enabled(VERSION_COMMANDS)).toEqual([true, true, true, true]);
  panel.current = null;
  expect(enabled(VERSION_COMMANDS)).toEqual([false, false, false, false]);
  application.current = null;
  expect(enabled(VERSION_COMMANDS)).toEqual([false, false, false, false]);
});

test('commands that write into a notebook are enabled only if there is one', () => {
  expect(enabled([CommandIds.insert, CommandIds.register])).toEqual([true, true]);
  application.hasNotebook = false;
  expect(enabled([CommandIds.insert, CommandIds.register])).toEqual([false, false]);
});

test('clears the selection if there is one', async () => {
  expect(commands.isEnabled(CommandIds.clear)).toBe(false);
  view.store.state.selected = ['kepler_rf:1'];
  expect(commands.isEnabled(CommandIds.clear)).toBe(true);
  await commands.execute(CommandIds.clear);
  expect(view.store.clearSelection).toHaveBeenCalledTimes(1);
});

test('refreshes the panel if it was seen', async () => {
  await commands.execute(CommandIds.refresh);
  expect(view.store.refresh).toHaveBeenCalledTimes(1);
  panel.view = null;
  expect(commands.isEnabled(CommandIds.refresh)).toBe(false);
});

test('reports why a command failed', async () => {
  application.registerModel = vi.fn(() => Promise.reject(new Error('No server.')));
  application.openSourceNotebook = vi.fn(() => Promise.reject(new Error('No version.')));
  await commands.execute(CommandIds.register);
  await commands.execute(CommandIds.notebook);
  const reported = Notification.warning.mock.calls.map(([text]) => text);
  expect(reported).toEqual([
    expect.stringContaining('No server.'),
    expect.stringContaining('No version.')
  ]);
});
