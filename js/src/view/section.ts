/** The building blocks of the version detail. */
import { h } from './dom';

/** Create a section that can be collapsed. */
export function section(title: string, open: boolean, ...content: Node[]): HTMLDetailsElement {
  return h('details', { class: 'exo-Section', open }, h('summary', {}, title), ...content);
}

/** Create a table of names and values, or a paragraph with the text `empty` if there are none. */
export function keyValueTable(rows: [string, string | Node][], empty: string): HTMLElement {
  if (rows.length === 0) {
    return h('p', { class: 'exo-mod-secondary' }, empty);
  }
  return h(
    'table',
    { class: 'exo-Table' },
    h(
      'tbody',
      {},
      ...rows.map(([name, value]) =>
        h('tr', {}, h('th', { scope: 'row' }, name), h('td', {}, value))
      )
    )
  );
}

/** Create a form of one field, which is cleared once `submit` has succeeded. */
export function lineForm(
  label: string,
  action: string,
  submit: (text: string) => Promise<void>
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
      void submit(text).then(() => {
        input.value = '';
      });
    }
  });
  return form;
}
