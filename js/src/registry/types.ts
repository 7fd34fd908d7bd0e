/**
 * The JSON of the API that lists and names versions, as docs/rest.md describes it.
 *
 * Numbers, dates and labels are formatted by the kernel or the server: the view shows `text`.
 */

/** A value as text; `title` is the exact value or time. Null if the version does not have it. */
export interface TextValue {
  value?: number | null;
  text: string;
  title?: string;
}

export type Cell = TextValue | null;

/** A time: relative or short, and exact. */
export interface Moment {
  text: string;
  title: string;
}

/** A registry that can be chosen. */
export interface RegistryInfo {
  id: string;
  name: string;
  location: string;
  source: 'root' | 'configured';
  writable: boolean;
}

/** The facts of a registry in the head of the view. */
export interface RegistryHead {
  id: string;
  name: string;
  location: string;
  writable: boolean;
  why_read_only: string | null;
  counts: { models: number; versions: number; deleted: number };
  /** The key that signs what the user writes. */
  signer: { name: string; fingerprint: string } | null;
  /** The other trusted signers; absent in replies of older kernels. */
  trust?: { text: string; title: string };
  format_version: number;
}

/** Number of versions that the index has read, while it is being built. */
export interface Indexing {
  read: number;
  total: number;
}

export type FieldKind = 'number' | 'text' | 'time' | 'tag' | 'alias' | 'list';
export type FieldGroup =
  | 'version'
  | 'metrics'
  | 'hyperparameters'
  | 'tags'
  | 'results'
  | 'training_info'
  | 'later_metrics';

/** A field of the filter language, a column, and a key for sorting. */
export interface Field {
  /** The name in a filter, such as `metrics.f1_score`. */
  name: string;
  label: string;
  kind: FieldKind;
  group: FieldGroup;
  /** Up to 50 of its values, for completion. */
  values?: string[];
  sortable: boolean;
  higher_is_better?: boolean | null;
  default_column: boolean;
}

/** A column of a list. */
export interface Column {
  name: string;
  title: string;
  kind: FieldKind;
  align: 'left' | 'right';
  higher_is_better: boolean | null;
  sorted: 'ascending' | 'descending' | null;
  /** The name as a sort order writes it, such as `hyperparameters['svc C']`. */
  expression?: string;
  /** Whether a list can be sorted by it. */
  sortable?: boolean;
}

/** A field of the search that no version has, and those that were probably meant. */
export interface Hint {
  /** A sentence such as "No version has metrics.f1. Did you mean metrics.f1_score?" */
  text: string;
  /** The fields as filters write them. */
  field: string;
  suggestions: string[];
}

/** A page of a list, with hints on unknown fields of the search. */
export interface Page<T> {
  total: number;
  items: T[];
  columns: Column[];
  /** How the names are sorted, if they are. */
  name_sorted?: 'ascending' | 'descending' | null;
  hints: Hint[];
  message: string | null;
}

export type Trust = 'yours' | 'trusted' | 'stranger' | 'unsigned'; // prose: ok, a value of the API

/** The metric by which a version is judged by default. */
export interface MainMetric {
  name: string;
  title: string;
  text: string;
  value: number | null;
}

export interface VersionItem {
  model_id: string;
  /** The ID with the letter case of the name. */
  display_id?: string;
  name: string;
  version: number;
  algorithm: string;
  aliases: string[];
  tags: Record<string, unknown>;
  metrics: Record<string, number | null>;
  default_metric: string | null;
  scoring: string | null;
  status: string;
  created_at: string;
  /** One cell for each column. */
  cells: Cell[];
  main_metric: MainMetric | null;
  created: Moment;
  n_children: number;
  /** The main metric over the versions of the model, if a column shows it. */
  trend: [number, number | null][];
  is_deleted: boolean;
}

/** The metric of a model's latest version, and of its versions. */
export interface ModelMetric {
  name: string;
  title: string;
  /** The class or average of the metric, such as 'of CONFIRMED'; may be empty. */
  scoring: string;
  text: string;
  value: number | null;
  higher_is_better: boolean | null;
  series: [number, number | null][];
}

export interface ModelItem {
  name: string;
  /** The name with its letter case. */
  display_name?: string;
  latest: number;
  versions: number;
  n_deleted: number;
  aliases: Record<string, number>;
  metric: ModelMetric | null;
  registered_at: string;
  registered: Moment;
  cells: Cell[];
}

export type VersionPage = Page<VersionItem>;
export type ModelPage = Page<ModelItem>;

/** Identifies a version. */
export type VersionKey = Pick<VersionItem, 'name' | 'version'>;

/** A request that reverses a change. */
export interface Undo {
  method: 'POST' | 'PUT' | 'DELETE';
  path: string;
  body: Record<string, unknown> | null;
  code: string;
}

/** The reply to a change with `"preview": true`, which changes nothing. */
export interface Preview {
  code: string;
  message: string;
  warnings: string[];
  /** The body of the request that makes exactly this change. */
  body?: Record<string, unknown>;
}

/** The reply to a change. */
export interface Change {
  code: string;
  message: string;
  undo: Undo | null;
}

export type {
  Attachment,
  AttachmentPreview,
  CompareHead,
  CompareRow,
  CompareSection,
  Comparison,
  DetailAlias,
  DetailMetric,
  DetailNote,
  History,
  HistoryEvent,
  Hyperparameter,
  Lineage,
  MarkdownNode,
  PlotKind,
  Provenance,
  Ref,
  Refs,
  Section,
  Signature,
  Usage,
  ValueChange,
  VersionAction,
  VersionDetail
} from './detail_types';
