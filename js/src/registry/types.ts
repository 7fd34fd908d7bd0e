/** What the server extension replies; docs/rest.md says it in words. */

export interface Place {
  id: string;
  name: string;
  location: string;
  source: 'root' | 'configured';
  writable: boolean;
}

export interface Page<T> {
  total: number;
  items: T[];
}

export interface Series {
  name: string;
  value: number | null;
  series: [number, number | null][];
}

export interface ModelItem {
  name: string;
  latest: number;
  versions: number;
  aliases: Record<string, number>;
  metric: Series | null;
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
  status: string;
  created_at: string;
}

export interface Provenance {
  notebook: string | null;
  cell_number: number | null;
  cell_source: string | null;
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
  reference: string;
  code: string;
  load: string;
  trust: 'yours' | 'trusted' | 'stranger' | 'unsigned';
  notebook_path: string | null;
  plots: string[];
}

export interface Comparison {
  ids: string[];
  rows: { section: string; field: string; values: (string | null)[] }[];
}

export interface Happening {
  action: string;
  version: number | null;
  at: string;
  actor: string | null;
  alias?: string;
  tags?: Record<string, unknown>;
  names?: string[];
  text?: string;
}

export interface AliasState {
  name: string;
  alias: string;
  version: number | null;
  protected: boolean;
}

/** How models are sorted. */
export type Order = 'name' | '-registered_at' | '-versions' | '-metric' | 'metric';

/** Which registry to begin with. */
export type Chooser = (places: readonly Place[]) => Place | null;
