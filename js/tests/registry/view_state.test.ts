/** What follows from a change of the choices in a view. */
import { expect, it } from 'vitest';

import { effectOf, initialState } from '../../src/registry/view_state';

it.each([
  ['-registered_at', '-created_at'],
  ['metrics.f1_score', 'metrics.f1_score'],
  ['-versions', ''],
  ['-n_versions', ''],
  ['metric', ''],
  ['', '']
])('models by %s are followed by versions by %s', (order_by, ofVersions) => {
  const state = initialState({ view: 'models', order_by });
  expect({ ...state, ...effectOf(state, { view: 'versions' }) }.order_by).toBe(ofVersions);
});

it('keeps the order from versions to models', () => {
  const state = initialState({ view: 'versions', order_by: '-created_at' });
  expect(effectOf(state, { view: 'models' })).not.toHaveProperty('order_by');
});

it('prefers an order that is chosen together with the view', () => {
  const state = initialState({ view: 'versions', order_by: '-created_at' });
  const change = { view: 'models', order_by: '-versions' } as const;
  expect(effectOf(state, change).order_by).toBe('-versions');
});
