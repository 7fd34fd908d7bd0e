import { expect, test } from 'vitest';

import { fieldExpression, nextOrder, splitOrder } from '../../../src/view/list/order';
import { column } from '../../samples';

test.each([
  ['created_at', 'created_at'],
  ['metrics.f1_score', 'metrics.f1_score'],
  ['hyperparameters.svc C', "hyperparameters['svc C']"],
  ['hyperparameters.class', "hyperparameters['class']"],
  ['hyperparameters.svc.C', "hyperparameters['svc.C']"],
  ["tags.it's", "tags['it\\'s']"],
  ['tags.a\\b', "tags['a\\\\b']"],
  ['tags.größe', "tags['größe']"]
])('the field %s is written as %s', (name, expression) => {
  expect(fieldExpression(name)).toBe(expression);
});

test.each([
  ['number', true, null, '-x'],
  ['number', null, null, '-x'],
  ['number', false, null, 'x'],
  ['time', null, null, '-x'],
  ['text', null, null, 'x'],
  ['text', null, 'ascending', '-x'],
  ['number', true, 'descending', 'x']
] as const)(
  'a click on a %s column (higher is better: %s, sorted: %s) sorts by %s',
  (kind, better, sorted, order) => {
    expect(nextOrder('x', column('x', 'x', { kind, higher_is_better: better, sorted }))).toBe(
      order
    );
  }
);

test('an order is a field and a direction', () => {
  expect(splitOrder('-metrics.auc')).toEqual({ field: 'metrics.auc', descending: true });
  expect(splitOrder('name')).toEqual({ field: 'name', descending: false });
});
