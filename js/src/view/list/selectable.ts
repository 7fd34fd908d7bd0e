/** The versions that a list shows, for commands on rows. */
import type { Store } from '../../registry/store';
import type { VersionItem } from '../../registry/types';

/** A comparison has at most this many versions. */
export const MAX_SELECTED = 20;

/** Return the listed version with this reference, or null. */
export function findVersion(store: Store, ref: string): VersionItem | null {
  return listedVersions(store).find(item => item.model_id === ref) ?? null;
}

/** Return the listed versions of a model, at most as many as can be compared. */
export function selectableOf(store: Store, name: string): { refs: string[]; isCut: boolean } {
  const items = listedVersions(store).filter(item => item.name === name);
  const refs = [...new Set(items.map(item => item.model_id))];
  return { refs: refs.slice(0, MAX_SELECTED), isCut: refs.length > MAX_SELECTED };
}

function listedVersions({ rows, expanded }: Store): VersionItem[] {
  const listed = (rows?.items ?? []).filter((item): item is VersionItem => 'model_id' in item);
  return [...listed, ...[...expanded.values()].flatMap(({ items }) => items)];
}
