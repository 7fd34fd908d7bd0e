/** The flagged candidates of one page. A head sorts, and a name shows the details. */
import type { Component } from '../component';
import { h, replaceIfChanged } from '../dom';
import { icon } from '../icons';
import type { Fit } from '../list/fit';
import { fitColumns } from '../list/fit';
import type { Trans } from '../translator';
import type { CandidatesStore } from './candidates_store';
import { Roving } from './roving';
import type { CandidateColumn, CandidateRow } from './types';

/** The name and the probability have room in each view. */
const N_KEPT = 2;

export class CandidatesTable implements Component {
  constructor(
    private readonly store: CandidatesStore,
    private readonly trans: Trans
  ) {
    this.headKeys = new Roving(this.head, 'horizontal');
    this.rowKeys = new Roving(this.body, 'vertical');
    this.table = h(
      'table',
      { class: 'exo-Candidates', 'aria-label': trans.__('Flagged candidates') },
      this.head,
      this.body
    );
    this.node = h('div', { class: 'exo-Candidates-scroll' }, this.table, this.empty);
    this.fit = fitColumns(this.node, this.table, () => this.setHeadKeys());
  }

  readonly node: HTMLElement;

  render(): void {
    const { list, isLoading, state } = this.store;
    this.node.setAttribute('aria-busy', String(isLoading));
    if (!list) {
      return;
    }
    this.empty.hidden = list.rows.length > 0;
    this.table.hidden = list.rows.length === 0;
    const focused = this.focusedName();
    replaceIfChanged(this.head, list.columns, () => [this.headRow(list.columns)]);
    replaceIfChanged(this.body, [list.columns, list.rows], () =>
      list.rows.map(row => this.row(row, list.columns))
    );
    this.fit.keep();
    this.setHeadKeys();
    const place = list.rows.findIndex(({ name }) => name === state.selected);
    const buttons = buttonsIn(this.body);
    this.rowKeys.set(buttons, place);
    buttons.forEach((one, index) => {
      one.setAttribute('aria-pressed', String(index === place));
      one.closest('tr')?.classList.toggle('exo-mod-selected', index === place);
    });
    this.restoreFocus(focused);
  }

  dispose(): void {
    this.fit.dispose();
    this.node.remove();
  }

  private headRow(columns: readonly CandidateColumn[]): HTMLElement {
    return h('tr', {}, ...columns.map((column, index) => this.headCell(column, index)));
  }

  /** Move the focus between the heads that are shown. */
  private setHeadKeys(): void {
    const shown = buttonsIn(this.head).filter(one => one.closest('[hidden]') === null);
    const sorted = shown.findIndex(one => one.closest('[aria-sort]') !== null);
    this.headKeys.set(shown, sorted);
  }

  private headCell({ name, title, align, sorted }: CandidateColumn, index: number): HTMLElement {
    const sort = () => {
      const { sort_by, descending } = this.store.state;
      // Names start with the first of the alphabet, and numbers with the largest one.
      this.store.update({
        sort_by: name,
        descending: name === sort_by ? !descending : align === 'right'
      });
    };
    return h(
      'th',
      {
        scope: 'col',
        class: `exo-mod-${align}`,
        'aria-sort': sorted,
        'data-column': name,
        // Where there is little room, the last columns are hidden, and the details have them.
        'data-rank': sorted || index < N_KEPT ? 0 : index
      },
      h(
        'button',
        {
          type: 'button',
          class: 'exo-Candidates-sort',
          'data-name': name,
          title: this.trans.__('Sort by %1', title),
          click: sort
        },
        title,
        sorted && icon(sorted === 'descending' ? 'caretDown' : 'caretUp')
      )
    );
  }

  private row({ name, cells }: CandidateRow, columns: readonly CandidateColumn[]): HTMLElement {
    // A second click closes the details.
    const select = () =>
      this.store.update({ selected: this.store.state.selected === name ? '' : name });
    return h(
      'tr',
      { click: select },
      h(
        'th',
        { scope: 'row' },
        h(
          'button',
          {
            type: 'button',
            class: 'exo-Candidates-name',
            'data-name': name,
            title: this.trans.__('Show details')
          },
          name
        )
      ),
      ...cells.map((text, index) =>
        h(
          'td',
          {
            class: `exo-mod-${columns[index + 1]?.align ?? 'left'}`,
            'data-column': columns[index + 1]?.name
          },
          text
        )
      )
    );
  }

  /** Return the group and the name of the button that has the focus. */
  private focusedName(): [HTMLElement, string] | null {
    const { activeElement } = document;
    const name = activeElement instanceof HTMLElement ? activeElement.dataset.name : undefined;
    const group = [this.head, this.body].find(one => one.contains(activeElement));
    return group && name !== undefined ? [group, name] : null;
  }

  private restoreFocus(focused: [HTMLElement, string] | null): void {
    if (focused && !this.node.contains(document.activeElement)) {
      const buttons = buttonsIn(focused[0]);
      (buttons.find(one => one.dataset.name === focused[1]) ?? buttons[0])?.focus();
    }
  }

  private readonly head = h('thead', { class: 'exo-Candidates-head' });
  private readonly body = h('tbody');
  private readonly table: HTMLElement;
  private readonly empty = h(
    'p',
    { class: 'exo-Followup-text', hidden: true },
    this.trans.__('No candidates flagged. Lower the threshold to flag more.')
  );
  private readonly fit: Fit;
  private readonly headKeys: Roving;
  private readonly rowKeys: Roving;
}

function buttonsIn(node: HTMLElement): HTMLElement[] {
  return [...node.querySelectorAll<HTMLElement>('button')];
}
