import type { CommandRegistry } from '@lumino/commands';
import { Widget } from '@lumino/widgets';
import { expect, test, vi } from 'vitest';

import {
  currentNotebook,
  insertCode,
  openAtCell,
  sourcesUpToActive
} from '../../src/notebook/notebook';

interface Source {
  source: string;
  type?: string;
  executionCount?: number;
}

function cell({ source, type = 'code', executionCount }: Source) {
  const sharedModel = {
    getSource: () => source,
    setSource: (text: string) => {
      source = text;
    }
  };
  return { model: { type, executionCount, sharedModel } };
}

class FakeContent extends Widget {
  constructor(readonly widgets: ReturnType<typeof cell>[]) {
    super();
    this.activeCell = widgets[0] ?? null;
  }

  activeCell: ReturnType<typeof cell> | null;
  activeCellIndex = 0;
}

class FakeNotebook extends Widget {
  constructor(readonly content: FakeContent) {
    super();
  }

  readonly context = { path: 'run.ipynb', ready: Promise.resolve() };
  readonly revealed = Promise.resolve();
}

function notebookOf(...sources: Source[]): FakeNotebook {
  return new FakeNotebook(new FakeContent(sources.map(cell)));
}

function commandsThat(execute: (id: string) => unknown): CommandRegistry {
  return { execute: (id: string) => Promise.resolve(execute(id)) } as unknown as CommandRegistry;
}

function sourcesOf(notebook: FakeNotebook): string[] {
  return notebook.content.widgets.map(({ model }) => model.sharedModel.getSource());
}

/** Open `notebook` at the cell of a provenance. */
function open(notebook: FakeNotebook, cell_source: string, cell_number: number | null) {
  const made = { cell_source, cell_number };
  return openAtCell(
    commandsThat(() => notebook),
    'run.ipynb',
    made
  );
}

test('recognises a notebook by its cells', () => {
  const notebook = notebookOf({ source: '' });
  expect(currentNotebook({ currentWidget: notebook })).toBe(notebook);
  const terminal = Object.assign(new Widget(), { content: {}, context: {} });
  expect(currentNotebook({ currentWidget: terminal })).toBeNull();
  expect(currentNotebook({ currentWidget: null })).toBeNull();
});

test('inserts code into an empty cell', async () => {
  const notebook = notebookOf({ source: ' \n' });
  const execute = vi.fn();
  await insertCode(commandsThat(execute), notebook, 'a = 1\n');
  expect(sourcesOf(notebook)).toEqual(['a = 1']);
  expect(execute).not.toHaveBeenCalled();
});

test.each([
  ['a cell with code', { source: '1 + 1' }],
  ['a text cell', { source: '', type: 'markdown' }]
])('inserts code below %s', async (_, first) => {
  const notebook = notebookOf(first, { source: '' });
  const commands = commandsThat(id => {
    expect(id).toBe('notebook:insert-cell-below');
    notebook.content.activeCell = notebook.content.widgets[1] ?? null;
  });
  await insertCode(commands, notebook, 'a = 1');
  expect(sourcesOf(notebook)).toEqual([first.source, 'a = 1']);
});

test('reads the active cell first, then the ones above it; text cells are empty', () => {
  const text = { source: 'text', type: 'markdown' };
  const notebook = notebookOf({ source: 'a' }, text, { source: 'b' }, { source: 'c' });
  notebook.content.activeCellIndex = 2;
  expect(sourcesUpToActive(notebook)).toEqual(['b', '', 'a']);
});

test('opens a notebook at the cell with the same source', async () => {
  const notebook = notebookOf({ source: 'x', executionCount: 7 }, { source: 'a = 1 ' });
  expect(await open(notebook, 'a = 1', 7)).toBe(true);
  expect(notebook.content.activeCellIndex).toBe(1);
});

test('opens a notebook at the execution count if the source was edited', async () => {
  const notebook = notebookOf({ source: 'x' }, { source: 'edited', executionCount: 7 });
  expect(await open(notebook, 'a = 1', 7)).toBe(true);
  expect(notebook.content.activeCellIndex).toBe(1);
});

test('reports that the cell is no longer in the notebook', async () => {
  const notebook = notebookOf({ source: 'x' }, { source: 'y' });
  expect(await open(notebook, 'a = 1', null)).toBe(false);
  expect(notebook.content.activeCellIndex).toBe(0);
});

test('reports that the notebook could not be opened', async () => {
  const opened = openAtCell(
    commandsThat(() => undefined),
    'gone.ipynb',
    { cell_source: 'a = 1', cell_number: 1 }
  );
  expect(await opened).toBe(false);
});
