/** A line that reports the result of the last action, with a button to undo or retry it. */
import { Widget } from '@lumino/widgets';

import type { StatusAction, StatusReporter } from '../registry/actions';
import { errorMessage } from '../registry/api_error';
import { button, h, iconButton } from '../view/dom';

export class StatusLine extends Widget implements StatusReporter {
  constructor() {
    super({ node: h('div', { class: 'exo-Status', role: 'status' }) });
  }

  /** Report a success. */
  report(text: string, action?: StatusAction): void {
    this.display(h('span', {}, text), action);
  }

  /** Report an error. */
  reportError(error: unknown, action?: StatusAction): void {
    this.display(h('span', { class: 'exo-mod-error' }, `⚠ ${errorMessage(error)}`), action);
  }

  /** Remove the message. */
  clear(): void {
    this.node.replaceChildren();
  }

  private display(message: HTMLElement, action?: StatusAction): void {
    const run = () => {
      this.clear();
      action?.run();
    };
    this.node.replaceChildren(
      message,
      action ? button(action.label, run) : '',
      iconButton('×', 'Dismiss', () => this.clear())
    );
  }
}
