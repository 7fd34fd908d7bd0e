/** The JSON of the REST API, which docs/rest.md describes. */

/** One registry that the server has found. */
export interface RegistryInfo {
  id: string;
  name: string;
  location: string;
  source: 'root' | 'configured';
  writable: boolean;
}

/** Some of the items of a list, and how many there are. */
export interface Page<T> {
  total: number;
  items: T[];
}

/** A metric of a model: of the version that is shown, and of each version. */
export interface MetricSeries {
  name: string;
  /** The class or average of the version's metric, such as 'of CONFIRMED'; may be empty. */
  scoring: string;
  value: number | null;
  series: [number, number | null][];
}

export interface ModelItem {
  name: string;
  latest: number;
  versions: number;
  aliases: Record<string, number>;
  metric: MetricSeries | null;
  registered_at: string;
}

export interface VersionItem {
  model_id: string;
  name: string;
  version: number;
  algorithm: string;
  aliases: string[];
  tags: Record<string, unknown>;
  metrics: Record<string, number | null>;
  /** The metric by which the version is judged by default. */
  default_metric: string | null;
  /** The class or average that its metrics refer to, or null. */
  scoring: string | null;
  status: string;
  created_at: string;
}

export interface Provenance {
  notebook: string | null;
  cell_number: number | null;
  cell_source: string | null;
  /** Functions and classes of other cells that the cell uses; records of older releases have none. */
  definitions?: string | null;
  git_commit: string | null;
  git_dirty: boolean | null;
  user: string | null;
  host: string | null;
}

export interface Note {
  text: string;
  author: string;
  created_at: unknown;
}

export interface Metadata {
  model_id: string;
  model_name: string;
  version: number;
  algorithm: string;
  description: string;
  status: string;
  created_at: unknown;
  metrics: Record<string, unknown>;
  hyperparameters: Record<string, unknown>;
  tags: Record<string, unknown>;
  aliases: string[];
  notes: Note[];
  provenance: Provenance;
  attachments: Record<string, unknown>;
  [field: string]: unknown;
}

export interface Detail {
  metadata: Metadata;
  /** The titles of the metrics in reading order, such as 'f1_score (of CONFIRMED)'. */
  metric_titles: Record<string, string>;
  /** Later metrics, results, training info and attachments, as names and texts. */
  sections?: { title: string; rows: [string, string][] }[];
  reference: string;
  code: string;
  load: string;
  trust: 'yours' | 'trusted' | 'stranger' | 'unsigned'; // prose: ok, a value of the REST API
  notebook_path: string | null;
  plots: string[];
}

export interface Comparison {
  ids: string[];
  rows: { section: string; field: string; values: (string | null)[] }[];
}

/** One change in the history of a model. */
export interface HistoryEvent {
  action: string;
  version: number | null;
  at: string | null;
  actor: string | null;
  alias?: string;
  tags?: Record<string, unknown>;
  names?: string[];
  name?: string;
  text?: string;
  metrics?: Record<string, unknown>;
  on?: string;
  /** Why the event has no effect, such as a signer who is not trusted. */
  not_followed?: string;
}

export interface AliasState {
  name: string;
  alias: string;
  version: number | null;
  protected: boolean;
}

/** The orders in which models can be listed. */
export type Order = 'name' | '-registered_at' | '-versions' | '-metric' | 'metric';

/** Identifies a version. */
export type VersionKey = Pick<VersionItem, 'name' | 'version'>;

/** The facts of a version that commands use. */
export type VersionSubject = VersionKey & Pick<VersionItem, 'model_id' | 'aliases'>;

/** Chooses the registry that is shown first. */
export type RegistryChooser = (registries: readonly RegistryInfo[]) => RegistryInfo | null;

/** The preferences that the state depends on. */
export interface StorePreferences {
  readonly ready: Promise<void>;
  readonly mainMetric: string;
  readonly pageSize: number;
  remember(registry: RegistryInfo): void;
}
