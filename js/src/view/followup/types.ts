/** Replies of the candidates panel. Numbers are texts that Python formats. */

/** The state that Python and the page share. */
export interface CandidatesState {
  threshold: number;
  selected: string;
  sort_by: string;
  descending: boolean;
  /** From 0. */
  page: number;
}

export type Align = 'left' | 'right';

export interface CandidateColumn {
  name: string;
  title: string;
  align: Align;
  sorted: 'ascending' | 'descending' | null;
}

export interface CandidateRow {
  name: string;
  cells: string[];
}

export interface FigureKind {
  kind: string;
  title: string;
}

/** The page that a figure is drawn for. */
export interface FigurePage extends Record<string, string | number | undefined> {
  theme: 'light' | 'dark';
  /** Pixels; undefined for a default. */
  width: number | undefined;
}

export interface CandidatePage {
  caveat: string;
  headline: string;
  lines: string[];
  source: string;
  range: { min: number; max: number; step: number };
  /** The threshold that the list was made with. */
  start: { value: number; text: string };
  columns: CandidateColumn[];
  rows: CandidateRow[];
  total: number;
  page: number;
  page_size: number;
  figures: FigureKind[];
}

export interface MeasuredValue {
  quantity: string;
  column: string;
  /** One of each signal. */
  texts: string[];
}

export interface SignalDetailReply {
  name: string;
  state: string;
  lines: string[];
  /** The signal, and its most similar confirmed planet. */
  signals: string[];
  values: MeasuredValue[];
  /** Page of the star in the NASA Exoplanet Archive. */
  archive: string | null;
}

export interface ExportReply {
  written: boolean;
  message: string;
  code: string | null;
}
