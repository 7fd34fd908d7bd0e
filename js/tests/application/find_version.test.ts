import { expect, test } from 'vitest';

import { findVersion } from '../../src/application/find_version';
import type { Store } from '../../src/registry/store';
import { model, version } from '../samples';

function store(items: object[], expanded: object[] = []): Store {
  const pages = new Map(expanded.length > 0 ? [['kepler_rf', { items: expanded }]] : []);
  return { rows: { items }, expanded: pages } as unknown as Store;
}

test('has the aliases of a listed version', () => {
  const found = findVersion(store([version(1, { aliases: ['best'] })]), 'kepler_rf:1');
  expect(found).toEqual({ name: 'kepler_rf', version: 1, aliases: ['best'] });
});

test('has the aliases of a version below its model', () => {
  const listed = store([model()], [version(2, { aliases: ['best'] })]);
  expect(findVersion(listed, 'kepler_rf:2').aliases).toEqual(['best']);
});

test('has the aliases that the model of an unlisted version has', () => {
  const listed = store([model('kepler_rf', { aliases: { best: 2, champion: 3 } })]);
  expect(findVersion(listed, 'kepler_rf:3').aliases).toEqual(['champion']);
});

test('knows the name and number of any version', () => {
  const unknown = { rows: null, expanded: new Map() } as unknown as Store;
  expect(findVersion(unknown, 'svm:12')).toEqual({ name: 'svm', version: 12, aliases: [] });
});
