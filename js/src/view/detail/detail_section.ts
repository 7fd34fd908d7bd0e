/** A section of the detail. Whether it is open is kept for the next version. */
import type { ViewContext } from '../context';
import { h, replaceIfChanged } from '../dom';

export interface SectionOptions {
  /** Name under which the view remembers whether the section is open. */
  key: string;
  title: string;
  isOpen?: boolean;
  /** Called when the section opens, also with the section. */
  onOpen?: () => void;
}

export class DetailSection {
  constructor(context: ViewContext, options: SectionOptions) {
    const { key, title, isOpen = false, onOpen } = options;
    const states = openStates(context);
    this.node = h(
      'details',
      { class: 'exo-Section', open: states.get(key) ?? isOpen },
      h('summary', {}, h('span', { class: 'exo-Section-title' }, title), this.count),
      this.content
    );
    this.node.addEventListener('toggle', () => {
      states.set(key, this.node.open);
      if (this.node.open) {
        onOpen?.();
      }
    });
  }

  readonly node: HTMLDetailsElement;
  readonly content = h('div', { class: 'exo-Section-content' });

  /** Show a number beside the title; an empty text shows none. */
  showCount(text: string): void {
    this.count.textContent = text;
  }

  /** Replace the content if `state` changed. */
  update(state: unknown, build: () => (Node | string)[]): void {
    replaceIfChanged(this.content, state, build);
  }

  private readonly count = h('span', { class: 'exo-Section-count' });
}

function openStates({ memory }: ViewContext): Map<string, boolean> {
  const known = memory.get('open-sections') as Map<string, boolean> | undefined;
  const states = known ?? new Map<string, boolean>();
  memory.set('open-sections', states);
  return states;
}
