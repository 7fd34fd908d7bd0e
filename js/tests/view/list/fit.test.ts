import { beforeEach, describe, expect, it } from 'vitest';

import type { Fit } from '../../../src/view/list/fit';
import { fitColumns } from '../../../src/view/list/fit';

/** Width of a cell of each column. */
let widths: Record<string, number>;
let box: HTMLElement;
let table: HTMLElement;
let measured: number;
let fit: Fit;

const COLUMNS = ['f1_score', 'algorithm', 'registered'];

beforeEach(() => {
  widths = { f1_score: 50, algorithm: 80, registered: 90 };
  measured = 0;
  box = document.createElement('div');
  table = document.createElement('table');
  table.innerHTML = '<thead><tr></tr></thead><tbody></tbody>';
  COLUMNS.forEach((name, rank) => {
    const head = cell('th', name);
    head.dataset.rank = String(rank + 1);
    Object.defineProperty(head, 'offsetWidth', { get: () => widths[name] });
    table.querySelector('tr')!.append(head);
  });
  Object.defineProperty(box, 'clientWidth', { configurable: true, get: () => 150 });
  Object.defineProperty(table, 'offsetWidth', {
    get: () => {
      measured++;
      return shown().reduce((sum, name) => sum + (widths[name] ?? 0), 0);
    }
  });
  addRow();
  fit = fitColumns(box, table, () => undefined);
  fit.update();
});

describe('fitColumns', () => {
  it('hides the columns of the highest ranks while the table is too wide', () => {
    expect(shown()).toEqual(['f1_score', 'algorithm']);
    expect(shownIn('tbody')).toEqual(['f1_score', 'algorithm']);
  });

  it('hides the same columns in the next rows after one measurement', () => {
    measured = 0;
    addRow();
    fit.keep();
    expect(shownIn('tbody')).toEqual(['f1_score', 'algorithm']);
    expect(measured).toBe(1);
  });

  it('hides more columns if the next rows are wider', () => {
    widths = { f1_score: 50, algorithm: 120, registered: 90 };
    fit.keep();
    expect(shown()).toEqual(['f1_score']);
  });

  it('chooses the columns again in a box of another width', () => {
    Object.defineProperty(box, 'clientWidth', { configurable: true, get: () => 400 });
    fit.keep();
    expect(shown()).toEqual(COLUMNS);
  });
});

function addRow(): void {
  const row = document.createElement('tr');
  row.append(...COLUMNS.map(name => cell('td', name)));
  table.querySelector('tbody')!.replaceChildren(row);
}

function cell(tag: 'td' | 'th', name: string): HTMLElement {
  const node = document.createElement(tag);
  node.dataset.column = name;
  return node;
}

function shown(): string[] {
  return shownIn('thead');
}

function shownIn(part: 'thead' | 'tbody'): string[] {
  return [...table.querySelectorAll<HTMLElement>(`${part} [data-column]`)]
    .filter(({ hidden }) => !hidden)
    .map(({ dataset }) => dataset.column ?? '');
}
