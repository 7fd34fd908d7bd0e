import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ICommandPalette } from '@jupyterlab/apputils';
import { CommandRegistry } from '@lumino/commands';
import { beforeEach, expect, test, vi } from 'vitest';

import type { Application } from '../../src/application/application';
import { CommandIds } from '../../src/application/command_ids';
import { addCommands, addToPalette } from '../../src/application/commands';
import type { RegistryView } from '../../src/widgets/registry_view';
import { version } from '../samples';

vi.mock('@jupyterlab/apputils', () => import('./fake_apputils'));
vi.mock('../../src/application/icon', () => ({ planetIcon: undefined }));

const shell = { activateById: vi.fn(), add: vi.fn() };

let commands: CommandRegistry;
let view: {
  current: object | null;
  detail: null;
  compare: () => void;
  open: () => object;
  store: { selected: Set<string>; refresh: () => Promise<void> };
};
let application: Record<'run' | 'registerModel' | 'openComparison', () => void> & {
  current: typeof view | null;
  hasNotebook: boolean;
  hasTabs: boolean;
};

beforeEach(() => {
  commands = new CommandRegistry();
  view = {
    current: version(1),
    detail: null,
    compare: vi.fn(),
    open: vi.fn(() => ({ showHistory: vi.fn() })),
    store: { selected: new Set(), refresh: vi.fn(() => Promise.resolve()) }
  };
  application = {
    current: view,
    hasNotebook: false,
    hasTabs: false,
    run: vi.fn(),
    registerModel: vi.fn(),
    openComparison: vi.fn()
  };
  addCommands(
    { commands, shell } as unknown as JupyterFrontEnd,
    application as unknown as Application,
    'sidebar',
    'view of the sidebar' as unknown as RegistryView
  );
});

test('every command has an id, a label and documented arguments', async () => {
  for (const id of Object.values(CommandIds)) {
    expect(commands.label(id)).not.toBe('');
    expect(await commands.describedBy(id)).toMatchObject({ args: { type: 'object' } });
  }
});

test('the palette has every command except the one that restores a comparison', () => {
  const addItem = vi.fn(({ command }: { command: string }) => command);
  addToPalette({ addItem } as unknown as ICommandPalette);
  const expected = Object.values(CommandIds).filter(id => id !== CommandIds.compareAgain);
  expect(addItem.mock.results.map(({ value }) => value as string)).toEqual(expected);
});

test('shows the sidebar, also where there are no tabs', async () => {
  await commands.execute(CommandIds.show);
  await commands.execute(CommandIds.open);
  expect(shell.activateById.mock.calls).toEqual([['sidebar'], ['sidebar']]);
});

test.each([
  [CommandIds.insert, 'insert'],
  [CommandIds.copy, 'copy'],
  [CommandIds.notebook, 'notebook']
])('%s applies to the current version', async (id, action) => {
  await commands.execute(id);
  expect(application.run).toHaveBeenCalledWith(view, action, view.current);
});

test('commands about a version are enabled only if there is one', () => {
  expect(commands.isEnabled(CommandIds.copy)).toBe(true);
  view.current = null;
  expect(commands.isEnabled(CommandIds.copy)).toBe(false);
});

test('comparing needs two selected versions', () => {
  view.store.selected.add('a:1');
  expect(commands.isEnabled(CommandIds.compare)).toBe(false);
  view.store.selected.add('a:2');
  expect(commands.isEnabled(CommandIds.compare)).toBe(true);
});

test('registering needs a notebook, and uses the sidebar if no view was used', async () => {
  expect(commands.isEnabled(CommandIds.register)).toBe(false);
  application.hasNotebook = true;
  application.current = null;
  await commands.execute(CommandIds.register);
  expect(application.registerModel).toHaveBeenCalledWith('view of the sidebar');
});

test('restores a comparison from its arguments', async () => {
  await commands.execute(CommandIds.compareAgain, { registry: 'r1', refs: ['a:1', 'b:1'] });
  expect(application.openComparison).toHaveBeenCalledWith('r1', ['a:1', 'b:1']);
});
