/** Shows that a list is being read: a thin line, the rows to come, and how far the index is. */
import type { Component } from '../component';
import { h } from '../dom';
import type { Trans } from '../translator';

const SKELETONS = 6;

/** State of a list that is being read. */
export interface Waiting {
  loading: boolean;
  /** Whether there are no rows of an earlier reply. */
  empty: boolean;
  indexing: { read: number; total: number } | null;
}

export class Progress implements Component {
  constructor(private readonly trans: Trans) {
    this.node = h(
      'div',
      { class: 'exo-Progress' },
      this.line,
      this.text,
      h(
        'div',
        { class: 'exo-Progress-rows', 'aria-hidden': 'true' },
        ...Array.from({ length: SKELETONS }, () => h('div', { class: 'exo-Progress-row' }))
      )
    );
    this.show({ loading: false, empty: false, indexing: null });
  }

  readonly node: HTMLElement;

  /** Show the state. */
  show({ loading, empty, indexing }: Waiting): void {
    this.node.classList.toggle('exo-mod-loading', loading);
    this.node.classList.toggle('exo-mod-empty', loading && empty);
    const text = loading && indexing ? this.describe(indexing) : '';
    this.text.hidden = text === '';
    if (this.text.textContent !== text) {
      this.text.textContent = text;
    }
    const share = indexing && indexing.total > 0 ? indexing.read / indexing.total : null;
    this.line.classList.toggle('exo-mod-share', share !== null);
    this.line.style.setProperty('--exo-share', String(share ?? 0));
  }

  dispose(): void {
    this.node.remove();
  }

  private describe({ read, total }: { read: number; total: number }): string {
    return this.trans.__(
      'Reading %1 of %2 versions',
      read.toLocaleString('en'),
      total.toLocaleString('en')
    );
  }

  private readonly line = h('div', { class: 'exo-Progress-line', 'aria-hidden': 'true' });
  private readonly text = h('p', { class: 'exo-Progress-text', role: 'status', hidden: true });
}
