/** A dialog beside the button that opens it; the rest of the page stays usable. */
import { button, h } from '../dom';
import { icon } from '../icons';
import type { Trans } from '../translator';
import { float } from './floating';

export interface PopoverOptions {
  title: string;
  content: readonly HTMLElement[];
  /** The button that opens it, which gets the focus back. */
  owner: HTMLElement;
  trans: Trans;
  onClose: () => void;
}

export class Popover {
  /** Show a dialog, and move the focus to its first field. */
  constructor(private readonly options: PopoverOptions) {
    const { title, content, owner, trans } = options;
    const close = button('', () => this.close(), {
      class: 'exo-Icon',
      'aria-label': trans.__('Close'),
      title: trans.__('Close (Esc)')
    });
    close.append(icon('close'));
    this.node = h(
      'div',
      {
        class: 'exo-Popover',
        role: 'dialog',
        'aria-label': title,
        keydown: (event: KeyboardEvent) => this.onKey(event)
      },
      h('div', { class: 'exo-Popover-head' }, h('strong', {}, title), close),
      ...content
    );
    this.remove = float(this.node, owner, () => this.close());
    owner.setAttribute('aria-expanded', 'true');
    this.node.querySelector<HTMLElement>('input')?.focus();
  }

  readonly node: HTMLElement;

  close(): void {
    if (this.isClosed) {
      return;
    }
    this.isClosed = true;
    const { owner, onClose } = this.options;
    const hadFocus = this.node.contains(document.activeElement);
    this.remove();
    owner.setAttribute('aria-expanded', 'false');
    if (hadFocus) {
      owner.focus();
    }
    onClose();
  }

  private onKey(event: KeyboardEvent): void {
    // JupyterLab would take letters and Enter as its own shortcuts.
    event.stopPropagation();
    if (event.key === 'Escape') {
      event.preventDefault();
      this.close();
    } else if (event.key === 'Tab') {
      this.leaveAtEnd(event);
    }
  }

  /** Return to the button at both ends; the next stop would be the end of the page. */
  private leaveAtEnd(event: KeyboardEvent): void {
    const stops = [...this.node.querySelectorAll<HTMLElement>('button, input')].filter(
      stop => stop.tabIndex >= 0 && !stop.hasAttribute('disabled')
    );
    const end = event.shiftKey ? stops[0] : stops[stops.length - 1];
    if (document.activeElement === end) {
      event.preventDefault();
      this.close();
    }
  }

  private readonly remove: () => void;
  private isClosed = false;
}
