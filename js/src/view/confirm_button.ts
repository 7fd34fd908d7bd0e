/** A button that asks for confirmation in its own place. */
import { button, h } from './dom';

/** Create a button that acts after confirmation; Cancel and Escape return to the button. */
export function confirmButton(label: string, question: string, act: () => void): HTMLElement {
  const container = h('span', { class: 'exo-Confirm' });
  const first = button(label, ask);
  container.append(first);
  return container;

  function ask(): void {
    const confirm = button(label, confirmed, { class: 'exo-Button jp-mod-styled jp-mod-warn' });
    const cancel = button('Cancel', leave);
    container.replaceChildren(
      h(
        'span',
        { role: 'group', 'aria-label': question, keydown: onKey },
        ...[question, ' ', confirm, cancel]
      )
    );
    confirm.focus();
  }

  function leave(): void {
    container.replaceChildren(first);
    first.focus();
  }

  function confirmed(): void {
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
