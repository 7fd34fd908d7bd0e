/** The tools above a list: what is listed, in which order, and with which columns. */
import type { Field } from '../../registry/types';
import type { ViewState } from '../../registry/view_state';
import type { Component } from '../component';
import type { ViewContext } from '../context';
import { button, h } from '../dom';
import { icon } from '../icons';
import { ColumnChooser } from './column_chooser';
import type { Popover } from './popover';
import type { ShownColumn } from './shown_columns';
import { SortChooser, sortTitle } from './sort_chooser';

/** The fields that the first column shows. */
export const NAMES: ReadonlySet<string> = new Set(['name', 'model_name', 'version']);

type View = ViewState['view'];

export class ListTools implements Component {
  constructor(
    private readonly context: ViewContext,
    /** Return the columns that are shown now. */
    private readonly columns: () => readonly ShownColumn[]
  ) {
    const { trans, store } = context;
    this.views = {
      models: this.viewButton('models', trans.__('Models')),
      versions: this.viewButton('versions', trans.__('Versions'))
    };
    this.sort = this.dialogButton(() => this.openSort());
    this.choose = this.dialogButton(() => this.openColumns());
    this.choose.append(
      icon('columns'),
      h('span', { class: 'exo-Tools-columns' }, trans.__('Columns'))
    );
    this.choose.setAttribute('aria-label', trans.__('Columns'));
    this.choose.title = trans.__('Choose the columns');
    this.clear = button(trans.__('Clear'), () => store.clearSelection(), {
      title: trans.__('Clear the selection (Esc)')
    });
    this.deleted = this.option(trans.__('Show deleted'), checked =>
      store.update({ show_deleted: checked })
    );
    this.fold = this.option(trans.__('Fold children'), checked =>
      store.update({ fold_children: checked })
    );
    this.selection = h('span', { class: 'exo-Tools-selection' }, this.count, this.clear);
    this.node = h(
      'div',
      { class: 'exo-Tools', role: 'group', 'aria-label': trans.__('List options') },
      h('span', { class: 'exo-Tools-views' }, this.views.models, this.views.versions),
      this.sort,
      this.choose,
      this.deleted.node,
      this.fold.node,
      this.selection
    );
  }

  readonly node: HTMLElement;

  /** Show the state of the list. */
  show(): void {
    const { store, trans } = this.context;
    const { state, rows } = store;
    for (const view of ['models', 'versions'] as const) {
      this.views[view].setAttribute('aria-pressed', String(state.view === view));
    }
    this.deleted.input.checked = state.show_deleted;
    this.fold.input.checked = state.fold_children;
    const hasChildren = rows?.items.some(item => 'n_children' in item && item.n_children > 0);
    this.fold.node.hidden = state.view !== 'versions' || (!hasChildren && state.fold_children);
    const { length } = state.selected;
    this.selection.hidden = length === 0;
    const selected = trans.__('%1 selected', length);
    if (this.count.textContent !== selected) {
      this.count.textContent = selected;
    }
    // Models have the same columns in each registry.
    this.choose.hidden = state.view === 'models';
    this.showSort();
  }

  dispose(): void {
    this.popover?.close();
  }

  private showSort(): void {
    const { rows, state } = this.context.store;
    const sorted = this.columns().find(column => column.sorted !== null);
    // Until the first rows, only the name of the field is known.
    const title = sorted?.title ?? (rows === null ? '' : this.orderTitle());
    const isDescending = sorted ? sorted.sorted === 'descending' : state.order_by.startsWith('-');
    const text = `${title} ${isDescending ? 'v' : '^'}`;
    if (this.sort.dataset.state !== text) {
      this.sort.dataset.state = text;
      const { trans } = this.context;
      this.sort.replaceChildren(
        h(
          'span',
          { class: 'exo-Tools-label' },
          title ? trans.__('Sort: %1', title) : trans.__('Sort by…')
        ),
        title ? icon(isDescending ? 'caretDown' : 'caretUp') : ''
      );
      this.sort.title = trans.__('Sort by any field');
    }
  }

  /** Return the title of the order that no column shows; '' if it is not known. */
  private orderTitle(): string {
    const { state } = this.context.store;
    return state.order_by === ''
      ? state.view === 'models'
        ? this.context.trans.__('name')
        : ''
      : sortTitle(this.fields, state.order_by);
  }

  private openSort(): void {
    this.open(this.sort, (fields, onClose) => {
      const { store, trans } = this.context;
      const choice = {
        fields,
        orderBy: store.state.order_by || this.shownOrder(),
        choose: (order_by: string) => store.update({ order_by })
      };
      return new SortChooser(choice, this.sort, trans, onClose).popover;
    });
  }

  private openColumns(): void {
    this.open(this.choose, (fields, onClose) => {
      const { store, trans } = this.context;
      const isDefault = store.state.columns.length === 0;
      const choice = {
        fields: fields.filter(({ name }) => !NAMES.has(name)),
        shown: isDefault ? this.columns().map(({ name }) => name) : store.state.columns,
        isDefault,
        choose: (columns: string[]) => store.update({ columns })
      };
      return new ColumnChooser(choice, this.choose, trans, onClose).popover;
    });
  }

  /** Show a dialog when the fields are known; a second press closes it. */
  private open(
    owner: HTMLElement,
    show: (fields: readonly Field[], onClose: () => void) => Popover
  ): void {
    const isOpen = owner.getAttribute('aria-expanded') === 'true';
    this.popover?.close();
    if (isOpen) {
      return;
    }
    owner.setAttribute('aria-busy', 'true');
    this.context.store
      .fields()
      .then(fields => {
        this.fields = fields;
        if (owner.isConnected) {
          this.popover = show(fields, () => (this.popover = null));
        }
      })
      .catch((error: unknown) => this.context.status.reportError(error))
      .finally(() => owner.removeAttribute('aria-busy'));
  }

  /** Return the order of the list where the state names none. */
  private shownOrder(): string {
    const sorted = this.columns().find(column => column.sorted !== null);
    return sorted ? `${sorted.sorted === 'descending' ? '-' : ''}${sorted.name}` : '';
  }

  private viewButton(view: View, label: string): HTMLButtonElement {
    return button(label, () => this.context.store.update({ view }), { 'aria-pressed': 'false' });
  }

  private dialogButton(onClick: () => void): HTMLButtonElement {
    return button('', onClick, { 'aria-haspopup': 'dialog', 'aria-expanded': 'false' });
  }

  private option(label: string, onChange: (checked: boolean) => void) {
    const input = h('input', { type: 'checkbox', change: () => onChange(input.checked) });
    return { input, node: h('label', { class: 'exo-Tools-option' }, input, label) };
  }

  private readonly count = h('span', { role: 'status' });
  private readonly views: Record<View, HTMLButtonElement>;
  private readonly sort: HTMLButtonElement;
  private readonly choose: HTMLButtonElement;
  private readonly clear: HTMLButtonElement;
  private readonly deleted: { input: HTMLInputElement; node: HTMLElement };
  private readonly fold: { input: HTMLInputElement; node: HTMLElement };
  private readonly selection: HTMLElement;
  private fields: readonly Field[] = [];
  private popover: Popover | null = null;
}
