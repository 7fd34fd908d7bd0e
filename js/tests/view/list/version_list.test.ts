import { expect, test } from 'vitest';

import { settle } from '../../fake_server';
import { takeActionRequest } from '../../../src/view/action_request';
import { column, model, modelPage, replies, version, versionPage } from '../../samples';
import { click, createList, press, rowsOf, showList, textOf, textsOf } from './fixture';

const HEADS = '.exo-Heads th';

function headsOf(node: HTMLElement): string[] {
  return [...node.querySelectorAll(HEADS)].map(head => textOf(head));
}

test('versions are shown with their name, number and cells', async () => {
  const fixture = await showList();
  expect(textsOf(fixture)[0]).toEqual([
    'kepler_rf:3',
    'f1_score 0.500',
    'LogisticRegression',
    '2 Jan 03:04'
  ]);
});

test('models are shown with their versions, the name of their metric, and a trend', async () => {
  const fixture = await showList(replies(), { view: 'models' });
  expect(headsOf(fixture.list.node)).toEqual([
    'name',
    'metric',
    'versions',
    'registered',
    'trend',
    'algorithm',
    'Actions'
  ]);
  expect(textsOf(fixture)[0]?.slice(0, 4)).toEqual([
    'kepler_rf',
    'f1_score 0.500',
    '3 versions',
    '2 Jan 03:04'
  ]);
  expect(fixture.list.node.querySelector('.exo-Trend')?.getAttribute('aria-label')).toBe(
    'f1_score over versions 1 to 3'
  );
});

test('a model without a metric has empty cells for it', async () => {
  const page = modelPage([model('scratch', { metric: null })]);
  const fixture = await showList(replies(page), { view: 'models' });
  const cells = fixture.list.node.querySelectorAll('tbody .exo-mod-empty');
  expect([...cells].map(cell => (cell as HTMLElement).dataset.column)).toEqual(['metric', 'trend']);
});

test('the aliases of a model name the versions that they point to', async () => {
  const page = modelPage([model('kepler_rf', { aliases: { champion: 2 } })]);
  const fixture = await showList(replies(page), { view: 'models' });
  expect(textOf(fixture.list.node.querySelector('.exo-Badges'))).toBe('@champion → 2');
});

test('a click on a head sorts by it, the best first, and a second click reverses the order', async () => {
  const fixture = await showList();
  const button = () =>
    fixture.list.node.querySelector('.exo-Heads-button[data-column="metrics.f1_score"]');
  click(button());
  expect(fixture.store.state.order_by).toBe('-metrics.f1_score');
  const sorted = column('metrics.f1_score', 'f1_score', { sorted: 'descending' });
  fixture.server.on('GET /registries/r1/versions', {
    ...versionPage(undefined, { columns: [sorted] })
  });
  await fixture.store.refresh();
  expect(button()?.closest('th')?.getAttribute('aria-sort')).toBe('descending');
  click(button());
  expect(fixture.store.state.order_by).toBe('metrics.f1_score');
});

test('the sorted column is right after the name', async () => {
  const columns = [
    column('algorithm', 'algorithm', { kind: 'text' }),
    column('metrics.auc', 'auc', { sorted: 'ascending' })
  ];
  const item = version(1, { cells: [{ text: 'SVC' }, { text: '0.9' }] });
  const fixture = await showList(replies(undefined, versionPage([item], { columns })));
  expect(headsOf(fixture.list.node).slice(0, 3)).toEqual(['name', 'auc', 'algorithm']);
  expect(textsOf(fixture)[0]).toEqual(['kepler_rf:1', 'auc 0.9', 'SVC']);
});

test('a click on a model row selects its latest version', async () => {
  const fixture = await showList(replies(), { view: 'models' });
  click(rowsOf(fixture)[0]);
  expect(fixture.store.state.selected).toEqual(['kepler_rf:3']);
});

test('a model is expanded to its versions, aligned to its columns', async () => {
  const fixture = await showList(replies(), { view: 'models' });
  click(rowsOf(fixture)[0]?.querySelector('.exo-Row-toggle'));
  expect(textsOf(fixture)[1]).toEqual(['Loading…']);
  await settle();
  expect(textsOf(fixture)[1]?.slice(0, 4)).toEqual(['v3', 'f1_score 0.500', '', '2 Jan 03:04']);
  expect(rowsOf(fixture).map(row => row.getAttribute('aria-level'))).toEqual([
    '1',
    '2',
    '2',
    '2',
    '1'
  ]);
  click(rowsOf(fixture)[0]?.querySelector('.exo-Row-toggle'));
  expect(rowsOf(fixture)).toHaveLength(2);
});

test('the versions that are not shown yet are read by the row after them', async () => {
  const first = versionPage([version(3), version(2)], { total: 3 });
  const fixture = await showList(replies(undefined, first), { view: 'models' });
  fixture.list.expand('kepler_rf');
  await settle();
  const more = rowsOf(fixture)[3];
  expect(textOf(more)).toBe('Show more (1 remaining)');
  fixture.server.on('GET /registries/r1/versions', { ...versionPage([version(1)], { total: 3 }) });
  click(more);
  await settle();
  expect(rowsOf(fixture).map(row => row.dataset.ref)).toEqual([
    'kepler_rf:3',
    'kepler_rf:3',
    'kepler_rf:2',
    'kepler_rf:1',
    'churn:3'
  ]);
});

test('children are folded under their parent, and read by its reference', async () => {
  const page = versionPage([version(3, { n_children: 2 }), version(2)]);
  const fixture = await showList(replies(undefined, page));
  expect(textOf(rowsOf(fixture)[0]?.querySelector('.exo-Row-children'))).toBe('2 children');
  expect(rowsOf(fixture)[1]?.hasAttribute('aria-expanded')).toBe(false);
  fixture.server.requests.splice(0);
  click(rowsOf(fixture)[0]?.querySelector('.exo-Row-toggle'));
  expect(fixture.server.requests[0]?.query.get('where')).toBe("parent == 'kepler_rf:3'");
  await settle();
  expect(rowsOf(fixture)).toHaveLength(4);
});

test('a deleted version has a badge', async () => {
  const page = versionPage([version(1, { is_deleted: true, status: 'deleted' })]);
  const fixture = await showList(replies(undefined, page));
  expect(textsOf(fixture)[0]?.[0]).toBe('kepler_rf:1deleted');
});

test('hostile names are shown as text', async () => {
  const name = '<img src=x onerror=alert(1)>';
  const page = versionPage([version(1, { name, model_id: `${name}:1`, aliases: ['<b>x</b>'] })]);
  const columns = [column('tags.a', '<i>t</i>'), column('aliases', 'aliases', { kind: 'alias' })];
  const fixture = await showList(replies(undefined, { ...page, columns }));
  expect(fixture.list.node.querySelector('img, b, i')).toBeNull();
  expect(textsOf(fixture)[0]?.[0]).toBe(`${name}:1@<b>x</b>`);
});

test('rows that did not change stay the same elements, with the focus', async () => {
  const fixture = await showList();
  const [first, second] = rowsOf(fixture);
  second?.focus();
  fixture.server.on('GET /registries/r1/versions', {
    ...versionPage([version(3, { aliases: ['champion'] }), version(2), version(1)])
  });
  await fixture.store.refresh();
  const after = rowsOf(fixture);
  expect(after[0]).not.toBe(first);
  expect(after[1]).toBe(second);
  expect(document.activeElement).toBe(second);
});

test('the focus stays on a row that changed', async () => {
  const fixture = await showList();
  rowsOf(fixture)[0]?.focus();
  fixture.server.on('GET /registries/r1/versions', {
    ...versionPage([version(3, { algorithm: 'SVC', aliases: ['champion'] }), version(2)])
  });
  await fixture.store.refresh();
  expect(document.activeElement).toBe(rowsOf(fixture)[0]);
});

test('the list is marked as busy as soon as another page is requested', async () => {
  const page = versionPage(undefined, { total: 9 });
  const fixture = await showList(replies(undefined, page));
  click(fixture.list.node.querySelector('[aria-label="Next page"]'));
  expect(fixture.store.state.page).toBe(2);
  expect(fixture.list.node.querySelector('.exo-Progress.exo-mod-loading')).not.toBeNull();
  await settle();
  expect(fixture.list.node.querySelector('.exo-mod-loading')).toBeNull();
});

test('before the first page, rows to come are drawn', () => {
  const fixture = createList();
  fixture.store.loading = true;
  fixture.store.changed.emit();
  expect(fixture.list.node.querySelector('.exo-Progress.exo-mod-empty')).not.toBeNull();
  fixture.store.indexing = { read: 3400, total: 20000 };
  fixture.store.changed.emit();
  expect(textOf(fixture.list.node.querySelector('[role=status].exo-Progress-text'))).toBe(
    'Reading 3,400 of 20,000 versions'
  );
});

test('rows state their position among the rows of all pages', async () => {
  const page = versionPage(undefined, { total: 9 });
  const fixture = await showList(replies(undefined, page), { view: 'versions', page: 2 });
  const row = rowsOf(fixture)[0];
  expect([row?.getAttribute('aria-posinset'), row?.getAttribute('aria-setsize')]).toEqual([
    '4',
    '9'
  ]);
});

test('a disposed list no longer follows the store', async () => {
  const fixture = await showList();
  fixture.list.dispose();
  fixture.store.rows = versionPage([]);
  fixture.store.changed.emit();
  expect(rowsOf(fixture)).toHaveLength(3);
});

test('Escape clears the selection', async () => {
  const fixture = await showList();
  click(rowsOf(fixture)[0]);
  fixture.list.focus();
  press('Escape');
  expect(fixture.store.state.selected).toEqual([]);
});

test('Delete asks to delete the version of the row', async () => {
  const fixture = await showList();
  fixture.list.focus();
  press('Delete');
  expect(fixture.store.state.selected).toEqual(['kepler_rf:3']);
  expect(takeActionRequest(fixture.context, 'kepler_rf:3')).toBe('delete');
});

test('Delete on a deleted version says so', async () => {
  const page = versionPage([version(1, { is_deleted: true, status: 'deleted' })]);
  const fixture = await showList(replies(undefined, page));
  fixture.list.focus();
  press('Delete');
  expect(fixture.status.report).toHaveBeenCalledWith('kepler_rf:1 is deleted already.');
  expect(fixture.store.state.selected).toEqual([]);
});
