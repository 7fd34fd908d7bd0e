/** Registries, models and versions for tests. */
import type {
  Metadata,
  ModelItem,
  RegistryInfo,
  StorePreferences,
  VersionItem
} from '../src/registry/old_types';

export const REGISTRY: RegistryInfo = {
  id: 'r1',
  name: 'registry',
  location: 'models/registry',
  source: 'root',
  writable: true
};

export function preferences(changes: Partial<StorePreferences> = {}): StorePreferences {
  return {
    ready: Promise.resolve(),
    mainMetric: '',
    pageSize: 2,
    remember: () => undefined,
    ...changes
  };
}

export function model(name = 'kepler_rf', changes: Partial<ModelItem> = {}): ModelItem {
  return {
    name,
    latest: 3,
    versions: 3,
    aliases: {},
    metric: null,
    registered_at: '2026-01-02T03:04:05+00:00',
    ...changes
  };
}

export function version(number = 1, changes: Partial<VersionItem> = {}): VersionItem {
  return {
    model_id: `kepler_rf:${number}`,
    name: 'kepler_rf',
    version: number,
    algorithm: 'LogisticRegression',
    aliases: [],
    tags: {},
    metrics: { f1_score: 0.5 },
    default_metric: 'f1_score',
    scoring: null,
    status: 'active',
    created_at: '2026-01-02T03:04:05+00:00',
    ...changes
  };
}

export function metadata(changes: Partial<Metadata> = {}): Metadata {
  return {
    model_id: 'kepler_rf:1',
    model_name: 'kepler_rf',
    version: 1,
    algorithm: 'LogisticRegression',
    description: '',
    status: 'active',
    created_at: '2026-01-02T03:04:05+00:00',
    metrics: { f1_score: 0.5 },
    hyperparameters: { C: 1 },
    tags: {},
    aliases: [],
    notes: [],
    provenance: {
      notebook: null,
      cell_number: null,
      cell_source: null,
      git_commit: null,
      git_dirty: null,
      user: null,
      host: null
    },
    attachments: {},
    ...changes
  };
}
