/** A line between two parts of a column, moved by the pointer or by the arrow keys. */
import { h } from './dom';

const STEP = 5;
const LEAST = 15;
const MOST = 85;

/** Make the line; it says how much of the column the upper part takes. */
export function divider(column: HTMLElement, property: string): HTMLElement {
  let share = 50;
  const line = h('div', {
    class: 'exo-Divider',
    role: 'separator',
    tabindex: 0,
    'aria-orientation': 'horizontal',
    'aria-label': 'Height of the list',
    'aria-valuemin': LEAST,
    'aria-valuemax': MOST
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
    share = Math.min(Math.max(to, LEAST), MOST);
    column.style.setProperty(property, `${share}%`);
    line.setAttribute('aria-valuenow', String(Math.round(share)));
  }
}
