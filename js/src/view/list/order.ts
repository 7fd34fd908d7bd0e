/** The sort order of a list as the filter language writes it: a field, with `-` for descending. */
import type { Column, Field } from '../../registry/types';

const IDENTIFIER = /^[A-Za-z_]\w*$/;
// `metrics.class` is a syntax error in the filter language, `metrics['class']` is not.
const KEYWORDS = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except ' +
    'finally for from global if import in is lambda nonlocal not or pass raise return try while ' +
    'with yield'
  ).split(' ')
);

/** Return a field in the syntax of filters: `metrics.f1_score`, `hyperparameters['svc C']`. */
export function fieldExpression(name: string): string {
  const dot = name.indexOf('.');
  const field = name.slice(dot + 1);
  if (dot < 0 || (IDENTIFIER.test(field) && !KEYWORDS.has(field))) {
    return name;
  }
  return `${name.slice(0, dot)}['${field.replace(/[\\']/g, '\\$&')}']`;
}

/** Return the order after a click on a head: the best or newest first, then the reverse. */
export function nextOrder(
  expression: string,
  column: Pick<Column, 'kind' | 'sorted' | 'higher_is_better'>
): string {
  const descending =
    column.sorted === null ? startsDescending(column) : column.sorted === 'ascending';
  return `${descending ? '-' : ''}${expression}`;
}

/** Return whether the first click on a head sorts in descending order. */
export function startsDescending({
  kind,
  higher_is_better
}: Pick<Field, 'kind' | 'higher_is_better'>): boolean {
  return kind === 'time' || (kind === 'number' && higher_is_better !== false);
}

/** Return the field and the direction of an order. */
export function splitOrder(order: string): { field: string; descending: boolean } {
  const descending = order.startsWith('-');
  return { field: descending ? order.slice(1) : order, descending };
}
