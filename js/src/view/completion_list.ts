/** The list of completions under a field, as a combobox. The focus stays in the field. */
import type { Completion } from './completion';
import type { Component } from './component';
import { h } from './dom';
import { elementId } from './element_id';

export class CompletionList implements Component {
  constructor(
    private readonly input: HTMLInputElement,
    label: string,
    private readonly accept: (completion: Completion) => void
  ) {
    this.node = h('ul', {
      class: 'exo-Completions',
      id: elementId('completions'),
      role: 'listbox',
      'aria-label': label,
      hidden: true
    });
    input.setAttribute('role', 'combobox');
    input.setAttribute('aria-autocomplete', 'list');
    input.setAttribute('aria-controls', this.node.id);
    input.setAttribute('aria-expanded', 'false');
  }

  readonly node: HTMLElement;

  get isOpen(): boolean {
    return !this.node.hidden;
  }

  /** Show completions; without any, close the list. None is chosen before an arrow key. */
  show(completions: Completion[]): void {
    this.completions = completions;
    this.node.replaceChildren(...completions.map(one => this.option(one)));
    this.node.hidden = completions.length === 0;
    this.input.setAttribute('aria-expanded', String(this.isOpen));
    this.choose(-1);
  }

  close(): void {
    this.show([]);
  }

  /** Handle a key of the field; return whether it was one of the list. */
  handleKey(key: string): boolean {
    if (!this.isOpen) {
      return false;
    }
    const size = this.completions.length;
    const chosen = this.completions[this.index];
    if (key === 'ArrowDown') {
      this.choose(this.index + 1 < size ? this.index + 1 : 0);
    } else if (key === 'ArrowUp') {
      this.choose(this.index > 0 ? this.index - 1 : size - 1);
    } else if (key === 'Escape') {
      this.close();
    } else if ((key === 'Enter' || key === 'Tab') && chosen !== undefined) {
      this.close();
      this.accept(chosen);
    } else {
      return false;
    }
    return true;
  }

  dispose(): void {
    this.close();
  }

  private option(completion: Completion): HTMLElement {
    const run = () => {
      this.close();
      this.accept(completion);
    };
    return h(
      'li',
      {
        id: elementId('completion'),
        role: 'option',
        'aria-selected': 'false',
        class: 'exo-Completion',
        // A click must not take the focus from the field.
        mousedown: (event: MouseEvent) => event.preventDefault(),
        click: run
      },
      h('span', { class: 'exo-Completion-label' }, completion.label),
      h('span', { class: 'exo-Completion-group' }, completion.group)
    );
  }

  private choose(index: number): void {
    this.index = index;
    this.input.removeAttribute('aria-activedescendant');
    [...this.node.children].forEach((option, position) => {
      option.setAttribute('aria-selected', String(position === index));
      if (position === index) {
        this.input.setAttribute('aria-activedescendant', option.id);
        option.scrollIntoView({ block: 'nearest' });
      }
    });
  }

  private completions: Completion[] = [];
  private index = -1;
}
