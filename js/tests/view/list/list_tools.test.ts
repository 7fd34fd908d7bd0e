import { afterEach, expect, test } from 'vitest';

import { problem, settle } from '../../fake_server';
import { column, field, replies, version, versionPage } from '../../samples';
import type { Fixture } from './fixture';
import { click, createList, press, rowsOf, showList, textOf } from './fixture';

function buttonOf({ list }: Fixture, label: string): HTMLButtonElement {
  const buttons = [...list.node.querySelectorAll<HTMLButtonElement>('.exo-Tools button')];
  return buttons.find(node => textOf(node).startsWith(label))!;
}

function dialog(): HTMLElement {
  return document.querySelector<HTMLElement>('.exo-Popover')!;
}

function labels(selector: string): string[] {
  return [...dialog().querySelectorAll(`${selector} .exo-Columns-label`)].map(node => textOf(node));
}

function input(label: string): HTMLInputElement {
  const found = [...dialog().querySelectorAll('.exo-Columns-label')];
  return found.find(node => textOf(node) === label)!.querySelector('input')!;
}

function type(text: string): void {
  const search = dialog().querySelector<HTMLInputElement>('input[type=search]')!;
  search.value = text;
  search.dispatchEvent(new Event('input'));
}

async function open(label: string, fixture?: Fixture): Promise<Fixture> {
  const shown = fixture ?? (await showList());
  buttonOf(shown, label).focus();
  click(buttonOf(shown, label));
  await settle();
  return shown;
}

afterEach(() => document.querySelector('.exo-Popover')?.remove());

test('the buttons of the views list models or versions', async () => {
  const fixture = await showList();
  expect(buttonOf(fixture, 'Versions').getAttribute('aria-pressed')).toBe('true');
  click(buttonOf(fixture, 'Models'));
  await settle();
  expect(fixture.store.state.view).toBe('models');
  expect(textOf(rowsOf(fixture)[0]?.querySelector('.exo-Name'))).toBe('kepler_rf');
});

test('before the first rows, the name of a field is not shown as its title', () => {
  const fixture = createList(replies(), { view: 'versions', order_by: '-created_at' });
  expect(textOf(buttonOf(fixture, 'Sort'))).toBe('Sort by…');
});

test('deleted versions are listed on request', async () => {
  const fixture = await showList();
  const box = fixture.list.node.querySelector<HTMLInputElement>('.exo-Tools-option input');
  box?.click();
  expect(fixture.store.state.show_deleted).toBe(true);
});

test('the number of selected versions is shown with a button that clears them', async () => {
  const fixture = await showList();
  const selection = fixture.list.node.querySelector<HTMLElement>('.exo-Tools-selection')!;
  expect(selection.hidden).toBe(true);
  click(rowsOf(fixture)[0]);
  expect([selection.hidden, textOf(selection)]).toEqual([false, '1 selectedClear']);
  click(buttonOf(fixture, 'Clear'));
  expect(fixture.store.state.selected).toEqual([]);
  expect(selection.hidden).toBe(true);
});

test('children can be unfolded only where there are some', async () => {
  const none = await showList();
  const foldOf = ({ list }: Fixture) =>
    [...list.node.querySelectorAll<HTMLElement>('.exo-Tools-option')].find(
      node => textOf(node) === 'Fold children'
    )!;
  expect(foldOf(none).hidden).toBe(true);
  const page = versionPage([version(1, { n_children: 3 })]);
  const some = await showList(replies(undefined, page));
  expect(foldOf(some).hidden).toBe(false);
  foldOf(some).querySelector('input')?.click();
  expect(some.store.state.fold_children).toBe(false);
});

test('models have no choice of columns', async () => {
  const fixture = await showList(replies(), { view: 'models' });
  expect(buttonOf(fixture, 'Columns').hidden).toBe(true);
});

test('the columns dialog lists the shown columns in order, and the others by group', async () => {
  await open('Columns');
  expect(dialog().getAttribute('role')).toBe('dialog');
  expect(labels('.exo-Columns-shown')).toEqual(['f1_score', 'algorithm', 'registered']);
  expect([...dialog().querySelectorAll('legend')].map(node => textOf(node))).toEqual([
    'Version',
    'Metrics',
    'Hyperparameters',
    'Tags'
  ]);
  expect(labels('.exo-Columns-fields')).toEqual(['aliases', 'log_loss', 'C', 'team']);
});

test('the search of the columns dialog finds fields by all words of their name', async () => {
  await open('Columns');
  type('METRICS loss');
  expect(labels('.exo-Columns-fields')).toEqual(['log_loss']);
  type('nothing');
  expect(textOf(dialog().querySelector('.exo-Columns-fields'))).toBe(
    'No other column has these words.'
  );
});

test('a group with many fields shows the first, and how many a search can find', async () => {
  const many = Array.from({ length: 130 }, (_, index) =>
    field(`hyperparameters.p${index}`, 'number', 'hyperparameters', { label: `p${index}` })
  );
  const given = { ...replies(), 'GET /registries/r1/fields': { fields: many } };
  await open('Columns', await showList(given));
  expect(textOf(dialog().querySelector('.exo-Columns-fields p'))).toBe(
    '30 more; search to find them'
  );
  type('p129');
  expect(labels('.exo-Columns-fields')).toEqual(['p129']);
});

test('a chosen column is added at the end, with the focus on it', async () => {
  const fixture = await open('Columns');
  input('C').click();
  expect(fixture.store.state.columns).toEqual([
    'metrics.f1_score',
    'algorithm',
    'created_at',
    'hyperparameters.C'
  ]);
  expect(document.activeElement).toBe(input('C'));
  expect(textOf(dialog().querySelector('[role=status]'))).toBe('C is shown.');
});

test('a column is removed, and the last one restores the suitable ones', async () => {
  const fixture = await open(
    'Columns',
    await showList(replies(), { view: 'versions', columns: ['algorithm', 'hyperparameters.C'] })
  );
  input('C').click();
  expect(fixture.store.state.columns).toEqual(['algorithm']);
  input('algorithm').click();
  expect(fixture.store.state.columns).toEqual([]);
});

test('columns are moved by buttons, which keep the focus', async () => {
  const fixture = await open('Columns');
  const up = (label: string) =>
    dialog().querySelector<HTMLButtonElement>(`[aria-label="Move ${label} up"]`)!;
  expect(up('f1_score').disabled).toBe(true);
  up('registered').focus();
  click(up('registered'));
  expect(fixture.store.state.columns).toEqual(['metrics.f1_score', 'created_at', 'algorithm']);
  expect(document.activeElement).toBe(up('registered'));
  expect(textOf(dialog().querySelector('[role=status]'))).toBe('registered is column 2 of 3.');
  click(up('registered'));
  expect(document.activeElement).toBe(input('registered'));
});

test('Alt and an arrow move the column of the focus', async () => {
  const fixture = await open('Columns');
  input('f1_score').focus();
  press('ArrowDown', { altKey: true });
  expect(fixture.store.state.columns).toEqual(['algorithm', 'metrics.f1_score', 'created_at']);
  expect(document.activeElement).toBe(input('f1_score'));
});

test('Reset restores the suitable columns', async () => {
  const fixture = await open(
    'Columns',
    await showList(replies(), { view: 'versions', columns: ['hyperparameters.C'] })
  );
  const reset = [...dialog().querySelectorAll('button')].find(node => textOf(node) === 'Reset')!;
  click(reset);
  expect(fixture.store.state.columns).toEqual([]);
  expect(reset.disabled).toBe(true);
});

test('Escape closes a dialog and returns to its button', async () => {
  const fixture = await open('Columns');
  expect(document.activeElement).toBe(dialog().querySelector('input[type=search]'));
  const event = press('Escape');
  expect(event.defaultPrevented).toBe(true);
  expect(document.querySelector('.exo-Popover')).toBeNull();
  expect(document.activeElement).toBe(buttonOf(fixture, 'Columns'));
  expect(buttonOf(fixture, 'Columns').getAttribute('aria-expanded')).toBe('false');
});

test('a second press on the button closes its dialog', async () => {
  const fixture = await open('Columns');
  click(buttonOf(fixture, 'Columns'));
  await settle();
  expect(document.querySelector('.exo-Popover')).toBeNull();
});

test('fields that cannot be read are reported', async () => {
  const fixture = await showList();
  fixture.server.on('GET /registries/r1/fields', () => problem(503, 'store', 'Disk error.'));
  click(buttonOf(fixture, 'Columns'));
  await settle();
  expect(fixture.status.reportError).toHaveBeenCalledOnce();
  expect(document.querySelector('.exo-Popover')).toBeNull();
});

test('the sort dialog offers all sortable fields, also those that are not columns', async () => {
  const fixture = await open('Sort');
  expect(labels('.exo-Columns-fields')).not.toContain('aliases');
  input('C').click();
  expect(fixture.store.state.order_by).toBe('-hyperparameters.C');
  input('log_loss').click();
  expect(fixture.store.state.order_by).toBe('metrics.log_loss');
});

test('the button for the direction reverses the order', async () => {
  const fixture = await open(
    'Sort',
    await showList(replies(), { view: 'versions', order_by: '-created_at' })
  );
  expect(input('registered').checked).toBe(true);
  const direction = dialog().querySelector<HTMLButtonElement>('.exo-Sort-head button')!;
  expect(textOf(direction)).toBe('Descending');
  click(direction);
  expect(fixture.store.state.order_by).toBe('created_at');
  expect(textOf(direction)).toBe('Ascending');
});

test('the sort button names the field of the order', async () => {
  const columns = [column('metrics.f1_score', 'f1_score (of 1)', { sorted: 'descending' })];
  const page = versionPage([version(1, { cells: [null] })], { columns });
  expect(textOf(buttonOf(await showList(replies(undefined, page)), 'Sort'))).toBe(
    'Sort: f1_score (of 1)'
  );
  expect(textOf(buttonOf(await showList(replies(), { view: 'models' }), 'Sort'))).toBe(
    'Sort: name'
  );
});

test('a disposed list closes its dialog', async () => {
  const fixture = await open('Columns');
  fixture.list.dispose();
  expect(document.querySelector('.exo-Popover')).toBeNull();
});
