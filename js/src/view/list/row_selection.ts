/** Selection of rows. */
import type { ViewContext } from '../context';
import type { ListRow } from './list_rows';
import { MAX_SELECTED } from './selectable';

/**
 * Select a row: only it, in addition (or no more), or all rows from `anchor` to it. More versions
 * than can be compared are not selected, and the status line reports it.
 */
export function selectRow(
  { store, status, trans }: ViewContext,
  rows: readonly ListRow[],
  index: number,
  anchor: number | null,
  how: 'only' | 'toggle' | 'range'
): void {
  const ref = rows[index]?.ref;
  if (ref === null || ref === undefined) {
    return;
  }
  const { selected } = store.state;
  const adds = how === 'range' || (how === 'toggle' && !selected.includes(ref));
  if (!adds) {
    store.select(ref, how);
    return;
  }
  const range = how === 'range' ? refsBetween(rows, anchor ?? index, index) : [ref];
  const wanted = [...selected.filter(other => !range.includes(other)), ...range];
  if (wanted.length > MAX_SELECTED) {
    status.report(trans.__('At most %1 versions can be compared.', MAX_SELECTED));
  } else if (how === 'range') {
    store.update({ selected: wanted });
  } else {
    store.select(ref, how);
  }
}

/** Return the versions of the rows from one to another, each once. */
function refsBetween(rows: readonly ListRow[], from: number, to: number): string[] {
  const between = rows.slice(Math.min(from, to), Math.max(from, to) + 1);
  const refs = between.flatMap(({ ref }) => (ref === null ? [] : [ref]));
  return [...new Set(from < to ? refs : refs.reverse())];
}
