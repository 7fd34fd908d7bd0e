/** The cells of a row: numbers, texts and times as the registry formats them. */
import type { Cell, ModelItem, VersionItem } from '../../registry/types';
import { MISSING } from '../detail/table';
import { h } from '../dom';
import type { Trans } from '../translator';
import type { ModelRow, VersionRow } from './list_rows';
import type { ShownColumn } from './shown_columns';
import { trendLine } from './trend';

const MAX_BADGES = 2;
/** Columns of higher ranks are hidden in rows of two lines. */
const MAX_NARROW_RANK = 2;

/** Create the cell of a row in a column. */
export function cellOf(row: ModelRow | VersionRow, column: ShownColumn, trans: Trans): HTMLElement {
  const content =
    row.kind === 'model' ? modelContent(row, column, trans) : versionContent(row, column, trans);
  // A version has no number of versions, so that its time has the room of it.
  const isTime = row.kind === 'version' && column.kind === 'time';
  const shown = isTime ? { ...column, rank: 0 } : column;
  return h(
    'td',
    { role: 'gridcell', class: cellClass(shown, content === null), 'data-column': column.name },
    ...(content ?? [])
  );
}

/** Return the classes of the head and the cells of a column. */
export function cellClass(column: ShownColumn, empty = false): string {
  return [
    'exo-Cell',
    column.align === 'right' ? 'exo-mod-right' : '',
    column.kind === 'number' || column.kind === 'time' ? 'exo-mod-whole' : '',
    column.name === 'trend' ? 'exo-mod-trend' : '',
    column.rank > MAX_NARROW_RANK ? 'exo-mod-extra' : '',
    empty ? 'exo-mod-empty' : ''
  ]
    .filter(name => name !== '')
    .join(' ');
}

/** Create the badges of aliases: at most two, and the number of the others. */
export function aliasBadges(item: ModelItem | VersionItem): HTMLElement | null {
  const texts = Array.isArray(item.aliases)
    ? item.aliases.map(alias => `@${alias}`)
    : Object.entries(item.aliases).map(([alias, version]) => `@${alias} → ${version}`);
  if (texts.length === 0) {
    return null;
  }
  const rest = texts.length - MAX_BADGES;
  return h(
    'span',
    { class: 'exo-Badges', title: texts.join(', ') },
    ...texts.slice(0, MAX_BADGES).map(text => h('span', { class: 'exo-Badge' }, text)),
    rest > 0 ? h('span', { class: 'exo-Badges-rest' }, `+${rest}`) : null
  );
}

type Content = (Node | string)[] | null;

function modelContent({ item, columns }: ModelRow, column: ShownColumn, trans: Trans): Content {
  switch (column.name) {
    case 'versions': {
      const deleted =
        item.n_deleted > 0 ? trans.__('%1 deleted', item.n_deleted.toLocaleString('en')) : null;
      return [
        h('span', { class: 'exo-Cell-value', title: deleted }, item.versions.toLocaleString('en')),
        h('span', { class: 'exo-Cell-unit' }, ` ${trans._n('version', 'versions', item.versions)}`)
      ];
    }
    case 'metric':
      return item.metric && metric(item.metric.title, item.metric.text, exact(item.metric.value));
    case 'registered_at':
      return textOf(item.registered);
    case 'trend': {
      const line = item.metric && trendLine(item.metric.title, item.metric.series, trans);
      return line && [line];
    }
    default:
      return named(column, columns, item.cells);
  }
}

function versionContent({ item, columns }: VersionRow, column: ShownColumn, trans: Trans): Content {
  switch (column.name) {
    case 'versions':
      return null;
    case 'metric': {
      const { main_metric: main } = item;
      return main && metric(main.title, main.text, exact(main.value));
    }
    case 'value': {
      const title = item.main_metric?.title ?? column.title;
      return named({ ...column, title }, columns, item.cells);
    }
    case 'registered_at':
    case 'created_at':
      return textOf(item.created);
    case 'trend': {
      const title = item.main_metric?.title ?? '';
      const line = trendLine(title, item.trend, trans, item.version);
      return line && [line];
    }
    case 'algorithm':
      return named(column, columns, item.cells) ?? textOf({ text: item.algorithm });
    default:
      return named(column, columns, item.cells);
  }
}

/** Return the cell of a column, with the name of the column for rows of two lines. */
function named(
  column: ShownColumn,
  columns: readonly { name: string }[],
  cells: readonly Cell[]
): Content {
  const index = columns.findIndex(({ name }) => name === column.name);
  if (index < 0) {
    return null;
  }
  const shown = textOf(cells[index] ?? { text: MISSING });
  return column.kind === 'time' || column.name === 'algorithm'
    ? shown
    : [h('span', { class: 'exo-Cell-label' }, `${column.title} `), ...shown];
}

function metric(title: string, text: string, exactText: string): Content {
  return [
    h('span', { class: 'exo-Cell-metric', title }, `${title} `),
    h('span', { class: 'exo-Cell-value', title: exactText }, text)
  ];
}

function textOf({ text, title }: { text: string; title?: string }): Node[] {
  return [h('span', { class: 'exo-Cell-value', title: title ?? text }, text)];
}

function exact(number: number | null): string {
  return number === null ? '' : String(number);
}
