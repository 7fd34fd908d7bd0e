/** The pages of a list: which rows are shown, and buttons for the others. */
import type { Component } from '../component';
import { button, h } from '../dom';
import { icon } from '../icons';
import type { Trans } from '../translator';

/** The pages of a list. */
export interface Pages {
  page: number;
  pageSize: number;
  total: number;
}

export class Pager implements Component {
  constructor(
    private readonly trans: Trans,
    private readonly turn: (page: number) => void
  ) {
    this.first = this.button('caretLeft', trans.__('First page'), () => 1, true);
    this.previous = this.button('caretLeft', trans.__('Previous page'), page => page - 1);
    this.next = this.button('caretRight', trans.__('Next page'), page => page + 1);
    this.last = this.button('caretRight', trans.__('Last page'), () => this.pages, true);
    this.node.append(this.first, this.previous, this.text, this.next, this.last);
  }

  readonly node = h('div', { class: 'exo-Pager', role: 'group' });

  /** Show the page; a list of one page has no buttons. */
  show({ page, pageSize, total }: Pages): void {
    this.pages = Math.max(1, Math.ceil(total / pageSize));
    this.page = Math.min(Math.max(page, 1), this.pages);
    const first = pageSize * (this.page - 1) + 1;
    const last = Math.min(total, first + pageSize - 1);
    const range = first === last ? count(first) : `${count(first)}–${count(last)}`;
    this.node.hidden = this.pages === 1;
    this.node.setAttribute('aria-label', this.trans.__('Pages'));
    const text = this.trans.__('%1 of %2', range, count(total));
    if (this.text.textContent !== text) {
      this.text.textContent = text;
    }
    setEnabled([this.first, this.previous], this.page > 1);
    setEnabled([this.next, this.last], this.page < this.pages);
  }

  dispose(): void {
    this.node.remove();
  }

  private button(
    symbol: 'caretLeft' | 'caretRight',
    label: string,
    to: (page: number) => number,
    isEnd = false
  ): HTMLButtonElement {
    const node = button(
      '',
      () => {
        // A button at an end keeps the focus, and does nothing.
        if (node.getAttribute('aria-disabled') === null) {
          this.turn(to(this.page));
        }
      },
      { class: 'exo-Icon', 'aria-label': label, title: label }
    );
    node.append(icon(symbol));
    if (isEnd) {
      node.classList.add('exo-Pager-end');
      node.append(icon(symbol));
    }
    return node;
  }

  private readonly text = h('span', { class: 'exo-Pager-text' });
  private readonly first: HTMLButtonElement;
  private readonly previous: HTMLButtonElement;
  private readonly next: HTMLButtonElement;
  private readonly last: HTMLButtonElement;
  private page = 1;
  private pages = 1;
}

function setEnabled(buttons: readonly HTMLButtonElement[], enabled: boolean): void {
  for (const node of buttons) {
    if (enabled) {
      node.removeAttribute('aria-disabled');
    } else {
      node.setAttribute('aria-disabled', 'true');
    }
  }
}

function count(number: number): string {
  return number.toLocaleString('en');
}
