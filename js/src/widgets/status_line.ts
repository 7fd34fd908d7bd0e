/** One line that says what happened, with a way back where there is one. */
import { Widget } from '@lumino/widgets';

import { sentence } from '../registry/api';
import { button, h } from '../view/dom';

export interface Way {
  label: string;
  go: () => void;
}

export class Status extends Widget {
  constructor() {
    super({ node: h('div', { class: 'exo-Status', role: 'status' }) });
  }

  /** Say what was done. */
  say(text: string, way?: Way): void {
    this.show_(text, false, way);
  }

  /** Say what went wrong. */
  complain(error: unknown, way?: Way): void {
    this.show_(sentence(error), true, way);
  }

  /** Say nothing. */
  clear(): void {
    this.node.replaceChildren();
  }

  private show_(text: string, wrong: boolean, way?: Way): void {
    const go = () => {
      this.clear();
      way?.go();
    };
    this.node.replaceChildren(
      h('span', { class: wrong ? 'exo-mod-error' : '' }, wrong ? `⚠ ${text}` : text),
      way ? button(way.label, go) : '',
      button('×', () => this.clear(), { 'aria-label': 'Dismiss the message', class: 'exo-Icon' })
    );
  }
}
