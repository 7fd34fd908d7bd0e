/** The rows of the tree. */
import type { Store } from '../registry/old_store';
import type { ModelItem, VersionItem } from '../registry/old_types';
import { h } from './dom';
import { formatCount, formatMetric, formatTime } from './format';
import { sparkline } from './sparkline';

export interface Row {
  key: string;
  node: HTMLElement;
  model?: ModelItem;
  version?: VersionItem;
  loadMore?: () => void;
}

/** Create the row of a model: its name, aliases, and metric over the versions. */
export function modelRow(model: ModelItem, store: Store, index: number): Row {
  const aliases = Object.entries(model.aliases).map(([alias, version]) =>
    badge(`@${alias} → ${version}`)
  );
  const node = treeItem(1, index, store.models?.total ?? 0, {
    class: 'exo-Row exo-Row-model',
    'aria-expanded': String(store.expanded.has(model.name)),
    title: `${model.name}, latest version ${model.latest}`
  });
  const { metric } = model;
  node.append(
    h('span', { class: 'exo-Row-toggle', 'aria-hidden': 'true' }),
    h('span', { class: 'exo-Row-name' }, model.name),
    (metric && sparkline(metric)) ?? '',
    metric ? metricText(metric.name, metric.value, metric.scoring, hasMixedMetrics(store)) : '',
    h('span', { class: 'exo-Row-details' }, formatCount(model.versions, 'version'), ...aliases)
  );
  return { key: `model ${model.name}`, node, model };
}

/**
 * Create the row of a version: its number, aliases and metric. It can be dragged into a cell. A
 * version without this metric shows its own default metric, with its name.
 */
export function versionRow(
  version: VersionItem,
  metric: string | undefined,
  store: Store,
  index: number,
  total: number
): Row {
  const active = version.status === 'active';
  const node = treeItem(2, index, total, {
    class: `exo-Row exo-Row-version${active ? '' : ' exo-mod-inactive'}`,
    'aria-selected': String(store.selected.has(version.model_id)),
    draggable: 'true',
    'data-model-id': version.model_id,
    title: `${version.model_id}, ${version.algorithm}, ${formatTime(version.created_at)}`
  });
  node.append(
    h('span', { class: 'exo-Row-checkbox', title: 'Select for comparison (Space)' }),
    h('span', { class: 'exo-Row-name' }, `v${version.version}`),
    ...version.aliases.map(alias => badge(`@${alias}`)),
    active ? '' : h('span', { class: 'exo-Badge exo-mod-status' }, version.status),
    h('span', { class: 'exo-Row-algorithm' }, version.algorithm)
  );
  const measured = metric !== undefined && metric in version.metrics;
  const name = measured ? metric : version.default_metric;
  const value = name === null ? undefined : version.metrics[name];
  if (name !== null && value !== undefined) {
    const scoring = name === version.default_metric ? (version.scoring ?? '') : '';
    const named = !measured || hasMixedMetrics(store) || hasMixedScorings(store, version);
    node.append(metricText(name, value, scoring, named));
  }
  return { key: `version ${version.model_id}`, node, version };
}

/** Create the row that loads the next rows; `parent` is the model whose versions they are. */
export function moreRow(
  remaining: number,
  level: number,
  noun: string,
  loadMore: () => void,
  parent = ''
): Row {
  const node = h(
    'div',
    { class: 'exo-Row exo-Row-more', role: 'treeitem', 'aria-level': level },
    `Show more ${noun}s (${remaining.toLocaleString('en')} remaining)`
  );
  return { key: `more ${parent}`, node, loadMore };
}

/** Create a label with a border, for an alias or a tag. */
export function badge(text: string): HTMLElement {
  return h('span', { class: 'exo-Badge' }, text);
}

function treeItem(
  level: number,
  index: number,
  total: number,
  attributes: Record<string, string>
): HTMLElement {
  return h('div', {
    role: 'treeitem',
    'aria-level': level,
    'aria-posinset': index + 1,
    'aria-setsize': total,
    ...attributes
  });
}

/** Return whether the models are shown with different metrics, as classifiers and regressors. */
function hasMixedMetrics(store: Store): boolean {
  const names = (store.models?.items ?? []).map(({ metric }) => metric?.name);
  return new Set(names.filter(name => name !== undefined)).size > 1;
}

/** Return whether listed versions of the model have metrics of another class or average. */
function hasMixedScorings(store: Store, { name, scoring }: VersionItem): boolean {
  const listed = store.expanded.get(name)?.items ?? [];
  return listed.some(version => version.scoring !== scoring);
}

function metricText(
  metric: string,
  value: number | null,
  scoring: string,
  named: boolean
): HTMLElement {
  const title = scoring === '' ? metric : `${metric} (${scoring})`;
  return h(
    'span',
    { class: 'exo-Row-metric', title },
    named ? h('span', { class: 'exo-Row-metricName' }, `${title} `) : '',
    formatMetric(value)
  );
}
