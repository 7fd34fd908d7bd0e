/** The table that compares versions. */
import type { Comparison } from '../registry/old_types';
import { h } from './dom';

/** Create a table with one row for each field and one column for each version. */
export function comparisonTable({ ids, rows }: Comparison): HTMLElement {
  if (rows.length === 0) {
    return h('p', {}, 'No differences.');
  }
  const headers = ['section', 'field', ...ids].map(name => h('th', { scope: 'col' }, name));
  const lines = rows.map(({ section, field, values }) =>
    h(
      'tr',
      {},
      h('td', { class: 'exo-mod-secondary' }, section),
      h('th', { scope: 'row' }, field),
      ...values.map(value => h('td', {}, value ?? '–'))
    )
  );
  return h(
    'table',
    { class: 'exo-Table' },
    h('thead', {}, h('tr', {}, ...headers)),
    h('tbody', {}, ...lines)
  );
}
