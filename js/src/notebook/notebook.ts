/** The notebook in front, known by its shape: what is put into it, and its cells. */
import { JupyterFrontEnd } from '@jupyterlab/application';
import { CommandRegistry } from '@lumino/commands';
import { Widget } from '@lumino/widgets';

import { Provenance } from '../registry/types';

interface Cell {
  model: {
    type: string;
    executionCount?: number | null;
    sharedModel: { getSource(): string; setSource(source: string): void };
  };
}

export interface NotebookPanel extends Widget {
  content: Widget & {
    activeCell: Cell | null;
    activeCellIndex: number;
    widgets: readonly Cell[];
    scrollToItem?(index: number, align?: string): Promise<void>;
  };
  context: { path: string; ready: Promise<void> };
  revealed: Promise<void>;
}

/** Return the notebook in front, or null. */
export function notebookInFront(shell: JupyterFrontEnd.IShell): NotebookPanel | null {
  const widget = shell.currentWidget as Partial<NotebookPanel> | null;
  const isNotebook = widget?.content !== undefined && 'activeCell' in widget.content;
  return isNotebook && widget.context ? (widget as NotebookPanel) : null;
}

/** Put code into the active cell if it is empty, and else into a new one below. */
export async function insertCode(
  commands: CommandRegistry,
  notebook: NotebookPanel,
  code: string
): Promise<void> {
  const { activeCell } = notebook.content;
  const isFree =
    activeCell?.model.type === 'code' && activeCell.model.sharedModel.getSource().trim() === '';
  if (!isFree) {
    await commands.execute('notebook:insert-cell-below');
  }
  notebook.content.activeCell?.model.sharedModel.setSource(code.trimEnd());
}

/** Return the source of the active cell, if it is one of code. */
export function activeSource(notebook: NotebookPanel): string | null {
  const model = notebook.content.activeCell?.model;
  return model?.type === 'code' ? model.sharedModel.getSource() : null;
}

/** Open a notebook at the cell that made a version; tell whether that cell is still there. */
export async function openAtCell(
  commands: CommandRegistry,
  path: string,
  made: Provenance
): Promise<boolean> {
  const opened = (await commands.execute('docmanager:open', { path })) as NotebookPanel | undefined;
  if (!opened?.content) {
    return false;
  }
  await opened.context.ready;
  await opened.revealed;
  const index = cellOf(opened, made);
  if (index < 0) {
    return false;
  }
  opened.content.activeCellIndex = index;
  await opened.content.scrollToItem?.(index, 'center');
  return true;
}

/** A cell is found by what it says; if it was edited since, by the number of its last run. */
function cellOf(notebook: NotebookPanel, made: Provenance): number {
  const cells = notebook.content.widgets.map(cell => cell.model);
  const source = made.cell_source?.trim();
  const same = cells.findIndex(cell => source && cell.sharedModel.getSource().trim() === source);
  if (same >= 0 || made.cell_number === null) {
    return same;
  }
  return cells.findIndex(cell => cell.executionCount === made.cell_number);
}
