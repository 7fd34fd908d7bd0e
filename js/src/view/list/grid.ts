/** The treegrid: its heads and rows, the current row, and what keys and the pointer do. */
import type { Component } from '../component';
import type { ViewContext } from '../context';
import { h } from '../dom';
import { fitColumns } from './fit';
import { gridKey } from './grid_keys';
import { HeadRow } from './head_row';
import type { ListRow } from './list_rows';
import { parentOf } from './list_rows';
import { markSelected } from './row';
import { RowCache } from './row_cache';
import { selectRow } from './row_selection';
import type { Point } from './floating';
import type { ShownColumn } from './shown_columns';

/** Content of the grid. */
export interface GridContent {
  readonly rows: readonly ListRow[];
  readonly columns: readonly ShownColumn[];
  /** Whether the list is sorted by the name, and in which direction. */
  readonly nameSorted: ShownColumn['sorted'];
  readonly hasBadges: boolean;
}

/** Receives the actions of the user in the grid. */
export interface GridListener {
  sort(column: ShownColumn): void;
  expand(name: string): void;
  collapse(name: string): void;
  openMenu(ref: string, at: HTMLElement | Point): void;
  requestDelete(ref: string): void;
}

const NEAREST: ScrollIntoViewOptions = { block: 'nearest' };

export class Grid implements Component {
  constructor(
    private readonly context: ViewContext,
    private readonly listener: GridListener
  ) {
    const { trans } = context;
    this.heads = new HeadRow(
      trans,
      column => listener.sort(column),
      () => this.focusOn(0)
    );
    this.table = h(
      'table',
      {
        class: 'exo-Grid',
        role: 'treegrid',
        'aria-label': trans.__('Models and versions'),
        'aria-multiselectable': 'true'
      },
      h('thead', { role: 'rowgroup' }, this.heads.node),
      this.body
    );
    this.node = h('div', { class: 'exo-Grid-scroll' }, this.table);
    this.cache = new RowCache(this.body);
    this.body.addEventListener('keydown', event => this.onKey(event));
    this.body.addEventListener('click', event => this.onClick(event));
    this.body.addEventListener('dblclick', event => this.onDoubleClick(event));
    this.body.addEventListener('contextmenu', event => this.onContextMenu(event));
    this.body.addEventListener('focusin', event => this.moveTo(this.indexOf(event)));
    // Shift+click selects a range of rows, not of text.
    this.body.addEventListener('mousedown', event => {
      if (event.shiftKey) {
        event.preventDefault();
      }
    });
    this.fit = fitColumns(this.node, this.table, () => this.keepVisible());
  }

  readonly node: HTMLElement;

  /** The rows, in order. */
  rows: readonly ListRow[] = [];

  /** Index of the row that has or gets the focus. */
  position = 0;

  /** Show other content; rows that did not change keep their elements. */
  show({ rows, columns, nameSorted, hasBadges }: GridContent): void {
    const hadFocus = this.body.contains(document.activeElement);
    const key = this.rows[this.position]?.key;
    this.rows = rows;
    this.heads.show(columns, nameSorted);
    this.nodes = this.cache.show(rows, { columns, hasBadges, trans: this.context.trans });
    const index = rows.findIndex(row => row.key === key);
    this.position = index < 0 ? Math.max(0, Math.min(this.position, rows.length - 1)) : index;
    this.nodes.forEach((node, at) => (node.tabIndex = at === this.position ? 0 : -1));
    this.markSelection();
    if (hadFocus && !this.body.contains(document.activeElement)) {
      this.focusOn(this.position);
    }
    if (this.cache.styleChanged) {
      this.fit.update();
    } else if (this.cache.changed) {
      this.fit.keep();
    }
  }

  /** Show which rows are selected. */
  markSelection(): void {
    const selected = new Set(this.context.store.state.selected);
    this.rows.forEach((row, index) => {
      const node = this.nodes[index];
      if (row.ref !== null && node) {
        const isSelected = selected.has(row.ref);
        markSelected(node, isSelected, isSelected && selected.size === 1);
      }
    });
  }

  /** Move the focus to a row; the nearest one if it does not exist. */
  focusOn(index: number): void {
    this.moveTo(Math.max(0, Math.min(index, this.rows.length - 1)));
    const node = this.nodes[this.position];
    node?.focus({ preventScroll: true });
    node?.scrollIntoView(NEAREST);
  }

  /** Select a row; a row that reads more rows reads them. */
  select(index: number, how: 'only' | 'toggle' | 'range'): void {
    const row = this.rows[index];
    if (row?.kind === 'more') {
      this.listener.expand(row.name);
    } else if (row) {
      selectRow(this.context, this.rows, index, how === 'range' ? this.anchorIndex() : null, how);
      this.anchor = how === 'range' ? (this.anchor ?? row.key) : row.key;
    }
  }

  /** Show the rows below a row, or go to the first of them. */
  expandOrEnter(): void {
    const row = this.rows[this.position];
    if (row && row.kind !== 'more' && row.expanded === false) {
      this.listener.expand(row.name);
    } else if (row && row.kind !== 'more' && row.expanded) {
      this.focusOn(this.position + 1);
    }
  }

  /** Hide the rows below a row, or go to the row above that contains it. */
  collapseOrLeave(): void {
    const row = this.rows[this.position];
    const parent = parentOf(this.rows, this.position);
    if (row && row.kind !== 'more' && row.expanded) {
      this.listener.collapse(row.name);
    } else if (parent >= 0) {
      this.focusOn(parent);
    }
  }

  /** Show the menu of the current row. */
  openMenu(at?: Point): void {
    const row = this.rows[this.position];
    const node = this.nodes[this.position];
    if (node && row && row.ref !== null) {
      this.listener.openMenu(
        row.ref,
        at ?? node.querySelector<HTMLElement>('.exo-Row-menu') ?? node
      );
    }
  }

  /** Request the deletion of the version in the current row. */
  requestDelete(): void {
    const row = this.rows[this.position];
    if (row?.kind === 'version') {
      this.listener.requestDelete(row.ref);
    }
  }

  /** Return the number of rows that are visible together. */
  get pageLength(): number {
    const height = this.nodes[this.position]?.offsetHeight ?? 0;
    return height > 0 ? Math.max(1, Math.floor(this.node.clientHeight / height) - 1) : 10;
  }

  /** Move the focus to the heads. */
  focusHeads(): void {
    this.heads.focus();
  }

  clearSelection(): void {
    this.context.store.clearSelection();
  }

  dispose(): void {
    this.fit.dispose();
  }

  private onKey(event: KeyboardEvent): void {
    if (this.rows.length > 0 && gridKey(this, event)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  private onClick(event: MouseEvent): void {
    const index = this.indexOf(event);
    const row = this.rows[index];
    const target = event.target as Element;
    if (!row) {
      return;
    }
    this.moveTo(index);
    if (target.closest('.exo-Row-menu')) {
      this.openMenu();
    } else if (target.closest('.exo-Row-toggle') && row.kind !== 'more') {
      this.toggle(row);
    } else if (event.shiftKey) {
      this.select(index, 'range');
    } else {
      const adds = target.closest('.exo-Row-checkbox') !== null || event.ctrlKey || event.metaKey;
      this.select(index, adds ? 'toggle' : 'only');
    }
    // The check box shows the state, also if the store rejects the change.
    this.markSelection();
  }

  private onDoubleClick(event: MouseEvent): void {
    const row = this.rows[this.indexOf(event)];
    const onControl = (event.target as Element).closest('button, input, .exo-Row-toggle') !== null;
    if (row?.kind === 'model' && !onControl) {
      this.toggle(row);
    }
  }

  private toggle(row: Exclude<ListRow, { kind: 'more' }>): void {
    if (row.expanded === true) {
      this.listener.collapse(row.name);
    } else if (row.expanded === false) {
      this.listener.expand(row.name);
    }
  }

  private onContextMenu(event: MouseEvent): void {
    const index = this.indexOf(event);
    // With Shift, the browser shows its own menu, as in the rest of JupyterLab.
    if (index >= 0 && !event.shiftKey && this.rows[index]?.ref !== null) {
      event.preventDefault();
      event.stopPropagation();
      this.focusOn(index);
      // The key for menus has no place of its own.
      const byKey = event.clientX === 0 && event.clientY === 0;
      this.openMenu(byKey ? undefined : { x: event.clientX, y: event.clientY });
    }
  }

  private moveTo(index: number): void {
    const after = this.nodes[index];
    if (after) {
      const before = this.nodes[this.position];
      if (before) {
        before.tabIndex = -1;
      }
      after.tabIndex = 0;
      this.position = index;
    }
  }

  /** Keep the current row in view when the details take room from the list. */
  private keepVisible(): void {
    if (this.body.contains(document.activeElement)) {
      this.nodes[this.position]?.scrollIntoView(NEAREST);
    }
  }

  private anchorIndex(): number | null {
    const index = this.rows.findIndex(({ key }) => key === this.anchor);
    return index < 0 ? null : index;
  }

  private indexOf(event: Event): number {
    const node = (event.target as Element).closest('.exo-Row');
    return this.nodes.findIndex(other => other === node);
  }

  private readonly body = h('tbody', { role: 'rowgroup' });
  private readonly heads: HeadRow;
  private readonly table: HTMLElement;
  private readonly cache: RowCache;
  private readonly fit: ReturnType<typeof fitColumns>;
  private nodes: HTMLElement[] = [];
  /** The row that a range starts at. */
  private anchor: string | null = null;
}
