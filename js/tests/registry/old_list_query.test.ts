import { expect, test } from 'vitest';

import type { ListState } from '../../src/registry/old_list_query';
import { modelsQuery, versionsQuery } from '../../src/registry/old_list_query';

const STATE: ListState = {
  query: 'metrics.f1_score > 0.9',
  order: 'name',
  includeDeleted: false,
  metric: undefined,
  mainMetric: 'recall'
};

test('lists models by name with the main metric', () => {
  expect(modelsQuery(STATE)).toEqual({
    q: 'metrics.f1_score > 0.9',
    order_by: 'name',
    metric: 'recall'
  });
});

test('sorts models by the metric that is shown', () => {
  const query = modelsQuery({ ...STATE, order: '-metric', metric: 'f1_score' });
  expect(query).toMatchObject({ order_by: '-metric', metric: 'f1_score' });
});

test('sorts by name if there is no metric to sort by', () => {
  const query = modelsQuery({ ...STATE, order: 'metric', metric: undefined });
  expect(query).toMatchObject({ order_by: 'name', metric: undefined });
});

test('lists the versions of a model that match the filter, newest first', () => {
  expect(versionsQuery('kepler_rf', { ...STATE, includeDeleted: true })).toEqual({
    name: 'kepler_rf',
    where: 'metrics.f1_score > 0.9',
    order_by: '-version',
    include_deleted: true
  });
});
