/** A dialog beside the button that opens it; the rest of the page stays usable. */
import { button, h } from '../dom';
import { icon } from '../icons';
import type { Trans } from '../translator';
import { float } from './floating';

export interface Popover {
  readonly node: HTMLElement;
  close(): void;
}

/** Show a dialog below `owner`, which gets the focus back. */
export function showPopover(
  title: string,
  content: readonly HTMLElement[],
  owner: HTMLElement,
  trans: Trans,
  onClose: () => void
): Popover {
  const closeButton = button('', close, {
    class: 'exo-Icon',
    'aria-label': trans.__('Close'),
    title: trans.__('Close (Esc)')
  });
  closeButton.append(icon('close'));
  const node = h(
    'div',
    { class: 'exo-Popover', role: 'dialog', 'aria-label': title, keydown: onKey },
    h('div', { class: 'exo-Popover-head' }, h('strong', {}, title), closeButton),
    ...content
  );
  const remove = float(node, owner, close);
  owner.setAttribute('aria-expanded', 'true');
  node.querySelector<HTMLElement>('input, select')?.focus();
  let isOpen = true;
  return { node, close };

  function close(): void {
    if (!isOpen) {
      return;
    }
    isOpen = false;
    const hadFocus = node.contains(document.activeElement);
    remove();
    owner.setAttribute('aria-expanded', 'false');
    if (hadFocus) {
      owner.focus();
    }
    onClose();
  }

  function onKey(event: KeyboardEvent): void {
    event.stopPropagation();
    if (event.key === 'Escape') {
      event.preventDefault();
      close();
    } else if (event.key === 'Tab') {
      keepInside(event);
    }
  }

  /** Leave the dialog at its ends for its button, not for the end of the page. */
  function keepInside(event: KeyboardEvent): void {
    const stops = [...node.querySelectorAll<HTMLElement>('button, input, select')].filter(
      stop => stop.tabIndex >= 0 && !stop.hidden
    );
    const end = event.shiftKey ? stops[0] : stops[stops.length - 1];
    if (document.activeElement === end) {
      event.preventDefault();
      close();
    }
  }
}
