import { expect, test } from 'vitest';

import { settle } from '../../fake_server';
import { model, modelPage, replies, version, versionPage } from '../../samples';
import { click, press, rowsOf, showList, textOf } from './fixture';

async function showVersions(count = 3) {
  const items = Array.from({ length: count }, (_, index) => version(count - index));
  const fixture = await showList(replies(undefined, versionPage(items)));
  fixture.list.focus();
  return fixture;
}

function focusedRef(): string | undefined {
  return (document.activeElement as HTMLElement).dataset.ref;
}

test('only one row can be reached with Tab', async () => {
  const fixture = await showVersions();
  press('ArrowDown');
  expect(rowsOf(fixture).map(row => row.tabIndex)).toEqual([-1, 0, -1]);
});

test('the arrows, Home and End move the focus, and stop at the ends', async () => {
  await showVersions();
  press('ArrowDown');
  expect(focusedRef()).toBe('kepler_rf:2');
  press('End');
  press('ArrowDown');
  expect(focusedRef()).toBe('kepler_rf:1');
  press('Home');
  expect(focusedRef()).toBe('kepler_rf:3');
});

test('PageDown and PageUp move by the rows that are visible', async () => {
  await showVersions(30);
  press('PageDown');
  expect(focusedRef()).toBe('kepler_rf:20');
  press('PageUp');
  expect(focusedRef()).toBe('kepler_rf:30');
});

test('the arrow up leads from the first row to the heads, and back down', async () => {
  await showVersions();
  press('ArrowUp');
  expect(document.activeElement?.className).toBe('exo-Heads-button');
  press('ArrowRight');
  expect(document.activeElement?.textContent).toBe('f1_score');
  press('ArrowLeft');
  expect(document.activeElement?.textContent).toBe('name');
  press('ArrowDown');
  expect(focusedRef()).toBe('kepler_rf:3');
});

test('End goes to the last head that is not hidden', async () => {
  const fixture = await showVersions();
  const heads = [...fixture.list.node.querySelectorAll<HTMLElement>('.exo-Heads th[data-column]')];
  heads[heads.length - 1]!.hidden = true;
  press('ArrowUp');
  press('End');
  expect(document.activeElement?.closest('th')).toBe(heads[heads.length - 2]);
  press('ArrowRight');
  expect(document.activeElement?.closest('th')).toBe(heads[heads.length - 2]);
});

test('a handled key does not reach the page, and others do', async () => {
  await showVersions();
  const seen: string[] = [];
  const listen = (event: KeyboardEvent) => seen.push(event.key);
  document.addEventListener('keydown', listen);
  const handled = ['ArrowDown', 'Enter', ' ', 'Escape', 'k'].map(key => press(key));
  press('s', { ctrlKey: true });
  document.removeEventListener('keydown', listen);
  expect(handled.every(event => event.defaultPrevented)).toBe(true);
  expect(seen).toEqual(['s']);
});

test('Enter selects only the row, and Space adds or removes it', async () => {
  const fixture = await showVersions();
  press('Enter');
  press('ArrowDown');
  press(' ');
  expect(fixture.store.state.selected).toEqual(['kepler_rf:3', 'kepler_rf:2']);
  press(' ');
  expect(fixture.store.state.selected).toEqual(['kepler_rf:3']);
  press('Enter');
  expect(fixture.store.state.selected).toEqual(['kepler_rf:2']);
});

test('Shift and an arrow extend the selection from the last selected row', async () => {
  const fixture = await showVersions();
  press(' ');
  press('ArrowDown', { shiftKey: true });
  press('ArrowDown', { shiftKey: true });
  expect(fixture.store.state.selected).toEqual(['kepler_rf:3', 'kepler_rf:2', 'kepler_rf:1']);
});

test('letters go to the next row whose name starts with them', async () => {
  const page = modelPage([model('churn'), model('koi'), model('kepler')]);
  const fixture = await showList(replies(page), { view: 'models' });
  fixture.list.focus();
  press('k');
  expect(textOf(document.activeElement?.querySelector('.exo-Name'))).toBe('koi');
  press('k');
  expect(textOf(document.activeElement?.querySelector('.exo-Name'))).toBe('kepler');
});

test('the arrow right expands a model and then enters it, and the arrow left goes back', async () => {
  const fixture = await showList(replies(), { view: 'models' });
  fixture.list.focus();
  press('ArrowRight');
  await settle();
  expect(rowsOf(fixture)[0]?.getAttribute('aria-expanded')).toBe('true');
  press('ArrowRight');
  press('ArrowDown');
  expect(document.activeElement).toBe(rowsOf(fixture)[2]);
  press('ArrowLeft');
  expect(document.activeElement).toBe(rowsOf(fixture)[0]);
  press('ArrowLeft');
  expect(rowsOf(fixture)).toHaveLength(2);
});

test('a click selects only the row, and marks it as the open one', async () => {
  const fixture = await showVersions();
  click(rowsOf(fixture)[1]);
  const marks = rowsOf(fixture).map(row => [
    row.getAttribute('aria-selected'),
    row.classList.contains('exo-mod-open')
  ]);
  expect(marks).toEqual([
    ['false', false],
    ['true', true],
    ['false', false]
  ]);
});

test('the check box and Ctrl+click add a row or remove it', async () => {
  const fixture = await showVersions();
  const box = (index: number) =>
    rowsOf(fixture)[index]?.querySelector<HTMLInputElement>('.exo-Row-checkbox');
  box(0)?.click();
  click(rowsOf(fixture)[2], { ctrlKey: true });
  expect(fixture.store.state.selected).toEqual(['kepler_rf:3', 'kepler_rf:1']);
  expect([0, 1, 2].map(index => box(index)?.checked)).toEqual([true, false, true]);
  expect(rowsOf(fixture)[0]?.classList.contains('exo-mod-open')).toBe(false);
  box(0)?.click();
  expect(fixture.store.state.selected).toEqual(['kepler_rf:1']);
});

test('Shift+click selects the rows between, also upwards', async () => {
  const fixture = await showVersions(5);
  click(rowsOf(fixture)[3]);
  click(rowsOf(fixture)[1], { shiftKey: true });
  expect(fixture.store.state.selected).toEqual(['kepler_rf:2', 'kepler_rf:3', 'kepler_rf:4']);
});

test('more versions than can be compared are not selected', async () => {
  const fixture = await showVersions(25);
  click(rowsOf(fixture)[0]);
  click(rowsOf(fixture)[24], { shiftKey: true });
  expect(fixture.store.state.selected).toEqual(['kepler_rf:25']);
  expect(fixture.status.report).toHaveBeenCalledWith('At most 20 versions can be compared.');
});

test('a double click on a model expands it', async () => {
  const fixture = await showList(replies(), { view: 'models' });
  rowsOf(fixture)[0]?.dispatchEvent(new MouseEvent('dblclick', { bubbles: true }));
  await settle();
  expect(rowsOf(fixture)).toHaveLength(5);
});

test('versions can be dragged, and models cannot', async () => {
  const fixture = await showList(replies(), { view: 'models' });
  fixture.list.expand('kepler_rf');
  await settle();
  expect(rowsOf(fixture).map(row => row.getAttribute('draggable'))).toEqual([
    null,
    'true',
    'true',
    'true',
    null
  ]);
});
