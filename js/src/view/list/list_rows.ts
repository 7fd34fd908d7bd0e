/** The rows of a list: models with their versions, or versions with their children. */
import type { Store } from '../../registry/store';
import type { Column, ModelItem, ModelPage, VersionItem, VersionPage } from '../../registry/types';

const MODEL = 'model ';

interface Place {
  readonly key: string;
  /** 1 is the outermost. */
  readonly level: number;
  /** Position among the rows of its level, from 1, and their number; all pages count. */
  readonly position: number;
  readonly size: number;
}

export interface ModelRow extends Place {
  readonly kind: 'model';
  /** The latest version, which the row selects. */
  readonly ref: string;
  /** The key of its rows in `store.expanded`. */
  readonly name: string;
  readonly expanded: boolean;
  readonly item: ModelItem;
  readonly columns: readonly Column[];
}

export interface VersionRow extends Place {
  readonly kind: 'version';
  readonly ref: string;
  readonly name: string;
  /** Null if there is nothing to expand. */
  readonly expanded: boolean | null;
  readonly item: VersionItem;
  /** Whether the row above with its model has the name. */
  readonly isBelowModel: boolean;
  /** The columns of `item.cells`. */
  readonly columns: readonly Column[];
}

/** A row that reads the next rows below `name`, or shows that they are being read. */
export interface MoreRow extends Place {
  readonly kind: 'more';
  readonly ref: null;
  readonly name: string;
  readonly remaining: number;
  readonly busy: boolean;
}

export type ListRow = ModelRow | VersionRow | MoreRow;

/** Return the rows of the current page; `expanding` has the keys that are being read. */
export function listRows(
  store: Store,
  pageSize: number,
  expanding: ReadonlySet<string>
): ListRow[] {
  const { rows, rowsPage, expanded } = store;
  if (rows === null) {
    return [];
  }
  // While another page is read, the rows keep their places.
  const offset = pageSize * (Math.max(1, rowsPage) - 1);
  const place = (index: number) => ({ level: 1, position: offset + index + 1, size: rows.total });
  if (isModelPage(rows)) {
    return rows.items.flatMap((item, index) => {
      const row = modelRow(item, rows, expanded.has(item.name), place(index));
      return [row, ...versionsBelow(row, expanded, expanding)];
    });
  }
  return rows.items.flatMap((item, index) => {
    const row = versionRow(item, rows, expanded, '', place(index));
    return [row, ...versionsBelow(row, expanded, expanding)];
  });
}

/** Return whether a page lists models. */
export function isModelPage(page: ModelPage | VersionPage): page is ModelPage {
  const first = page.items[0];
  return first !== undefined && !('model_id' in first);
}

/** Return the row that an item of a level belongs to, or -1. */
export function parentOf(rows: readonly ListRow[], index: number): number {
  const level = rows[index]?.level ?? 1;
  for (let above = index - 1; above >= 0; above--) {
    if ((rows[above]?.level ?? 1) < level) {
      return above;
    }
  }
  return -1;
}

function versionsBelow(
  parent: ModelRow | VersionRow,
  expanded: ReadonlyMap<string, VersionPage>,
  expanding: ReadonlySet<string>
): ListRow[] {
  const page = expanded.get(parent.name);
  const busy = expanding.has(parent.name);
  const level = parent.level + 1;
  const rows = page
    ? page.items.map((item, index) => {
        const place = { level, position: index + 1, size: page.total };
        return versionRow(item, page, expanded, parent.key, place);
      })
    : [];
  const remaining = page ? page.total - page.items.length : 0;
  return remaining > 0 || (busy && page === undefined)
    ? [...rows, moreRow(parent, level, rows.length, remaining, busy)]
    : rows;
}

function modelRow(
  item: ModelItem,
  { columns }: ModelPage,
  expanded: boolean,
  place: Omit<Place, 'key'>
): ModelRow {
  const { name, latest } = item;
  const key = `${MODEL}${name}`;
  return { kind: 'model', key, ref: `${name}:${latest}`, name, expanded, item, columns, ...place };
}

function versionRow(
  item: VersionItem,
  { columns }: VersionPage,
  expanded: ReadonlyMap<string, VersionPage>,
  parent: string,
  place: Omit<Place, 'key'>
): VersionRow {
  const { model_id: ref, n_children } = item;
  return {
    kind: 'version',
    key: `${parent} version ${ref}`,
    ref,
    name: ref,
    // The children of a version are shown below it, not below each of its children again.
    expanded: n_children > 0 && place.level === 1 ? expanded.has(ref) : null,
    item,
    isBelowModel: place.level > 1 && parent.startsWith(MODEL),
    columns,
    ...place
  };
}

function moreRow(
  { key, name }: ModelRow | VersionRow,
  level: number,
  shown: number,
  remaining: number,
  busy: boolean
): MoreRow {
  return {
    kind: 'more',
    key: `${key} more`,
    ref: null,
    name,
    remaining,
    busy,
    level,
    position: shown + 1,
    size: shown + 1
  };
}
