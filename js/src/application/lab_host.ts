/** The calls of the view that JupyterLab and Notebook answer: notebooks, tabs and the clipboard. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Referable } from '../notebook/code_snippets';
import { loadingCode } from '../notebook/code_snippets';
import { currentNotebook, insertCode, openAtCell, showCell } from '../notebook/notebook';
import type { RegistryInfo, VersionKey } from '../registry/types';
import { download } from '../view/download';
import type { Host } from '../view/host';
import { notify, notifyProblem } from './notifier';

/** Where a version was registered. */
export interface Origin {
  path: string;
  cell: number | null;
  source?: string | null;
}

export class LabHost implements Host {
  constructor(
    private readonly app: JupyterFrontEnd,
    readonly trans: TranslationBundle,
    /** Opens versions in a tab; absent in Notebook, which has no tabs. */
    readonly openInTab?: (refs: string[]) => void,
    /** Return a version with its aliases. */
    private readonly find: (version: VersionKey) => Referable = version => version
  ) {}

  readonly face = 'lab';

  copy(text: string): Promise<void> {
    Clipboard.copyToSystem(text);
    return Promise.resolve();
  }

  insertCode(code: string): void {
    const notebook = currentNotebook(this.app.shell);
    if (notebook === null) {
      notifyProblem(
        this.trans.__('The current tab is not a notebook. Open a notebook and select a cell.')
      );
      return;
    }
    insertCode(this.app.commands, notebook, code).catch(notifyProblem);
  }

  openNotebook(path: string, cell: number | null, source: string | null = null): void {
    this.openOrigin({ path, cell, source }).catch(notifyProblem);
  }

  download(blob: Blob, filename: string): void {
    download(blob, filename);
  }

  loadingCode(registry: RegistryInfo, version: VersionKey): string {
    return loadingCode(registry, this.find(version), this.notebookPath());
  }

  notebookPath(): string | null {
    const path = currentNotebook(this.app.shell)?.context.path;
    return path === undefined ? null : this.app.serviceManager.contents.localPath(path);
  }

  private async openOrigin({ path, cell, source = null }: Origin): Promise<void> {
    const provenance = { cell_source: source, cell_number: cell };
    const current = currentNotebook(this.app.shell);
    const found =
      current?.context.path === path
        ? await showCell(current, provenance)
        : await openAtCell(this.app.commands, path, provenance);
    if (!found) {
      notify(
        cell === null
          ? this.trans.__('The cell that registered the model is no longer in %1.', path)
          : this.trans.__('Cell %1, which registered the model, is no longer in %2.', cell, path)
      );
    }
  }
}
