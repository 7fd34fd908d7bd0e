import { expect, test } from 'vitest';

import type { Metadata } from '../../src/registry/old_types';
import { h } from '../../src/view/dom';
import { provenanceNodes } from '../../src/view/provenance';
import { metadata } from '../old_samples';

const SOURCE = 'model = SVC().fit(X, y)';
const COMMIT = '0123456789abcdef0123456789abcdef01234567';

function rowsOf(shown: Metadata): Record<string, string> {
  const rows = [...h('div', {}, ...provenanceNodes(shown)).querySelectorAll('tr')];
  const cells = rows.map(row => [...row.children].map(({ textContent }) => textContent));
  return Object.fromEntries(cells) as Record<string, string>;
}

function withProvenance(changes: Partial<Metadata['provenance']>): Metadata {
  const shown = metadata();
  return { ...shown, provenance: { ...shown.provenance, ...changes } };
}

test('omits unknown facts', () => {
  expect(rowsOf(metadata({ parent: 'kepler_rf:1' }))).toEqual({ parent: 'kepler_rf:1' });
});

test('is a sentence without any fact', () => {
  expect(h('div', {}, ...provenanceNodes(metadata())).textContent).toBe('No provenance.');
});

test('shortens the commit and mentions uncommitted changes', () => {
  expect(rowsOf(withProvenance({ git_commit: COMMIT, git_dirty: false }))).toEqual({
    commit: '0123456789ab'
  });
  expect(rowsOf(withProvenance({ git_commit: COMMIT, git_dirty: true }))).toEqual({
    commit: '0123456789ab (with uncommitted changes)'
  });
});

test('names the user and the host', () => {
  expect(rowsOf(withProvenance({ user: 'ada', host: 'hub' }))).toEqual({ user: 'ada@hub' });
});

test('shows fields of the artifact and of the environment', () => {
  const shown = metadata({ artifact: { size_bytes: 10 }, environment: { python: '3.13' } });
  expect(rowsOf(shown)).toEqual({ 'size bytes': '10', python: '3.13' });
});

test('shows the source of the cell, which can be scrolled by keys', () => {
  const nodes = provenanceNodes(withProvenance({ cell_source: SOURCE }));
  const source = h('div', {}, ...nodes).querySelector('pre');
  expect(source?.textContent).toBe(SOURCE);
  expect(source?.tabIndex).toBe(0);
});

test('shows the cell, and the definitions that it uses', () => {
  const nodes = provenanceNodes(withProvenance({ cell_source: SOURCE, definitions: 'def f(): 1' }));
  const shown = [...h('div', {}, ...nodes).querySelectorAll('pre')];
  expect(shown.map(({ textContent }) => textContent)).toEqual([SOURCE, 'def f(): 1']);
});
