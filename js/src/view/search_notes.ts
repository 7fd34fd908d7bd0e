/** Below the search field: what is wrong with the text, and what was probably meant. */
import { ApiError, errorMessage } from '../registry/api_error';
import type { Hint } from '../registry/types';
import type { Component } from './component';
import type { ViewContext } from './context';
import { button, h, replaceIfChanged } from './dom';
import { markPosition } from './filter_error';
import { icon } from './icons';
import type { Suggestion } from './suggestions';
import { suggestionsOfError, suggestionsOfHint } from './suggestions';

export class SearchNotes implements Component {
  /** `correct` searches for another text. */
  constructor(
    private readonly context: ViewContext,
    private readonly correct: (query: string) => void
  ) {
    this.disconnect = context.store.changed.connect(() => this.render());
    this.render();
  }

  readonly node = h('div', { class: 'exo-SearchNotes', role: 'status' });

  dispose(): void {
    this.disconnect();
  }

  private render(): void {
    const { error, rows, state } = this.context.store;
    const hints = error === null ? (rows?.hints ?? []) : [];
    const message = error === null ? '' : errorMessage(error);
    replaceIfChanged(this.node, [message, hints, state.query], () =>
      error === null ? hints.map(hint => this.hint(hint)) : [this.problem(error)]
    );
  }

  private hint(hint: Hint): HTMLElement {
    const suggestions = suggestionsOfHint(hint, this.context.store.state.query);
    return h('div', { class: 'exo-SearchNotes-hint' }, hint.text, ...this.buttons(suggestions));
  }

  private problem(error: unknown): HTMLElement {
    const { store, trans } = this.context;
    const { query } = store.state;
    const position = error instanceof ApiError ? error.position : null;
    const text = h('span', {}, errorMessage(error));
    if (position !== null) {
      // The text of the error is the one that was sent; the field may have another one by now.
      const sent = error instanceof ApiError ? error.fields.text : null;
      text.append(...markPosition(trans, typeof sent === 'string' ? sent : query, position));
    }
    const retry = () => {
      store.refresh().catch(() => undefined);
    };
    return h(
      'div',
      { class: 'exo-SearchNotes-error' },
      icon('warning'),
      text,
      ...this.buttons(suggestionsOfError(error, query)),
      position === null ? button(trans.__('Try again'), retry) : null
    );
  }

  private buttons(suggestions: Suggestion[]): HTMLElement[] {
    const { trans } = this.context;
    return suggestions.map(({ label, query }) =>
      button(label, () => this.correct(query), {
        class: 'exo-Button exo-SearchNotes-fix jp-mod-styled',
        title: trans.__('Search for %1', query)
      })
    );
  }

  private readonly disconnect: () => void;
}
