/** The list and the pane: side by side in a wide view, else the pane under the list. */
import { h } from './dom';
import type { Trans } from './translator';

const STEP = 5;
const MIN = 20;
const MAX = 80;
const INITIAL = 45;

export class Layout {
  constructor(list: HTMLElement[], pane: HTMLElement, trans: Trans) {
    this.divider = h('div', {
      class: 'exo-Divider',
      role: 'separator',
      tabindex: 0,
      'aria-label': trans.__('Size of the list'),
      'aria-valuemin': MIN,
      'aria-valuemax': MAX,
      keydown: (event: KeyboardEvent) => this.onKey(event),
      focus: () => this.updateOrientation(),
      pointerdown: (event: PointerEvent) => this.divider.setPointerCapture(event.pointerId),
      pointermove: (event: PointerEvent) => this.onMove(event)
    });
    this.node = h(
      'div',
      { class: 'exo-Layout' },
      h('div', { class: 'exo-Layout-list' }, ...list),
      this.divider,
      pane
    );
    this.move(INITIAL);
    this.updateOrientation();
  }

  readonly node: HTMLElement;

  /** Whether the pane has something to show; only a wide view keeps the place of an empty one. */
  set isOpen(isOpen: boolean) {
    this.node.classList.toggle('exo-mod-open', isOpen);
  }

  /** Whether the style sheet has put both side by side. */
  private get isRow(): boolean {
    return getComputedStyle(this.node).flexDirection === 'row';
  }

  private updateOrientation(): void {
    this.divider.setAttribute('aria-orientation', this.isRow ? 'vertical' : 'horizontal');
  }

  private onKey(event: KeyboardEvent): void {
    const { isRow, share } = this;
    const targets: Record<string, number> = {
      [isRow ? 'ArrowLeft' : 'ArrowUp']: share - STEP,
      [isRow ? 'ArrowRight' : 'ArrowDown']: share + STEP,
      Home: MIN,
      End: MAX
    };
    const target = targets[event.key];
    if (target !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      this.move(target);
    }
  }

  private onMove(event: PointerEvent): void {
    if (this.divider.hasPointerCapture(event.pointerId)) {
      const { left, top, width, height } = this.node.getBoundingClientRect();
      const part = this.isRow ? (event.clientX - left) / width : (event.clientY - top) / height;
      this.move(100 * part);
    }
  }

  private move(to: number): void {
    this.share = Math.min(Math.max(to, MIN), MAX);
    this.node.style.setProperty('--exo-share', `${this.share}%`);
    this.divider.setAttribute('aria-valuenow', String(Math.round(this.share)));
  }

  private readonly divider: HTMLElement;
  private share = INITIAL;
}
