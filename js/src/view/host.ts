/** The calls of the page around the view. */
import type { RegistryInfo, VersionKey } from '../registry/types';
import type { Trans } from './translator';

/** The view hides the buttons of calls that are missing. */
export interface Host {
  /** `notebook` is a widget in an output. */
  readonly face: 'lab' | 'notebook';
  readonly trans: Trans;
  copy(text: string): Promise<void>;
  download(blob: Blob, filename: string): void;
  /** Insert code into the active notebook. */
  insertCode?(code: string): void;
  /** Open a notebook at the cell with this source or, if it was edited, this execution count. */
  openNotebook?(path: string, cell: number | null, source?: string | null): void;
  /** Open the detail of one version or the comparison of several in a tab. */
  openInTab?(refs: string[]): void;
  /** Return the code that a dragged version is dropped as. */
  loadingCode?(registry: RegistryInfo, item: VersionKey): string;
  /** Return the path of the active notebook, for code that is relative to it. */
  notebookPath?(): string | null;
}
