import { expect, test } from 'vitest';

import { comparisonTable } from '../../src/view/comparison_table';

const IDS = ['kepler_rf:1', 'kepler_rf:2'];

test('has one column for each version and one row for each field', () => {
  const rows = [{ section: 'metrics', field: 'recall', values: ['0.9', null] }];
  const table = comparisonTable({ ids: IDS, rows });
  const texts = (selector: string) =>
    [...table.querySelectorAll(selector)].map(cell => cell.textContent);
  expect(texts('thead th')).toEqual(['section', 'field', ...IDS]);
  expect(texts('tbody tr > *')).toEqual(['metrics', 'recall', '0.9', '–']);
  expect(texts('th[scope=row]')).toEqual(['recall']);
});

test('is a sentence if nothing differs', () => {
  expect(comparisonTable({ ids: IDS, rows: [] }).textContent).toBe('No differences.');
});
