import { afterEach, expect, test, vi } from 'vitest';

import { takeActionRequest } from '../../../src/view/action_request';
import type { Host } from '../../../src/view/host';
import { settle } from '../../fake_server';
import { detail, replies, version, versionPage } from '../../samples';
import type { Fixture } from './fixture';
import { click, press, rowsOf, showList, textOf } from './fixture';

const DETAIL = 'GET /registries/r1/models/kepler_rf/versions/3';

async function openMenu(
  offered: Partial<Host> = {},
  items = [version(3), version(2)],
  changes: Parameters<typeof detail>[1] = {}
): Promise<Fixture> {
  const given = { ...replies(undefined, versionPage(items)), [DETAIL]: { ...detail(3, changes) } };
  const fixture = await showList(given, { view: 'versions' }, offered);
  click(rowsOf(fixture)[0]?.querySelector('.exo-Row-menu'));
  return fixture;
}

function items(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>('.exo-Menu-item')];
}

function item(label: string): HTMLElement | undefined {
  return items().find(node => textOf(node) === label);
}

afterEach(() => press('Escape'));

test('the menu has the commands for a version', async () => {
  await openMenu({ insertCode: vi.fn(), openNotebook: vi.fn() });
  expect(items().map(node => textOf(node))).toEqual([
    'Open details',
    'Compare with selected',
    'Set alias…',
    'Tag…',
    'Note…',
    'Delete…',
    'Copy reference',
    'Insert code',
    'Open notebook',
    'Select all of this model',
    'Clear selection'
  ]);
});

test('what the surroundings cannot do is not offered', async () => {
  await openMenu();
  expect(['Insert code', 'Open notebook', 'Open in a tab'].map(item)).toEqual([
    undefined,
    undefined,
    undefined
  ]);
});

test('the menu opens with Shift+F10, the menu key and a right click', async () => {
  const fixture = await openMenu();
  for (const open of [
    () => press('F10', { shiftKey: true }),
    () => press('ContextMenu'),
    () =>
      rowsOf(fixture)[0]?.dispatchEvent(
        new MouseEvent('contextmenu', { bubbles: true, cancelable: true, clientX: 9, clientY: 9 })
      )
  ]) {
    press('Escape');
    expect(items()).toEqual([]);
    fixture.list.focus();
    open();
    expect(items().length).toBeGreaterThan(5);
  }
});

test('the arrows, Home, End and letters move in the menu, and Escape returns to the row', async () => {
  const fixture = await openMenu();
  expect(textOf(document.activeElement)).toBe('Open details');
  press('ArrowDown');
  expect(textOf(document.activeElement)).toBe('Compare with selected');
  press('End');
  expect(textOf(document.activeElement)).toBe('Clear selection');
  press('ArrowDown');
  expect(textOf(document.activeElement)).toBe('Open details');
  press('n');
  expect(textOf(document.activeElement)).toBe('Note…');
  press('Escape');
  expect(document.activeElement).toBe(rowsOf(fixture)[0]);
});

test('a press outside closes the menu', async () => {
  await openMenu();
  document.body.dispatchEvent(new Event('pointerdown', { bubbles: true }));
  expect(items()).toEqual([]);
});

test('a command that cannot run is disabled, and its title is the reason', async () => {
  const fixture = await openMenu();
  const compare = item('Compare with selected');
  expect([compare?.getAttribute('aria-disabled'), compare?.title]).toEqual([
    'true',
    'Select other versions first.'
  ]);
  click(compare);
  expect(fixture.store.state.selected).toEqual([]);
  expect(items()).not.toEqual([]);
});

test('reasons that only the details have are shown when these are read', async () => {
  const actions = { open_notebook: { enabled: false, why: 'The version has no notebook.' } };
  await openMenu({ openNotebook: vi.fn() }, undefined, { actions });
  expect(item('Open notebook')?.hasAttribute('aria-disabled')).toBe(false);
  await settle();
  expect(item('Open notebook')?.title).toBe('The version has no notebook.');
});

test('a read-only registry disables all changes', async () => {
  const fixture = await showList();
  fixture.store.head = { ...fixture.store.head!, writable: false, why_read_only: 'Read-only.' };
  click(rowsOf(fixture)[0]?.querySelector('.exo-Row-menu'));
  const titles = ['Set alias…', 'Tag…', 'Note…', 'Delete…', 'Copy reference'].map(
    label => item(label)?.title
  );
  expect(titles).toEqual(['Read-only.', 'Read-only.', 'Read-only.', 'Read-only.', '']);
});

test('a deleted version can be restored, and nothing else can be changed', async () => {
  await openMenu({ insertCode: vi.fn() }, [version(3, { is_deleted: true })]);
  expect(item('Delete…')).toBeUndefined();
  expect(item('Restore…')?.hasAttribute('aria-disabled')).toBe(false);
  expect(item('Tag…')?.title).toBe('The version is deleted. Restore it first.');
  expect(item('Insert code')?.hasAttribute('aria-disabled')).toBe(true);
});

test('a change selects the version, and asks its actions for the form once', async () => {
  const fixture = await openMenu();
  click(item('Set alias…'));
  expect(fixture.store.state.selected).toEqual(['kepler_rf:3']);
  expect(takeActionRequest(fixture.context, 'kepler_rf:2')).toBeNull();
  expect(takeActionRequest(fixture.context, 'kepler_rf:3')).toBe('set_alias');
  expect(takeActionRequest(fixture.context, 'kepler_rf:3')).toBeNull();
});

test('Compare adds the version to the selected ones', async () => {
  const fixture = await openMenu();
  press('Escape');
  fixture.store.select('kepler_rf:2', 'only');
  click(rowsOf(fixture)[0]?.querySelector('.exo-Row-menu'));
  click(item('Compare with selected'));
  expect(fixture.store.state.selected).toEqual(['kepler_rf:2', 'kepler_rf:3']);
});

test('Copy reference copies the ID and reports it', async () => {
  const copy = vi.fn(() => Promise.resolve());
  const fixture = await openMenu({ copy });
  click(item('Copy reference'));
  await settle();
  expect(copy).toHaveBeenCalledWith('kepler_rf:3');
  expect(fixture.status.report).toHaveBeenCalledWith('Copied kepler_rf:3.');
});

test('an error of a command is reported', async () => {
  const fixture = await openMenu({ copy: () => Promise.reject(new Error('no clipboard')) });
  click(item('Copy reference'));
  await settle();
  expect(fixture.status.reportError).toHaveBeenCalledOnce();
});

test('Insert code inserts the code that loads the version', async () => {
  const insertCode = vi.fn();
  await openMenu({ insertCode }, undefined, { code: 'load()' });
  click(item('Insert code'));
  await settle();
  expect(insertCode).toHaveBeenCalledWith('load()');
});

test('Insert code inserts the code of the surroundings if they have some', async () => {
  const insertCode = vi.fn();
  await openMenu({ insertCode, loadingCode: (registry, key) => `${registry.name} ${key.version}` });
  click(item('Insert code'));
  await settle();
  expect(insertCode).toHaveBeenCalledWith('registry 3');
});

test('Open notebook opens the notebook at the cell that registered the version', async () => {
  const openNotebook = vi.fn();
  const { provenance } = detail(3);
  await openMenu({ openNotebook }, undefined, {
    provenance: { ...provenance, notebook_path: 'a.ipynb', cell_number: 7, cell_source: 'fit()' }
  });
  click(item('Open notebook'));
  await settle();
  expect(openNotebook).toHaveBeenCalledWith('a.ipynb', 7, 'fit()');
});

test('a notebook that was not found is reported', async () => {
  const { provenance } = detail(3);
  const fixture = await openMenu({ openNotebook: vi.fn() }, undefined, {
    provenance: { ...provenance, notebook_path: null }
  });
  click(item('Open notebook'));
  await settle();
  expect(fixture.status.report).toHaveBeenCalledWith('The notebook of kepler_rf:3 was not found.');
});

test('Select all selects the listed versions of the model', async () => {
  const other = version(1, { name: 'churn', model_id: 'churn:1' });
  const fixture = await openMenu({}, [version(3), other, version(2)]);
  click(item('Select all of this model'));
  expect(fixture.store.state.selected).toEqual(['kepler_rf:3', 'kepler_rf:2']);
});

test('Select all reads the versions of a model that is not expanded', async () => {
  const fixture = await showList(replies(), { view: 'models' });
  click(rowsOf(fixture)[0]?.querySelector('.exo-Row-menu'));
  click(item('Select all of this model'));
  await settle();
  expect(fixture.store.state.selected).toEqual(['kepler_rf:3', 'kepler_rf:2', 'kepler_rf:1']);
});

test('Clear selection clears it', async () => {
  const fixture = await openMenu();
  press('Escape');
  fixture.store.select('kepler_rf:2', 'only');
  click(rowsOf(fixture)[0]?.querySelector('.exo-Row-menu'));
  click(item('Clear selection'));
  expect(fixture.store.state.selected).toEqual([]);
});
