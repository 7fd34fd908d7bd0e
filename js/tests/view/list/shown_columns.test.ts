import { expect, test } from 'vitest';

import { modelColumns, sortExpression, versionColumns } from '../../../src/view/list/shown_columns';
import { english } from '../../../src/view/translator';
import { column, model, modelPage, versionPage } from '../../samples';

function metric(name: string) {
  const { metric: shown } = model();
  return { ...shown!, name, title: name };
}

test('columns disappear from the trend to the main metric, and the sorted one never', () => {
  const columns = [
    column('algorithm', 'algorithm', { kind: 'text' }),
    column('metrics.auc', 'auc'),
    column('metrics.recall', 'recall', { sorted: 'ascending' }),
    column('trend', 'trend', { kind: 'list' }),
    column('created_at', 'registered', { kind: 'time' })
  ];
  const shown = versionColumns(versionPage([], { columns }));
  const byRank = [...shown].sort((a, b) => a.rank - b.rank).map(({ name }) => name);
  expect(byRank).toEqual(['metrics.recall', 'metrics.auc', 'created_at', 'algorithm', 'trend']);
  expect(shown.find(({ name }) => name === 'metrics.recall')?.rank).toBe(0);
});

test('each column is shown once', () => {
  const columns = [
    column('metrics.auc', 'auc', { sorted: 'descending' }),
    column('metrics.auc', 'auc')
  ];
  expect(versionColumns(versionPage([], { columns })).map(({ name }) => name)).toEqual([
    'metrics.auc'
  ]);
});

test('lists and trends cannot be sorted by', () => {
  const columns = [
    column('trend', 'trend', { kind: 'list' }),
    column('algorithm', 'algorithm', { kind: 'text' })
  ];
  const shown = versionColumns(versionPage([], { columns }));
  expect(shown.map(({ sortable }) => sortable)).toEqual([false, true]);
});

test('the metric of all models is their metric column, sorted as in the reply', () => {
  const columns = [column('metrics.f1_score', 'f1_score', { sorted: 'descending' })];
  const shown = modelColumns(modelPage(undefined, { columns }), '-metrics.f1_score', english);
  expect(shown.map(({ name }) => name)).toEqual(['metric', 'versions', 'registered_at', 'trend']);
  expect(shown[0]?.sorted).toBe('descending');
});

test('a metric of other models than the shown ones has its own column', () => {
  const columns = [column('metrics.auc', 'auc', { sorted: 'ascending' })];
  const shown = modelColumns(modelPage(undefined, { columns }), 'metrics.auc', english);
  expect(shown.slice(0, 2).map(({ name }) => name)).toEqual(['metrics.auc', 'metric']);
});

test('models without any metric keep their other columns', () => {
  const columns = [column('algorithm', 'algorithm', { kind: 'text' })];
  const page = modelPage([model('scratch', { metric: null })], { columns });
  expect(modelColumns(page, '', english).map(({ name }) => name)).toContain('algorithm');
});

test('the order of models marks its column if the reply does not', () => {
  const sorted = (order: string) =>
    modelColumns(modelPage(undefined, { columns: [] }), order, english)[0];
  expect([sorted('-versions')?.name, sorted('-versions')?.sorted]).toEqual([
    'versions',
    'descending'
  ]);
  expect([sorted('created_at')?.name, sorted('created_at')?.sorted]).toEqual([
    'registered_at',
    'ascending'
  ]);
});

test('models are sorted by the metric of the first one that has one', () => {
  const [shown] = modelColumns(modelPage(undefined, { columns: [] }), '', english);
  const items = [model('a', { metric: null }), model('b', { metric: metric('svc score') })];
  expect(sortExpression(shown!, items)).toBe("metrics['svc score']");
  expect(sortExpression(shown!, [model('a', { metric: null })])).toBe('name');
});

test('a column of versions is sorted by its expression', () => {
  const columns = [column('tags.x', 'x', { expression: "tags['x']" })];
  const [shown] = versionColumns(versionPage([], { columns }));
  expect(sortExpression(shown!, null)).toBe("tags['x']");
});

test('a column that the reply excludes from sorting cannot be sorted by', () => {
  const columns = [column('signer', 'signer', { kind: 'text', sortable: false })];
  expect(versionColumns(versionPage([], { columns }))[0]?.sortable).toBe(false);
});

test('the main metric of versions has its name and its value in one column', () => {
  const columns = [
    column('metric', 'metric', { kind: 'text' }),
    column('value', 'value', { align: 'right' })
  ];
  const [shown, ...others] = versionColumns(versionPage([], { columns }));
  expect([shown?.name, shown?.align, others.length]).toEqual(['metric', 'right', 0]);
});

test('the first click on the metric of models shows the best ones first', () => {
  const lower = { ...metric('log_loss'), higher_is_better: false };
  const page = modelPage([model('a', { metric: lower })], { columns: [] });
  expect(modelColumns(page, '', english)[0]?.higher_is_better).toBe(false);
});
