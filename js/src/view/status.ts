/** A line that reports the result of the last action, with a button to undo or retry it. */
import { errorMessage } from '../registry/api_error';
import type { Component } from './component';
import { button, h } from './dom';
import { icon } from './icons';
import type { StatusAction, StatusReporter } from './status_reporter';
import type { Trans } from './translator';

export class Status implements Component, StatusReporter {
  constructor(private readonly trans: Trans) {
    // The region is always there: a screen reader does not announce one that is added with its text.
    this.node = h('div', { class: 'exo-Status', hidden: false }, this.message, this.buttons);
    this.clear();
  }

  readonly node: HTMLElement;

  /** Report a success. */
  report(text: string, action?: StatusAction): void {
    this.display(h('span', {}, text), action);
  }

  /** Report an error. */
  reportError(error: unknown, action?: StatusAction): void {
    this.display(
      h('span', { class: 'exo-mod-error' }, icon('warning'), ` ${errorMessage(error)}`),
      action
    );
  }

  /** Remove the message. */
  clear(): void {
    this.message.replaceChildren();
    this.buttons.replaceChildren();
    this.node.classList.add('exo-mod-empty');
  }

  dispose(): void {
    this.clear();
  }

  private display(message: HTMLElement, action?: StatusAction): void {
    const run = () => {
      this.clear();
      action?.run();
    };
    const dismiss = this.trans.__('Dismiss');
    const close = () => this.clear();
    this.message.replaceChildren(message);
    this.buttons.replaceChildren(
      action ? button(action.label, run) : '',
      h(
        'button',
        { type: 'button', class: 'exo-Icon', 'aria-label': dismiss, title: dismiss, click: close },
        icon('close')
      )
    );
    this.node.classList.remove('exo-mod-empty');
  }

  private readonly message = h('span', { class: 'exo-Status-message', role: 'status' });
  private readonly buttons = h('span', { class: 'exo-Status-buttons' });
}
