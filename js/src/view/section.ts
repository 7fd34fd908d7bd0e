/** Parts of the detail view. */
import { h } from './dom';

/** A part that can be folded. */
export function section(title: string, open: boolean, ...content: Node[]): HTMLDetailsElement {
  return h('details', { class: 'exo-Section', open }, h('summary', {}, title), ...content);
}

/** Names and their values, or a sentence where there are none. */
export function facts(rows: [string, string | Node][], none: string): HTMLElement {
  if (rows.length === 0) {
    return h('p', { class: 'exo-mod-quiet' }, none);
  }
  return h(
    'table',
    { class: 'exo-Facts' },
    h(
      'tbody',
      {},
      ...rows.map(([name, value]) =>
        h('tr', {}, h('th', { scope: 'row' }, name), h('td', {}, value))
      )
    )
  );
}

/** A form of one line; what is typed stays until it was taken. */
export function lineForm(
  label: string,
  action: string,
  take: (text: string) => Promise<void>
): HTMLFormElement {
  const input = h('input', {
    type: 'text',
    class: 'jp-mod-styled',
    placeholder: label,
    'aria-label': label
  });
  const form = h(
    'form',
    { class: 'exo-Form' },
    input,
    h('button', { type: 'submit', class: 'exo-Button jp-mod-styled' }, action)
  );
  form.addEventListener('submit', event => {
    event.preventDefault();
    const text = input.value.trim();
    if (text !== '') {
      void take(text).then(() => {
        input.value = '';
      });
    }
  });
  return form;
}
