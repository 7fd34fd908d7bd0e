/** A button that asks back in its own place. */
import { button, h } from './dom';

/** Make a button that acts once it was confirmed; Escape and another click take it back. */
export function confirming(label: string, question: string, act: () => void): HTMLElement {
  const place = h('span', { class: 'exo-Confirm' });
  const first = button(label, ask);
  place.append(first);
  return place;

  function ask(): void {
    const yes = button(label, confirm, { class: 'exo-Button jp-mod-styled jp-mod-warn' });
    place.replaceChildren(
      h('span', { role: 'group', 'aria-label': question, keydown: onKey }, question, ' ', yes, back())
    );
    yes.focus();
  }

  function back(): HTMLButtonElement {
    return button('Cancel', leave);
  }

  function leave(): void {
    place.replaceChildren(first);
    first.focus();
  }

  function confirm(): void {
    leave();
    act();
  }

  function onKey(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      event.stopPropagation();
      leave();
    }
  }
}
