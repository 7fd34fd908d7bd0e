/** Finds a version in what a view shows. */
import type { Store } from '../registry/store';
import type { ModelItem, VersionItem, VersionKey } from '../registry/types';

/** The facts of a version that code needs. */
export type VersionSubject = VersionKey & Pick<VersionItem, 'aliases'>;

/** Return the version of a reference such as `kepler_rf:3`; its aliases are known if it is listed. */
export function findVersion({ rows, expanded }: Store, ref: string): VersionSubject {
  const separator = ref.lastIndexOf(':');
  const key = { name: ref.slice(0, separator), version: Number(ref.slice(separator + 1)) };
  const items: (ModelItem | VersionItem)[] = rows?.items ?? [];
  const listed = [...items, ...[...expanded.values()].flatMap(page => page.items)];
  const item = listed.find(found => 'model_id' in found && found.model_id === ref);
  if (item !== undefined && 'model_id' in item) {
    return { ...key, aliases: item.aliases };
  }
  const model = items.find(found => !('model_id' in found) && found.name === key.name);
  const aliases = Object.entries((model as ModelItem | undefined)?.aliases ?? {});
  return {
    ...key,
    aliases: aliases.filter(([, version]) => version === key.version).map(([alias]) => alias)
  };
}
