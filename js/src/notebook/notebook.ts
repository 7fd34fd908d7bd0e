/**
 * Reads and changes the current notebook.
 *
 * Notebooks are recognized by their members, so that the extension does not depend on a notebook package.
 */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { CommandRegistry } from '@lumino/commands';
import type { Widget } from '@lumino/widgets';

/** The cell that registered a version: its source and its execution count. */
export interface SourceCell {
  cell_source: string | null;
  cell_number: number | null;
}

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

/** Return the notebook that is the current widget, or null. */
export function currentNotebook(
  shell: Pick<JupyterFrontEnd.IShell, 'currentWidget'>
): NotebookPanel | null {
  const widget = shell.currentWidget as Partial<NotebookPanel> | null;
  const isNotebook = widget?.content !== undefined && 'activeCell' in widget.content;
  return isNotebook && widget.context ? (widget as NotebookPanel) : null;
}

/** Insert code into the active cell if it is empty, otherwise into a new cell below it. */
export async function insertCode(
  commands: CommandRegistry,
  notebook: NotebookPanel,
  code: string
): Promise<void> {
  const { activeCell } = notebook.content;
  const isEmpty =
    activeCell?.model.type === 'code' && activeCell.model.sharedModel.getSource().trim() === '';
  if (!isEmpty) {
    await commands.execute('notebook:insert-cell-below');
  }
  notebook.content.activeCell?.model.sharedModel.setSource(code.trimEnd());
}

/** Return the source of the active cell and of the code cells above it, the nearest first. */
export function sourcesUpToActive({ content }: NotebookPanel): string[] {
  const cells = content.widgets.slice(0, content.activeCellIndex + 1).map(({ model }) => model);
  const sources = cells.map(({ type, sharedModel }) =>
    type === 'code' ? sharedModel.getSource() : ''
  );
  return sources.reverse();
}

/**
 * Open a notebook at the cell that registered a version; return whether the cell was found.
 *
 * Notebook opens other notebooks in a browser tab of their own, whose cells cannot be searched.
 */
export async function openAtCell(
  commands: CommandRegistry,
  path: string,
  provenance: SourceCell
): Promise<boolean> {
  const opened = (await commands.execute('docmanager:open', { path })) as NotebookPanel | undefined;
  if (!opened?.content) {
    return opened !== undefined;
  }
  await opened.context.ready;
  await opened.revealed;
  return showCell(opened, provenance);
}

/** Show the cell of an open notebook that registered a version; return whether it was found. */
export async function showCell(opened: NotebookPanel, provenance: SourceCell): Promise<boolean> {
  const index = findCell(opened, provenance);
  if (index < 0) {
    return false;
  }
  opened.content.activeCellIndex = index;
  await opened.content.scrollToItem?.(index, 'center');
  return true;
}

/** Find a cell by its source or, if the source was edited since, by its execution count. */
function findCell(notebook: NotebookPanel, { cell_source, cell_number }: SourceCell): number {
  const cells = notebook.content.widgets.map(cell => cell.model);
  const source = cell_source?.trim();
  const same = cells.findIndex(cell => source && cell.sharedModel.getSource().trim() === source);
  if (same >= 0 || cell_number === null) {
    return same;
  }
  return cells.findIndex(cell => cell.executionCount === cell_number);
}
