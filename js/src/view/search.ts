/** The search field: words and filters, completed, with the active filters as chips. */
import { ApiError } from '../registry/api_error';
import { Chips } from './chips';
import type { Completion } from './completion';
import { completionsAt } from './completion';
import { CompletionList } from './completion_list';
import type { Component } from './component';
import type { ViewContext } from './context';
import { h } from './dom';
import { icon } from './icons';
import { SearchNotes } from './search_notes';
import type { WidthWatch } from './width';
import { watchWidth } from './width';

const DEBOUNCE_MS = 300;
/** A narrower field has no room for an example. */
const EXAMPLE_PX = 400;

export class Search implements Component {
  constructor(private readonly context: ViewContext) {
    const { store, trans } = context;
    this.input = this.createInput();
    this.clear = h(
      'button',
      {
        type: 'button',
        class: 'exo-Search-clear',
        'aria-label': trans.__('Clear the search'),
        title: trans.__('Clear the search'),
        click: () => this.searchFor('')
      },
      icon('close')
    );
    this.completions = new CompletionList(this.input, trans.__('Completions'), completion =>
      this.complete(completion)
    );
    this.chips = new Chips(context, () => this.focus());
    this.notes = new SearchNotes(context, query => this.searchFor(query));
    this.node = h(
      'div',
      { class: 'exo-Search', role: 'search' },
      h('div', { class: 'exo-Search-field' }, icon('search'), this.input, this.clear),
      this.completions.node,
      this.chips.node,
      this.notes.node
    );
    this.width = watchWidth(this.node, EXAMPLE_PX, isWide => {
      this.input.placeholder = isWide
        ? trans.__('Search, or filter such as metrics.f1_score > 0.9')
        : trans.__('Search or filter');
    });
    this.disconnect = store.changed.connect(() => this.render());
    this.render();
  }

  readonly node: HTMLElement;

  focus(): void {
    this.input.focus();
  }

  dispose(): void {
    this.isDisposed = true;
    clearTimeout(this.timer);
    this.width.dispose();
    this.disconnect();
    this.completions.dispose();
    this.chips.dispose();
    this.notes.dispose();
  }

  private createInput(): HTMLInputElement {
    const { trans } = this.context;
    return h('input', {
      type: 'text',
      class: 'exo-Search-input',
      placeholder: trans.__('Search or filter'),
      title: trans.__(
        "Words, filters such as metrics.f1_score > 0.9 and 'reviewed' in tags, or both"
      ),
      'aria-label': trans.__('Search models and versions'),
      spellcheck: 'false',
      autocomplete: 'off',
      autocapitalize: 'off',
      input: () => this.onInput(),
      keydown: (event: KeyboardEvent) => this.onKey(event),
      blur: () => this.closeCompletions()
    });
  }

  private render(): void {
    const { error, state, registry } = this.context.store;
    const isInvalid = error instanceof ApiError && error.position !== null;
    this.input.setAttribute('aria-invalid', String(isInvalid));
    this.input.disabled = registry === null;
    if (state.query !== this.searched) {
      // The text was changed by a chip, by a suggestion or from Python.
      this.searched = state.query;
      this.input.value = state.query;
    }
    this.clear.hidden = this.input.value === '';
  }

  private onInput(): void {
    this.clear.hidden = this.input.value === '';
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.search(), DEBOUNCE_MS);
    void this.offer();
  }

  private onKey(event: KeyboardEvent): void {
    if (this.completions.handleKey(event.key)) {
      event.preventDefault();
    } else if (event.key === 'Enter') {
      this.closeCompletions();
      this.search();
    } else if (event.key === 'ArrowDown' && this.input.value !== '') {
      event.preventDefault();
      void this.offer();
    } else if (event.key === 'Escape' && this.input.value !== '') {
      this.searchFor('');
    } else if (event.key === 'Tab' || event.key === 'Escape') {
      return;
    }
    // JupyterLab's command mode has its own meaning of these keys.
    event.stopPropagation();
  }

  /** Show what completes the text at the caret. */
  private async offer(): Promise<void> {
    const before = this.input.value.slice(0, this.input.selectionStart ?? undefined);
    // Without the fields the text can still be typed.
    const offer = ++this.offers;
    const fields = await this.context.store.fields().catch(() => []);
    const isCurrent = offer === this.offers && this.hasFocus;
    if (!this.isDisposed && isCurrent) {
      this.completions.show(completionsAt(before, fields));
    }
  }

  private closeCompletions(): void {
    // Fields that arrive later must not open the list again.
    this.offers += 1;
    this.completions.close();
  }

  private get hasFocus(): boolean {
    const root = this.input.getRootNode();
    return (root as Document | ShadowRoot).activeElement === this.input;
  }

  private complete({ insert, start }: Completion): void {
    const { value, selectionStart } = this.input;
    const after = value.slice(selectionStart ?? value.length);
    const caret = start + insert.length;
    this.input.value = value.slice(0, start) + insert + after.trimStart();
    this.input.setSelectionRange(caret, caret);
    this.onInput();
  }

  private searchFor(query: string): void {
    this.input.value = query;
    this.closeCompletions();
    this.search();
    this.focus();
  }

  private search(): void {
    clearTimeout(this.timer);
    this.searched = this.input.value.trim();
    this.context.store.update({ query: this.searched });
    this.render();
  }

  private readonly input: HTMLInputElement;
  private readonly clear: HTMLButtonElement;
  private readonly completions: CompletionList;
  private readonly chips: Chips;
  private readonly notes: SearchNotes;
  private readonly width: WidthWatch;
  private readonly disconnect: () => void;
  private searched = '';
  private offers = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isDisposed = false;
}
