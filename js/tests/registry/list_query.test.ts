import { expect, test } from 'vitest';

import { expandedQuery, listQuery } from '../../src/registry/list_query';
import { initialState } from '../../src/registry/view_state';

test.each([
  ['metrics.auc', 'auc'],
  ['-metrics.f1_score', 'f1_score'],
  ["-metrics['svc score']", 'svc score'],
  ["metrics['it\\'s']", "it's"],
  ['-created_at', 'mae'],
  ['hyperparameters.C', 'mae']
])('models that are sorted by %s are shown with %s', (order_by, metric) => {
  expect(listQuery(initialState({ order_by }), 25, 'mae').metric).toBe(metric);
});

test('models always have the same columns', () => {
  const state = initialState({ view: 'models', columns: ['aliases'] });
  expect(listQuery(state, 25).column).toBeUndefined();
  expect(listQuery({ ...state, view: 'versions' }, 25).column).toEqual(['aliases']);
});

test('versions are read without a metric', () => {
  const state = initialState({ view: 'versions', order_by: 'metrics.auc' });
  expect(listQuery(state, 25, 'mae').metric).toBeUndefined();
});

test('the versions of a model are those that the search finds', () => {
  const query = expandedQuery('kepler', initialState({ query: 'good' }), 25, 50);
  expect(query).toMatchObject({ name: 'kepler', where: 'good', offset: 25, limit: 50 });
  expect(query.fold_children).toBe(true);
});

test('the children of a version are all versions with it as their parent', () => {
  const query = expandedQuery('kepler:3', initialState({ query: 'good' }), 0, 50);
  expect([query.name, query.where, query.fold_children]).toEqual([
    undefined,
    "parent == 'kepler:3'",
    undefined
  ]);
});

test('a quote in the name of a parent is escaped', () => {
  expect(expandedQuery("it's:3", initialState(), 0, 50).where).toBe("parent == 'it\\'s:3'");
});
