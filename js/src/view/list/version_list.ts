/** The list of models or versions: its tools, the rows, and the pages. */
import type { ModelPage, VersionPage } from '../../registry/types';
import { requestAction } from '../action_request';
import type { Component } from '../component';
import type { ViewContext } from '../context';
import { h } from '../dom';
import type { Point } from './floating';
import type { GridListener } from './grid';
import { Grid } from './grid';
import { isModelPage, listRows } from './list_rows';
import { ListTools, NAMES } from './list_tools';
import { nextOrder, splitOrder } from './order';
import { Pager } from './pager';
import { Progress } from './progress';
import { rowMenu } from './row_menu';
import { findVersion } from './selectable';
import type { ShownColumn } from './shown_columns';
import { modelColumns, sortExpression, versionColumns } from './shown_columns';

/** The column that is shown beside the name. */
const BADGES = 'aliases';

export class VersionList implements Component, GridListener {
  constructor(private readonly context: ViewContext) {
    const { store, trans } = context;
    this.tools = new ListTools(context, () => this.columns);
    this.grid = new Grid(context, this);
    this.pager = new Pager(trans, page => this.turn(page));
    this.progress = new Progress(trans);
    this.node = h(
      'div',
      { class: 'exo-List' },
      this.tools.node,
      this.progress.node,
      this.grid.node,
      this.pager.node
    );
    this.disconnect = store.changed.connect(() => this.render());
    this.render();
  }

  readonly node: HTMLElement;

  /** Move the focus to the current row. */
  focus(): void {
    this.grid.focusOn(this.grid.position);
  }

  sort(column: ShownColumn): void {
    const { store } = this.context;
    const { rows } = store;
    const expression = sortExpression(column, rows && isModelPage(rows) ? rows.items : null);
    store.update({ order_by: nextOrder(expression, column), page: 1 });
  }

  expand(name: string): void {
    if (this.expanding.has(name)) {
      return;
    }
    this.expanding.add(name);
    this.render();
    this.context.store
      .expand(name)
      .catch((error: unknown) => this.context.status.reportError(error))
      .finally(() => {
        this.expanding.delete(name);
        this.render();
      });
  }

  collapse(name: string): void {
    this.context.store.collapse(name);
  }

  openMenu(ref: string, at: HTMLElement | Point): void {
    rowMenu(this.context, ref, at);
  }

  requestDelete(ref: string): void {
    const { store, status, trans } = this.context;
    if (findVersion(store, ref)?.is_deleted) {
      status.report(trans.__('%1 is deleted already.', ref));
    } else {
      requestAction(this.context, ref, 'delete');
    }
  }

  dispose(): void {
    this.disconnect();
    this.isDisposed = true;
    this.tools.dispose();
    this.grid.dispose();
    this.pager.dispose();
    this.progress.dispose();
  }

  private turn(page: number): void {
    this.grid.node.scrollTop = 0;
    this.context.store.update({ page });
  }

  private render(): void {
    if (this.isDisposed) {
      return;
    }
    const { store } = this.context;
    const { rows, loading, indexing, state, pageSize } = store;
    const total = rows?.total ?? 0;
    const columns = rows === null ? [] : this.columnsOf(rows);
    const shown = columns.filter(({ name, sorted }) => name !== BADGES || sorted !== null);
    this.columns = columns;
    this.grid.show({
      rows: listRows(store, pageSize, this.expanding),
      columns: shown.filter(({ name }) => !NAMES.has(name)),
      nameSorted: this.nameSorted(columns),
      hasBadges: shown.length < columns.length || (rows !== null && isModelPage(rows))
    });
    this.grid.node.setAttribute('aria-busy', String(loading));
    this.grid.node.hidden = total === 0;
    this.node.classList.toggle('exo-mod-loading', loading);
    this.progress.show({ loading, empty: rows === null, indexing });
    this.pager.show({ page: state.page, pageSize, total });
    this.tools.show();
  }

  private nameSorted(columns: readonly ShownColumn[]): ShownColumn['sorted'] {
    const { state, rows } = this.context.store;
    const isModels = rows !== null && isModelPage(rows);
    const { field, descending } = splitOrder(state.order_by);
    if (isModels && ['', ...NAMES].includes(field)) {
      return descending ? 'descending' : 'ascending';
    }
    const column = columns.find(({ name }) => NAMES.has(name));
    return rows?.name_sorted ?? column?.sorted ?? null;
  }

  private columnsOf(rows: ModelPage | VersionPage): ShownColumn[] {
    const { state } = this.context.store;
    return isModelPage(rows)
      ? modelColumns(rows, state.order_by, this.context.trans)
      : versionColumns(rows);
  }

  private readonly tools: ListTools;
  private readonly grid: Grid;
  private readonly pager: Pager;
  private readonly progress: Progress;
  private readonly disconnect: () => void;
  private readonly expanding = new Set<string>();
  private columns: readonly ShownColumn[] = [];
  private isDisposed = false;
}
