/** One tab stop for a group of buttons, with arrow keys between them. */

const VERTICAL = ['ArrowUp', 'ArrowDown'] as const;
const HORIZONTAL = ['ArrowLeft', 'ArrowRight'] as const;

export class Roving {
  constructor(
    node: HTMLElement,
    private readonly direction: 'vertical' | 'horizontal'
  ) {
    node.addEventListener('keydown', event => this.onKey(event));
    node.addEventListener('focusin', event => this.stopAt(event.target));
  }

  /** Make one button the tab stop, after the group was drawn. */
  set(buttons: HTMLElement[], current: number): void {
    this.buttons = buttons;
    this.mark(Math.max(0, current));
  }

  private onKey(event: KeyboardEvent): void {
    const to = this.destination(event.key);
    if (to === null || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) {
      return;
    }
    event.preventDefault();
    // In a notebook, the arrow keys would select another cell.
    event.stopPropagation();
    this.buttons[to]?.focus();
  }

  private destination(key: string): number | null {
    const [back, forward] = this.direction === 'vertical' ? VERTICAL : HORIZONTAL;
    const here = this.buttons.findIndex(one => one.tabIndex === 0);
    const last = this.buttons.length - 1;
    const places: Partial<Record<string, number>> = {
      [back]: Math.max(0, here - 1),
      [forward]: Math.min(last, here + 1),
      Home: 0,
      End: last
    };
    return places[key] ?? null;
  }

  private stopAt(target: EventTarget | null): void {
    const index = this.buttons.findIndex(one => one === target);
    if (index >= 0) {
      this.mark(index);
    }
  }

  private mark(index: number): void {
    this.buttons.forEach((one, place) => {
      one.tabIndex = place === index ? 0 : -1;
    });
  }

  private buttons: HTMLElement[] = [];
}
