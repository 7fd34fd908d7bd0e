/** The options of a store. */
import type { RegistryInfo } from './types';
import type { StateChange } from './view_state';

/** The preferences that the state depends on. */
export interface StorePreferences {
  readonly ready?: Promise<void>;
  readonly pageSize?: number;
  /** The metric that models are shown with; '' for the one that suits each model. */
  readonly mainMetric?: string;
  /** Choose the registry that is shown first. */
  choose?(registries: readonly RegistryInfo[]): RegistryInfo | null;
  remember?(registry: RegistryInfo): void;
}

export interface StoreOptions {
  state?: StateChange;
  /** The ID or the location of the only registry that is shown. */
  fixedRegistry?: string;
  pageSize?: number;
  preferences?: StorePreferences;
}

/** Return the registry that a view shows, or null. */
export function chooseRegistry(
  registries: readonly RegistryInfo[],
  { fixedRegistry, preferences }: StoreOptions,
  current: string | null
): RegistryInfo | null {
  if (fixedRegistry !== undefined) {
    const isFixed = ({ id, location }: RegistryInfo) => [id, location].includes(fixedRegistry);
    return registries.find(isFixed) ?? null;
  }
  const kept = registries.find(({ id }) => id === current);
  return kept ?? preferences?.choose?.(registries) ?? registries[0] ?? null;
}
