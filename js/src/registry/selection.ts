/** The order of the versions that a list shows, for the selection of a range. */
import type { ModelPage, VersionPage } from './types';

interface Shown {
  readonly rows: VersionPage | ModelPage | null;
  readonly expanded: ReadonlyMap<string, VersionPage>;
}

/** Return the IDs of the versions that the list shows, in order. */
export function shownRefs({ rows, expanded }: Shown): string[] {
  const items = rows?.items ?? [];
  return items.flatMap(item => {
    const versions = 'model_id' in item ? [item] : (expanded.get(item.name)?.items ?? []);
    return versions.map(({ model_id }) => model_id);
  });
}

/** Return the IDs from `anchor` to `ref`; without an anchor in the list, only `ref`. */
export function rangeOf(refs: readonly string[], anchor: string | null, ref: string): string[] {
  const from = anchor === null ? -1 : refs.indexOf(anchor);
  const to = refs.indexOf(ref);
  if (from < 0 || to < 0) {
    return [ref];
  }
  return from < to ? refs.slice(from, to + 1) : refs.slice(to, from + 1).reverse();
}

/** How a version is selected: only it, in addition (or no more), or all from the last one to it. */
export type SelectionMode = 'only' | 'toggle' | 'range';

/** Return the selected versions after one is selected. */
export function selectionAfter(
  selected: readonly string[],
  ref: string,
  mode: SelectionMode,
  range: readonly string[]
): string[] {
  if (mode === 'only') {
    return [ref];
  }
  if (mode === 'range') {
    return [...selected.filter(one => !range.includes(one)), ...range];
  }
  return selected.includes(ref) ? selected.filter(one => one !== ref) : [...selected, ref];
}
