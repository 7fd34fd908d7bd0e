/** The lines of the tree. */
import { h } from './dom';
import { sparkline } from './sparkline';
import { Store } from '../registry/store';
import { ModelItem, VersionItem } from '../registry/types';
import { count, instant, number } from './format';

export interface Row {
  key: string;
  node: HTMLElement;
  model?: ModelItem;
  version?: VersionItem;
  more?: () => void;
}

/** A model: its name, where its aliases point, its metric over the versions. */
export function modelRow(model: ModelItem, store: Store, index: number): Row {
  const aliases = Object.entries(model.aliases).map(([alias, version]) =>
    badge(alias, ` → ${version}`)
  );
  const node = line(1, index, store.models?.total ?? 0, {
    class: 'exo-Row exo-Row-model',
    'aria-expanded': String(store.opened.has(model.name)),
    title: `${model.name}, the latest is version ${model.latest}`
  });
  const { metric } = model;
  node.append(
    h('span', { class: 'exo-Row-twist', 'aria-hidden': 'true' }),
    h('span', { class: 'exo-Row-name' }, model.name),
    (metric && sparkline(metric)) ?? '',
    metric ? measured(metric.name, metric.value) : '',
    h('span', { class: 'exo-Row-under' }, count(model.versions, 'version'), ...aliases)
  );
  return { key: `model ${model.name}`, node, model };
}

/** A version: its number, aliases and metric; it can be dragged into a cell. */
export function versionRow(
  version: VersionItem,
  metric: string | undefined,
  store: Store,
  index: number,
  total: number
): Row {
  const active = version.status === 'active';
  const node = line(2, index, total, {
    class: `exo-Row exo-Row-version${active ? '' : ' exo-mod-inactive'}`,
    'aria-selected': String(store.selected.has(version.model_id)),
    draggable: 'true',
    'data-model-id': version.model_id,
    title: `${version.model_id}, ${version.algorithm}, ${instant(version.created_at)}`
  });
  node.append(
    h('span', { class: 'exo-Row-mark', title: 'Take into the comparison (Space)' }),
    h('span', { class: 'exo-Row-name' }, `v${version.version}`),
    ...version.aliases.map(alias => badge(alias)),
    active ? '' : h('span', { class: 'exo-Badge exo-mod-status' }, version.status),
    h('span', { class: 'exo-Row-algorithm' }, version.algorithm)
  );
  const value = metric === undefined ? undefined : version.metrics[metric];
  if (metric !== undefined && value !== undefined) {
    node.append(measured(metric, value));
  }
  return { key: `version ${version.model_id}`, node, version };
}

/** A line that lists the next ones. */
export function moreRow(
  rest: number,
  level: number,
  noun: string,
  more: () => void,
  name = ''
): Row {
  const node = h(
    'div',
    { class: 'exo-Row exo-Row-more', role: 'treeitem', 'aria-level': level },
    `Show more: ${count(rest, noun)} not shown`
  );
  return { key: `more ${name}`, node, more };
}

/** An alias. */
export function badge(alias: string, target = ''): HTMLElement {
  return h('span', { class: 'exo-Badge' }, `@${alias}${target}`);
}

function line(
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

function measured(metric: string, value: number | null): HTMLElement {
  return h('span', { class: 'exo-Row-metric', title: metric }, number(value));
}
