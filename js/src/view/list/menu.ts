/** A menu of commands in plain DOM, with the keys of the WAI-ARIA menu pattern. */
import { h, setLabel } from '../dom';
import type { Point } from './floating';
import { float } from './floating';

export interface MenuItem {
  label: string;
  run: () => void;
  /** Why the command cannot be run now, or null. */
  why: string | null;
  /** Whether a line separates the command from the one before. */
  starts?: boolean;
}

export class Menu {
  /** Show a menu; afterwards the focus returns to `owner`. */
  constructor(
    private readonly items: readonly MenuItem[],
    label: string,
    at: HTMLElement | Point,
    private readonly owner: HTMLElement | null
  ) {
    this.nodes = items.map(item => this.createItem(item));
    this.node = h(
      'div',
      {
        class: 'exo-Menu',
        role: 'menu',
        'aria-label': label,
        keydown: (event: KeyboardEvent) => this.onKey(event),
        contextmenu: (event: Event) => event.preventDefault()
      },
      ...this.nodes.flatMap((node, index) =>
        items[index]?.starts && index > 0
          ? [h('div', { class: 'exo-Menu-line', role: 'separator' }), node]
          : [node]
      )
    );
    this.remove = float(this.node, at, () => this.close());
    this.nodes[0]?.focus();
  }

  readonly node: HTMLElement;

  /** Update why a command cannot be run. */
  disable(label: string, why: string | null): void {
    const index = this.items.findIndex(item => item.label === label);
    const node = this.nodes[index];
    if (node) {
      showReason(node, why);
    }
  }

  close(): void {
    const hadFocus = this.node.contains(document.activeElement);
    this.remove();
    if (hadFocus) {
      this.owner?.focus();
    }
  }

  private createItem(item: MenuItem): HTMLElement {
    const node = h(
      'div',
      {
        class: 'exo-Menu-item',
        role: 'menuitem',
        tabindex: -1,
        click: () => {
          if (!node.hasAttribute('aria-disabled')) {
            this.close();
            item.run();
          }
        }
      },
      item.label
    );
    showReason(node, item.why);
    return node;
  }

  private onKey(event: KeyboardEvent): void {
    // JupyterLab would take the arrows, Enter and letters as its own shortcuts.
    event.stopPropagation();
    const position = this.nodes.indexOf(document.activeElement as HTMLElement);
    const moves: Partial<Record<string, () => void>> = {
      ArrowDown: () => this.focusOn(position + 1),
      ArrowUp: () => this.focusOn(Math.max(position, 0) - 1),
      Home: () => this.focusOn(0),
      End: () => this.focusOn(-1),
      Escape: () => this.close(),
      Tab: () => this.close(),
      Enter: () => this.nodes[position]?.click(),
      ' ': () => this.nodes[position]?.click()
    };
    const move = moves[event.key];
    if (move) {
      event.preventDefault();
      move();
    } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      this.focusOnLetter(event.key.toLowerCase(), position);
    }
  }

  private focusOn(index: number): void {
    const { length } = this.nodes;
    this.nodes[(index + length) % length]?.focus();
  }

  private focusOnLetter(letter: string, position: number): void {
    const { nodes } = this;
    const following = [...nodes.slice(position + 1), ...nodes.slice(0, position + 1)];
    following.find(node => node.textContent.toLowerCase().startsWith(letter))?.focus();
  }

  private readonly nodes: readonly HTMLElement[];
  private readonly remove: () => void;
}

/** Mark a command that cannot be run. It can have the focus, so that its reason can be read. */
function showReason(node: HTMLElement, why: string | null): void {
  setLabel(node, 'title', why ?? '');
  if (why === null) {
    node.removeAttribute('aria-disabled');
    node.removeAttribute('aria-description');
  } else {
    node.setAttribute('aria-disabled', 'true');
    setLabel(node, 'aria-description', why);
  }
}
