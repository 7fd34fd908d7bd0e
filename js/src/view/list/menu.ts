/** A menu of commands in plain DOM, with the keys of the WAI-ARIA menu pattern. */
import { h } from '../dom';
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

export interface Menu {
  readonly node: HTMLElement;
  /** Update why a command cannot be run. */
  disable(label: string, why: string | null): void;
  close(): void;
}

/** Show a menu; afterwards the focus returns to `owner`. */
export function showMenu(
  items: readonly MenuItem[],
  label: string,
  at: HTMLElement | Point,
  owner: HTMLElement | null
): Menu {
  const nodes = items.map(item => menuItem(item, () => run(item)));
  const node = h(
    'div',
    { class: 'exo-Menu', role: 'menu', 'aria-label': label, keydown: onKey },
    ...nodes.flatMap((child, index) =>
      items[index]?.starts && index > 0
        ? [h('div', { class: 'exo-Menu-line', role: 'separator' }), child]
        : [child]
    )
  );
  const remove = float(node, at, close);
  nodes[0]?.focus();
  const why = new Map(items.map(item => [item.label, item.why]));
  return { node, disable, close };

  function run(item: MenuItem): void {
    if (why.get(item.label) === null) {
      owner?.focus();
      close();
      item.run();
    }
  }

  function close(): void {
    const hadFocus = node.contains(document.activeElement);
    remove();
    if (hadFocus) {
      owner?.focus();
    }
  }

  function disable(name: string, reason: string | null): void {
    const index = items.findIndex(item => item.label === name);
    const child = nodes[index];
    if (child) {
      why.set(name, reason);
      showReason(child, reason);
    }
  }

  function onKey(event: KeyboardEvent): void {
    // JupyterLab would take the arrows, Enter and letters as its own shortcuts.
    event.stopPropagation();
    const position = nodes.indexOf(document.activeElement as HTMLElement);
    const moves: Partial<Record<string, () => void>> = {
      ArrowDown: () => focusOn(position + 1),
      ArrowUp: () => focusOn(position - 1),
      Home: () => focusOn(0),
      End: () => focusOn(-1),
      Escape: close,
      Tab: close,
      Enter: () => nodes[position]?.click(),
      ' ': () => nodes[position]?.click()
    };
    const move = moves[event.key];
    if (move) {
      event.preventDefault();
      move();
    } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      focusOnLetter(event.key.toLowerCase(), position);
    }
  }

  function focusOn(index: number): void {
    nodes[(index + nodes.length) % nodes.length]?.focus();
  }

  function focusOnLetter(letter: string, position: number): void {
    const following = [...nodes.slice(position + 1), ...nodes.slice(0, position + 1)];
    following.find(({ textContent }) => textContent.toLowerCase().startsWith(letter))?.focus();
  }
}

function menuItem(item: MenuItem, run: () => void): HTMLElement {
  const node = h(
    'div',
    { class: 'exo-Menu-item', role: 'menuitem', tabindex: -1, click: run },
    item.label
  );
  showReason(node, item.why);
  return node;
}

/** Mark a command that cannot be run. It keeps the focus, so that its reason can be read. */
function showReason(node: HTMLElement, why: string | null): void {
  node.title = why ?? '';
  if (why === null) {
    node.removeAttribute('aria-disabled');
    node.removeAttribute('aria-description');
  } else {
    node.setAttribute('aria-disabled', 'true');
    node.setAttribute('aria-description', why);
  }
}
