/** The columns that a list shows, in the order in which they disappear from a narrow list. */
import type { Column, ModelItem, ModelPage, VersionPage } from '../../registry/types';
import type { Trans } from '../translator';
import { fieldExpression, splitOrder } from './order';

/** A column of a list. */
export interface ShownColumn extends Column {
  /** 0 is always shown; columns of higher ranks are hidden first. */
  rank: number;
  sortable: boolean;
}

/** A column of models that is made from the model itself, and the names it has elsewhere. */
const OF_MODELS: Record<string, string> = {
  n_versions: 'versions',
  versions: 'versions',
  metric: 'metric',
  value: 'metric',
  trend: 'trend',
  created_at: 'registered_at',
  registered_at: 'registered_at'
};
/** Columns of higher weights are hidden first. */
const WEIGHTS: Partial<Record<string, number>> = { versions: 1, trend: 4 };
const NUMBER = { kind: 'number', align: 'right' } as const;
const UNSORTED = new Set(['trend', 'children', 'aliases', 'tags']);

/** Return the columns of a page of versions. The metric has its name and its value together. */
export function versionColumns({ columns }: VersionPage): ShownColumn[] {
  const hasMetric = columns.some(({ name }) => name === 'metric');
  const shown = columns
    .filter(({ name }) => !(hasMetric && name === 'value'))
    .map(column => (column.name === 'metric' ? { ...column, ...NUMBER } : column));
  return ranked(shown);
}

/** Return the columns of a page of models: those of every model, and others of the reply. */
export function modelColumns(page: ModelPage, orderBy: string, trans: Trans): ShownColumn[] {
  const shown = ownColumns(page.items, trans);
  for (const column of page.columns) {
    const isMetric = isMetricOfAll(column.name, page.items);
    const name = isMetric ? 'metric' : ownName(column.name);
    const before = shown.get(name) ?? column;
    shown.set(name, { ...before, sorted: column.sorted ?? before.sorted });
  }
  return ranked(withOrder([...shown.values()], orderBy));
}

/** Return the expression that sorts by a column; models are sorted by the metric of the first one. */
export function sortExpression(
  { name, expression }: ShownColumn,
  items: readonly ModelItem[] | null
): string {
  if (items !== null && name === 'metric') {
    const metric = firstMetric(items);
    return metric ? fieldExpression(`metrics.${metric.name}`) : 'name';
  }
  return items === null && name === 'name' ? 'model_name' : (expression ?? fieldExpression(name));
}

/** Return the columns in order: the sorted one first, each once, with their ranks. */
function ranked(columns: readonly Column[]): ShownColumn[] {
  const unique = [...new Map(columns.map(column => [column.name, column])).values()];
  const isSorted = (column: Column) => column.sorted !== null;
  const ordered = [...unique.filter(isSorted), ...unique.filter(column => !isSorted(column))];
  const metric = unique.find(({ name }) => name === 'metric' || name.startsWith('metrics.'));
  const weight = (column: Column) =>
    column === metric ? 0 : (WEIGHTS[column.name] ?? (column.kind === 'time' ? 2 : 3));
  const byImportance = [...ordered].sort((a, b) => weight(a) - weight(b));
  return ordered.map(column => ({
    ...column,
    rank: isSorted(column) ? 0 : 1 + byImportance.indexOf(column),
    sortable: column.sortable ?? !UNSORTED.has(column.name)
  }));
}

function ownColumns(items: readonly ModelItem[], trans: Trans): Map<string, Column> {
  const metric = firstMetric(items);
  const column = (name: string, title: string, kind: Column['kind']): [string, Column] => [
    name,
    {
      name,
      title,
      kind,
      align: kind === 'number' ? 'right' : 'left',
      higher_is_better: name === 'metric' ? (metric?.higher_is_better ?? null) : null,
      sorted: null
    }
  ];
  return new Map([
    column('metric', trans.__('metric'), 'number'),
    column('versions', trans.__('versions'), 'number'),
    column('registered_at', trans.__('registered'), 'time'),
    column('trend', trans.__('trend'), 'text')
  ]);
}

/** Mark the sorted column where the reply does not. */
function withOrder(columns: Column[], orderBy: string): Column[] {
  const { field, descending } = splitOrder(orderBy);
  const marked = columns.some(({ sorted }) => sorted !== null);
  return marked
    ? columns
    : columns.map(column =>
        ownName(field) === fieldExpression(column.name)
          ? { ...column, sorted: descending ? 'descending' : 'ascending' }
          : column
      );
}

function firstMetric(items: readonly ModelItem[]): ModelItem['metric'] {
  return items.find(item => item.metric !== null)?.metric ?? null;
}

function ownName(name: string): string {
  return OF_MODELS[name] ?? name;
}

/** Return whether every model is shown with this metric, so that a column of its own would repeat it. */
function isMetricOfAll(name: string, items: readonly ModelItem[]): boolean {
  const isShown = (item: ModelItem) =>
    item.metric === null || `metrics.${item.metric.name}` === name;
  return name.startsWith('metrics.') && items.every(isShown);
}
