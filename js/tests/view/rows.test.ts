import { expect, test, vi } from 'vitest';

import { Store } from '../../src/registry/old_store';
import type { ModelItem, VersionItem } from '../../src/registry/old_types';
import { modelRow, moreRow, versionRow } from '../../src/view/rows';
import { FakeServer } from '../fake_server';
import { model, preferences, version } from '../old_samples';

function makeStore(): Store {
  const store = new Store(new FakeServer().api, preferences(), () => null);
  store.models = { total: 7, items: [] };
  return store;
}

function badgesOf(node: HTMLElement): (string | null)[] {
  return [...node.querySelectorAll('.exo-Badge')].map(badge => badge.textContent);
}

test('a model shows its versions, its aliases and its metric', () => {
  const metric = { name: 'f1_score', scoring: 'of 1', value: 0.53, series: [] };
  const { node } = modelRow(
    model('kepler_rf', { aliases: { champion: 1 }, metric }),
    makeStore(),
    0
  );
  expect(node.textContent).toContain('3 versions');
  expect(badgesOf(node)).toEqual(['@champion → 1']);
  const shown = node.querySelector<HTMLElement>('.exo-Row-metric');
  expect([shown?.textContent, shown?.title]).toEqual(['0.5300', 'f1_score (of 1)']);
});

test('a model without a metric shows none', () => {
  const { node } = modelRow(model(), makeStore(), 0);
  expect(node.querySelector('.exo-Row-metric, svg')).toBeNull();
});

test('a model states its position in the tree and whether it is expanded', () => {
  const store = makeStore();
  store.expanded.set('kepler_rf', { total: 0, items: [] });
  const { node } = modelRow(model(), store, 2);
  expect(node.getAttribute('aria-posinset')).toBe('3');
  expect(node.getAttribute('aria-setsize')).toBe('7');
  expect(node.getAttribute('aria-expanded')).toBe('true');
});

test('a version shows its number, aliases, algorithm and metric', () => {
  const item = version(2, { aliases: ['champion'] });
  const { node } = versionRow(item, 'f1_score', makeStore(), 0, 3);
  expect(node.textContent).toBe('v2@championLogisticRegression0.5000');
});

test('a version that was not measured shows a dash, or nothing without metrics', () => {
  const metricOf = (metrics: Record<string, null>, default_metric: string | null) => {
    const item = version(2, { metrics, default_metric });
    const { node } = versionRow(item, 'f1_score', makeStore(), 0, 3);
    return node.querySelector('.exo-Row-metric')?.textContent;
  };
  expect(metricOf({ f1_score: null }, 'f1_score')).toBe('–');
  expect(metricOf({}, null)).toBeUndefined();
});

test('a version without the metric shows its default metric with its name', () => {
  const item = version(2, { metrics: { r2: 0.4, mae: 3 }, default_metric: 'r2' });
  const { node } = versionRow(item, 'f1_score', makeStore(), 0, 3);
  expect(node.querySelector('.exo-Row-metric')?.textContent).toBe('r2 0.4000');
});

test('versions with metrics of different classes are shown with the class', () => {
  const store = makeStore();
  const items = ['of planet', 'of dust'].map((scoring, i) => version(i, { scoring }));
  const textOf = (item: VersionItem) =>
    versionRow(item, 'f1_score', store, 0, 2).node.querySelector('.exo-Row-metric')?.textContent;
  expect(items.map(textOf)).toEqual(['0.5000', '0.5000']);
  store.expanded.set('kepler_rf', { total: 2, items });
  expect(items.map(textOf)).toEqual(['f1_score (of planet) 0.5000', 'f1_score (of dust) 0.5000']);
});

test('models with different metrics are shown with the name of each metric', () => {
  const store = makeStore();
  const items = ['f1_score', 'r2'].map(name =>
    model(name, { metric: { name, scoring: '', value: 0.5, series: [] } })
  );
  const metricOf = (item: ModelItem) =>
    modelRow(item, store, 0).node.querySelector('.exo-Row-metric')?.textContent;
  store.models = { total: 2, items };
  expect(items.map(metricOf)).toEqual(['f1_score 0.5000', 'r2 0.5000']);
  store.models = { total: 1, items: items.slice(1) };
  expect(items.slice(1).map(metricOf)).toEqual(['0.5000']);
});

test('a deleted version is marked', () => {
  const { node } = versionRow(version(2, { status: 'deleted' }), undefined, makeStore(), 0, 3);
  expect(node.classList.contains('exo-mod-inactive')).toBe(true);
  expect(badgesOf(node)).toEqual(['deleted']);
});

test('a selected version is marked', () => {
  const store = makeStore();
  store.toggleSelection('kepler_rf:2');
  const selected = (number: number) =>
    versionRow(version(number), undefined, store, 0, 3).node.getAttribute('aria-selected');
  expect(selected(2)).toBe('true');
  expect(selected(1)).toBe('false');
});

test('the last row shows how many are not listed, and loads them', () => {
  const loadMore = vi.fn();
  const row = moreRow(1200, 2, 'version', loadMore, 'kepler_rf');
  expect(row.node.textContent).toBe('Show more versions (1,200 remaining)');
  row.loadMore?.();
  expect(loadMore).toHaveBeenCalledTimes(1);
});
