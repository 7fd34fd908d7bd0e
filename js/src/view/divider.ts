/** The divider between the list and the details, moved by the pointer or by the arrow keys. */
import { h } from './dom';

const STEP = 5;
const MIN = 15;
const MAX = 85;

/** Create a divider that sets the CSS property `property` of `column` to the list's height. */
export function divider(column: HTMLElement, property: string): HTMLElement {
  let share = 50;
  const line = h('div', {
    class: 'exo-Divider',
    role: 'separator',
    tabindex: 0,
    'aria-orientation': 'horizontal',
    'aria-label': 'List height',
    'aria-valuemin': MIN,
    'aria-valuemax': MAX
  });
  line.addEventListener('keydown', event => {
    const step = { ArrowUp: -STEP, ArrowDown: STEP }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      move(share + step);
    }
  });
  line.addEventListener('pointerdown', event => line.setPointerCapture(event.pointerId));
  line.addEventListener('pointermove', event => {
    if (line.hasPointerCapture(event.pointerId)) {
      const box = column.getBoundingClientRect();
      move((100 * (event.clientY - box.top)) / box.height);
    }
  });
  move(share);
  return line;

  function move(to: number): void {
    share = Math.min(Math.max(to, MIN), MAX);
    column.style.setProperty(property, `${share}%`);
    line.setAttribute('aria-valuenow', String(Math.round(share)));
  }
}
