/** A form that exports the flagged candidates as CSV, and asks before it replaces a file. */
import { errorMessage } from '../../registry/api_error';
import type { Component } from '../component';
import { button, errorText, h } from '../dom';
import { elementId } from '../element_id';
import type { Trans } from '../translator';
import type { CandidatesStore } from './candidates_store';
import type { ExportReply } from './types';

export class ExportForm implements Component {
  constructor(
    private readonly store: CandidatesStore,
    private readonly trans: Trans
  ) {
    const id = elementId('export');
    this.field = h('input', {
      id,
      type: 'text',
      class: 'jp-mod-styled',
      value: 'followup.csv',
      input: () => this.clear()
    });
    const submit = (event: Event) => {
      event.preventDefault();
      void this.send(false);
    };
    this.node = h(
      'form',
      { class: 'exo-Export', submit },
      h('label', { for: id }, trans.__('CSV file')),
      this.field,
      h(
        'button',
        {
          type: 'submit',
          class: 'exo-Button jp-mod-styled',
          title: trans.__('Export the flagged candidates to this file')
        },
        trans.__('Export CSV')
      ),
      this.message
    );
  }

  readonly node: HTMLElement;

  /** Remove the result and the confirmation of another list. */
  render(): void {
    const { threshold } = this.store.state;
    if (threshold !== this.threshold) {
      this.threshold = threshold;
      this.clear();
    }
  }

  dispose(): void {
    this.node.remove();
  }

  private async send(replace: boolean): Promise<void> {
    const { threshold } = this.store.state;
    try {
      const reply = await this.store.exportTo(this.field.value, replace);
      if (threshold === this.threshold) {
        this.show(reply);
      }
    } catch (error) {
      this.message.replaceChildren(errorText(errorMessage(error)));
    }
  }

  private show({ written, message, code }: ExportReply): void {
    this.message.replaceChildren(h('p', {}, message));
    if (code !== null) {
      this.message.append(
        h('p', {}, this.trans.__('The same in code:')),
        h('pre', { tabindex: 0, 'aria-label': this.trans.__('Code') }, h('code', {}, code))
      );
    }
    if (!written) {
      const replace = button(this.trans.__('Replace'), () => void this.send(true));
      const cancel = button(this.trans.__('Cancel'), () => {
        this.clear();
        this.field.focus();
      });
      this.message.append(h('div', { class: 'exo-Buttons' }, replace, cancel));
      replace.focus();
    }
  }

  private clear(): void {
    this.message.replaceChildren();
  }

  private readonly field: HTMLInputElement;
  private readonly message = h('div', { class: 'exo-Export-message', role: 'status' });
  private threshold: number | null = null;
}
