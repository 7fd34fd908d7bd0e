/** The heads of the columns: buttons that sort, which the arrow keys move between. */
import { h } from '../dom';
import { icon } from '../icons';
import type { Trans } from '../translator';
import { cellClass } from './cells';
import type { ShownColumn } from './shown_columns';

const NAME: ShownColumn = {
  name: 'name',
  title: '',
  kind: 'text',
  align: 'left',
  higher_is_better: null,
  sorted: null,
  rank: 0,
  sortable: true
};

export class HeadRow {
  constructor(
    private readonly trans: Trans,
    private readonly sort: (column: ShownColumn) => void,
    private readonly leave: () => void
  ) {
    this.node.addEventListener('keydown', event => this.onKey(event));
  }

  readonly node = h('tr', { role: 'row', class: 'exo-Heads' });

  /** Show the heads of columns; the name is always the first, and may be the sorted one. */
  show(columns: readonly ShownColumn[], nameSorted: ShownColumn['sorted']): void {
    const text = JSON.stringify([columns, nameSorted]);
    if (text === this.text) {
      return;
    }
    const focused = this.buttons.indexOf(document.activeElement as HTMLButtonElement);
    const name = this.buttons[focused]?.dataset.column;
    this.text = text;
    const first = { ...NAME, title: this.trans.__('name'), sorted: nameSorted };
    this.node.replaceChildren(
      this.head(first, 'exo-Row-head'),
      ...columns.map(column => this.head(column, cellClass(column))),
      h('th', { role: 'columnheader', class: 'exo-Row-actions' }, unseen(this.trans.__('Actions')))
    );
    this.buttons = [...this.node.querySelectorAll('button')];
    const kept = this.buttons.findIndex(({ dataset }) => dataset.column === name);
    this.moveTo(Math.max(0, kept));
    if (focused >= 0) {
      this.buttons[this.position]?.focus();
    }
  }

  /** Move the focus to the current head. */
  focus(): void {
    this.buttons[this.position]?.focus();
  }

  private head(column: ShownColumn, className: string): HTMLElement {
    const { name, title, sorted } = column;
    const content = column.sortable
      ? h(
          'button',
          {
            type: 'button',
            class: 'exo-Heads-button',
            tabindex: -1,
            title: `${title}\n${this.hint(column)}`,
            'data-column': name,
            click: () => this.sort(column)
          },
          h('span', { class: 'exo-Heads-title' }, title),
          sorted === null ? null : icon(sorted === 'ascending' ? 'caretUp' : 'caretDown')
        )
      : h('span', { class: 'exo-Heads-title', title }, title);
    return h(
      'th',
      {
        role: 'columnheader',
        scope: 'col',
        class: className,
        'data-column': name,
        'data-rank': column.rank,
        'aria-sort': sorted
      },
      content
    );
  }

  private hint({ sorted, higher_is_better: higher }: ShownColumn): string {
    const better =
      higher === null
        ? ''
        : higher
          ? ` ${this.trans.__('Higher is better.')}`
          : ` ${this.trans.__('Lower is better.')}`;
    return (
      (sorted === null
        ? this.trans.__('Sort by this column.')
        : this.trans.__('Reverse the order.')) + better
    );
  }

  private onKey(event: KeyboardEvent): void {
    const moves: Partial<Record<string, () => void>> = {
      ArrowRight: () => this.focusOn(this.position + 1),
      ArrowLeft: () => this.focusOn(this.position - 1),
      Home: () => this.focusOn(0),
      End: () => this.focusOn(this.buttons.length - 1, -1),
      ArrowDown: () => this.leave(),
      // The browser presses the button; JupyterLab must not see the key.
      Enter: () => undefined,
      ' ': () => undefined
    };
    const move = moves[event.key];
    if (move && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.stopPropagation();
      if (event.key.length > 1 && event.key !== 'Enter') {
        event.preventDefault();
      }
      move();
    }
  }

  /** Move the focus to a head, or to the next one in the direction `step` that is not hidden. */
  private focusOn(index: number, step = index < this.position ? -1 : 1): void {
    const visible = (at: number) => this.buttons[at]?.closest('th')?.hidden === false;
    let to = index;
    while (to > 0 && to < this.buttons.length && !visible(to)) {
      to += step;
    }
    if (visible(to)) {
      this.moveTo(to);
      this.focus();
    }
  }

  private moveTo(index: number): void {
    this.position = index;
    this.buttons.forEach((button, at) => (button.tabIndex = at === index ? 0 : -1));
  }

  private text = '';
  private buttons: HTMLButtonElement[] = [];
  private position = 0;
}

function unseen(text: string): HTMLElement {
  return h('span', { class: 'exo-mod-unseen' }, text);
}
