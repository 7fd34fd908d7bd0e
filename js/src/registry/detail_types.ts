/** The JSON of the API for one version, its history, and comparisons, as docs/rest.md describes it. */
import type { Cell, Moment, Trust } from './types';

/**
 * Markdown as a tree: a text, or a tag with its attributes and its children.
 *
 * Tags and attributes come from a closed list; the view ignores all others.
 */
export type MarkdownNode = string | [string, Record<string, string>, ...MarkdownNode[]];

/** A link to another version: its ID and a text such as its alias and metric. */
export interface Ref {
  model_id: string;
  text: string;
  is_deleted: boolean;
}

export interface Refs {
  total: number;
  items: Ref[];
}

export interface DetailAlias {
  alias: string;
  protected: boolean;
}

export interface DetailMetric {
  name: string;
  title: string;
  text: string;
  value: number | null;
  higher_is_better: boolean | null;
}

export interface Hyperparameter {
  name: string;
  text: string;
  /** Whether it differs from the default of its class; null if unknown. */
  changed: boolean | null;
}

export interface DetailNote {
  author: string;
  at: Moment;
  body: MarkdownNode[];
  source: string;
}

export interface Section {
  title: string;
  rows: [string, string][];
}

export interface Provenance {
  rows: [string, string][];
  notebook_path: string | null;
  cell_number: number | null;
  cell_source: string | null;
  definitions: string | null;
}

export interface Signature {
  /** One object for each input column: name, dtype, range and others, as text. */
  columns: Record<string, string | null>[];
  /** Number of columns, if not all are listed. */
  total?: number;
  classes: string[];
}

export interface Lineage {
  parent: Ref | null;
  children: Refs;
  data: { name: string | null; rows: string | null; sha256: string | null; same_data: Refs } | null;
  notebook: { path: string; cell: number | null } | null;
}

export interface Usage {
  title: string;
  language: 'python' | 'shell';
  code: string;
}

export interface Attachment {
  name: string;
  kind: string;
  format: string;
  size: string;
  preview: boolean;
}

export type AttachmentPreview =
  | { kind: 'table'; columns: string[]; rows: string[][]; total: number }
  | { kind: 'text'; text: string }
  | { kind: 'image'; mime: string; base64: string }
  | { kind: 'none'; text: string };

export interface PlotKind {
  kind: string;
  title: string;
}

/** Whether an action is possible, and why not. */
export interface VersionAction {
  enabled: boolean;
  why: string | null;
}

export interface VersionDetail {
  model_id: string;
  name: string;
  version: number;
  algorithm: string;
  status: string;
  aliases: DetailAlias[];
  created: Moment;
  trust: { status: Trust; text: string; title: string };
  loads: { ok: boolean; text: string } | null;
  description: MarkdownNode[] | null;
  card: MarkdownNode[] | null;
  metrics: DetailMetric[];
  hyperparameters: Hyperparameter[];
  tags: { name: string; value: unknown; text: string }[];
  notes: DetailNote[];
  sections: Section[];
  provenance: Provenance;
  signature: Signature | null;
  lineage: Lineage;
  use: Usage[];
  reference: string;
  load: string;
  /** Code that opens the registry and loads the version. */
  code: string;
  attachments: Attachment[];
  plots: PlotKind[];
  /** By name: set_alias, tag, note, delete, restore, export, open_notebook. */
  actions: Record<string, VersionAction>;
}

/** One change in the history of a model. */
export interface HistoryEvent {
  action: string;
  version: number | null;
  at: string | null;
  actor: string | null;
  /** A sentence such as "@champion was moved from 2 to 3". */
  text: string;
  /** The text of a note. */
  body?: MarkdownNode[];
  when: Moment | null;
  who: string | null;
  /** Why the event has no effect, such as a signer who is not trusted. */
  not_followed?: string;
}

export interface History {
  total: number;
  events: HistoryEvent[];
}

export interface CompareHead {
  model_id: string;
  aliases: string[];
  created: Moment;
  is_deleted: boolean;
}

/** The difference to the first version. */
export interface ValueChange {
  delta: string;
  verdict: 'better' | 'worse' | 'same' | null;
}

export interface CompareRow {
  field: string;
  title: string;
  values: Cell[];
  changes: (ValueChange | null)[];
}

export interface CompareSection {
  title: string;
  rows: CompareRow[];
}

export interface Comparison {
  heads: CompareHead[];
  /** Number of facts that are the same in all. */
  n_same: number;
  /** Sentences on metrics that were measured differently, and on rows that are omitted. */
  notes?: string[];
  sections: CompareSection[];
  plots: PlotKind[];
}
