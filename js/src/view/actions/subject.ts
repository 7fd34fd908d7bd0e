/** The versions that the actions are for. */
import type { VersionAction, VersionDetail } from '../../registry/types';

export interface Subject {
  model_id: string;
  name: string;
  version: number;
  isDeleted: boolean;
}

/** The versions of an action bar. */
export interface Subjects {
  items: Subject[];
  /** The detail, if it is one version. */
  detail: VersionDetail | null;
}

/** Return the name and the number of a reference such as `kepler:3`. */
export function parseRef(ref: string): { name: string; version: number } {
  const end = ref.lastIndexOf(':');
  return { name: ref.slice(0, end), version: Number(ref.slice(end + 1)) };
}

/** Return one version as subject of the actions. */
export function subjectsOf(detail: VersionDetail): Subjects {
  const { model_id, name, version, status } = detail;
  const isDeleted = status !== 'active';
  return { items: [{ model_id, name, version, isDeleted }], detail };
}

/** Return the path of a version below its registry. */
export function versionPath({ name, version }: Subject, ...rest: string[]): string[] {
  return ['models', name, 'versions', String(version), ...rest];
}

export type { VersionAction };
