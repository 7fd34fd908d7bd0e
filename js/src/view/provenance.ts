/** Where a version comes from: its notebook, commit, data and environment. */
import type { Metadata } from '../registry/old_types';
import { h } from './dom';
import { formatValue } from './format';
import { keyValueTable } from './section';

const COMMIT_LENGTH = 12;

/**
 * Create the provenance of a version: a table, the source of the cell that registered it, and the
 * definitions that the cell uses.
 */
export function provenanceNodes(metadata: Metadata): Node[] {
  const { cell_source, definitions } = metadata.provenance;
  const rows = provenanceRows(metadata).filter(
    ([, value]) => value !== null && value !== undefined && value !== ''
  );
  const table = keyValueTable(
    rows.map(([name, value]) => [name, formatValue(value)]),
    'No provenance.'
  );
  const sources = [cell_source ?? '', definitions ?? ''].filter(source => source !== '');
  return [table, ...sources.map(source => h('pre', { tabindex: 0 }, source))];
}

function provenanceRows(metadata: Metadata): [string, unknown][] {
  const { notebook, cell_number, git_commit, git_dirty, user, host } = metadata.provenance;
  const changes = git_dirty ? ' (with uncommitted changes)' : '';
  return [
    ['notebook', notebook],
    ['cell', cell_number],
    ['commit', git_commit && git_commit.slice(0, COMMIT_LENGTH) + changes],
    ['user', [user, host].filter(Boolean).join('@')],
    ['training data', metadata.training_dataset],
    ['training samples', metadata.training_samples],
    ['test samples', metadata.test_samples],
    ['parent', metadata.parent],
    ...fieldsOf(metadata.artifact, ['format', 'size_bytes', 'sha256']),
    ...fieldsOf(metadata.environment, ['python', 'platform', 'packages'])
  ];
}

function fieldsOf(part: unknown, names: string[]): [string, unknown][] {
  const values = (part ?? {}) as Record<string, unknown>;
  return names.map(name => [name.replace('_', ' '), values[name]]);
}
