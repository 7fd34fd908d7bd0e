/** The active filters, each with a button that removes it. */
import { ApiError } from '../registry/api_error';
import type { ViewState } from '../registry/store';
import type { Component } from './component';
import type { ViewContext } from './context';
import { h, replaceIfChanged } from './dom';
import { icon } from './icons';
import { queryParts, withoutPart } from './query_parts';

interface Chip {
  text: string;
  /** The state without it. */
  without: Partial<ViewState>;
}

export class Chips implements Component {
  /** `onRemoved` is called after the last chip is removed. */
  constructor(
    private readonly context: ViewContext,
    private readonly onRemoved: () => void
  ) {
    this.node = h('ul', {
      class: 'exo-Chips',
      'aria-label': context.trans.__('Active filters')
    });
    this.disconnect = context.store.changed.connect(() => this.render());
    this.render();
  }

  readonly node: HTMLElement;

  dispose(): void {
    this.disconnect();
  }

  private render(): void {
    const chips = this.chips();
    this.node.hidden = chips.length === 0;
    replaceIfChanged(this.node, chips, () => [
      ...chips.map((chip, index) => h('li', {}, this.element(chip, index))),
      chips.length > 1 ? h('li', {}, this.clearAll()) : null
    ]);
  }

  private chips(): Chip[] {
    const { state, error } = this.context.store;
    const { query, model_name } = state;
    // The list still shows the rows of the last valid search.
    const isInvalid = error instanceof ApiError && error.reason === 'invalid_query';
    const parts = isInvalid ? [] : queryParts(query);
    const filters = parts.map(({ text }, index): Chip => {
      return { text, without: { query: withoutPart(parts, index) } };
    });
    const model = this.context.trans.__('model: %1', model_name);
    return model_name === '' ? filters : [{ text: model, without: { model_name: '' } }, ...filters];
  }

  private element({ text, without }: Chip, index: number): HTMLElement {
    const remove = this.context.trans.__('Remove the filter %1', text);
    const run = () => {
      this.context.store.update(without);
      this.moveFocus(index);
    };
    return h(
      'span',
      { class: 'exo-Chip', title: text },
      h('span', { class: 'exo-Chip-text' }, text),
      h(
        'button',
        {
          type: 'button',
          class: 'exo-Chip-remove',
          'aria-label': remove,
          title: remove,
          click: run
        },
        icon('close')
      )
    );
  }

  private clearAll(): HTMLElement {
    const clear = () => {
      this.context.store.update({ query: '', model_name: '' });
      this.onRemoved();
    };
    return h(
      'button',
      { type: 'button', class: 'exo-Link', click: clear },
      this.context.trans.__('Clear all')
    );
  }

  /** Keep the focus at the chip that follows a removed one. */
  private moveFocus(index: number): void {
    const buttons = this.node.querySelectorAll<HTMLElement>('.exo-Chip-remove');
    const next = buttons[Math.min(index, buttons.length - 1)];
    if (next === undefined) {
      this.onRemoved();
    } else {
      next.focus();
    }
  }

  private readonly disconnect: () => void;
}
