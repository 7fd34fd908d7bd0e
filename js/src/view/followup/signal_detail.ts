/** The details of a signal, and a field to find one by its name. */
import { errorMessage } from '../../registry/api_error';
import type { Component } from '../component';
import { button, errorText, h, replaceIfChanged, setText } from '../dom';
import { elementId } from '../element_id';
import type { Trans } from '../translator';
import type { CandidatesStore } from './candidates_store';
import type { Align, MeasuredValue, SignalDetailReply } from './types';

export class SignalDetail implements Component {
  constructor(
    private readonly store: CandidatesStore,
    private readonly trans: Trans
  ) {
    this.node = h('section', {
      class: 'exo-Signal',
      'aria-label': trans.__('Details'),
      'aria-live': 'polite'
    });
  }

  readonly node: HTMLElement;

  render(): void {
    const { detail, detailError, state } = this.store;
    const error = detailError === null ? null : errorMessage(detailError);
    replaceIfChanged(this.node, [detail, error, state.selected], () => {
      if (error !== null) {
        return [errorText(error)];
      }
      if (state.selected === '') {
        const hint = this.trans.__('Select a signal to see its details.');
        return [h('p', { class: 'exo-mod-secondary' }, hint)];
      }
      return detail ? this.parts(detail) : [h('p', {}, this.trans.__('Loading…'))];
    });
  }

  dispose(): void {
    this.node.remove();
  }

  private parts(detail: SignalDetailReply): Node[] {
    const close = button(this.trans.__('Clear'), () => this.store.update({ selected: '' }), {
      title: this.trans.__('Close the details')
    });
    return [
      h(
        'div',
        { class: 'exo-Signal-head' },
        h('h3', { class: 'exo-Signal-title' }, `${detail.name}, ${detail.state}`),
        close
      ),
      ...detail.lines.map(line => h('p', {}, line)),
      ...(detail.archive === null ? [] : [this.link(detail.archive)]),
      h('div', { class: 'exo-Candidates-scroll' }, measuredTable(detail, this.trans))
    ];
  }

  private link(href: string): HTMLElement {
    const text = this.trans.__('Star in the NASA Exoplanet Archive');
    return h('p', {}, h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, text));
  }
}

/** A field for the name of a signal that can be on another page, or not flagged. */
export class SignalSearch implements Component {
  constructor(
    private readonly store: CandidatesStore,
    trans: Trans
  ) {
    const id = elementId('signal');
    this.field = h('input', {
      id,
      type: 'search',
      class: 'jp-mod-styled',
      placeholder: trans.__('KOI name'),
      title: trans.__('KOI name of any scored candidate'),
      autocomplete: 'off'
    });
    const submit = (event: Event) => {
      event.preventDefault();
      void this.find();
    };
    this.node = h(
      'form',
      { class: 'exo-Signal-search', role: 'search', submit },
      h('label', { for: id }, trans.__('Find a signal')),
      this.field,
      h('button', { type: 'submit', class: 'exo-Button jp-mod-styled' }, trans.__('Show')),
      this.message
    );
  }

  readonly node: HTMLElement;

  dispose(): void {
    this.node.remove();
  }

  private async find(): Promise<void> {
    this.field.removeAttribute('aria-invalid');
    this.message.textContent = '';
    try {
      await this.store.find(this.field.value.trim());
    } catch (error) {
      this.field.setAttribute('aria-invalid', 'true');
      setText(this.message, errorMessage(error));
    }
  }

  private readonly field: HTMLInputElement;
  private readonly message = h('span', { role: 'status' });
}

function measuredTable({ signals, values }: SignalDetailReply, trans: Trans): HTMLElement {
  // A narrow view shows a row as a block, for which a screen reader needs the roles.
  const head = (text: string, side: Align) =>
    h('th', { scope: 'col', role: 'columnheader', class: `exo-mod-${side}` }, text);
  const row = ({ quantity, column, texts }: MeasuredValue) =>
    h(
      'tr',
      { role: 'row' },
      h(
        'th',
        { scope: 'row', role: 'rowheader' },
        quantity,
        ' ',
        h('span', { class: 'exo-mod-secondary' }, column)
      ),
      ...texts.map(text => h('td', { role: 'cell', class: 'exo-mod-right' }, text))
    );
  const heads = [
    head(trans.__('quantity'), 'left'),
    ...signals.map(signal => head(signal, 'right'))
  ];
  return h(
    'table',
    {
      role: 'table',
      class: 'exo-Candidates exo-Signal-values',
      'aria-label': trans.__('Measured values')
    },
    h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, ...heads)),
    h('tbody', { role: 'rowgroup' }, ...values.map(row))
  );
}
