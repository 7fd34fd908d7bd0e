/** Tables of names and values. */
import { h } from '../dom';

const MAX_WORD = 24;
/** A value that is missing, as in the texts of the kernel. */
export const MISSING = '-';

/** Create a table of names and values, or a paragraph with the text `empty` if there are none. */
export function factTable(
  rows: readonly (readonly [string, string | Node])[],
  empty: string
): HTMLElement {
  if (rows.length === 0) {
    return h('p', { class: 'exo-mod-secondary' }, empty);
  }
  const cells = rows.map(([name, value]) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, ...breakable(name)),
      h('td', {}, typeof value === 'string' ? valueText(value) : value)
    )
  );
  return h('table', { class: 'exo-Facts' }, h('tbody', {}, ...cells));
}

// Up to a separator; a number such as 0.55 has none.
const PART = /(?:[^._/]|[._/](?=\d))*(?:[._/]+(?!\d)|$)/g;

/** Return a name that breaks after `_`, `.` and `/` only, and not in a number. */
export function breakable(name: string): (string | Node)[] {
  const parts = (name.match(PART) ?? []).filter(part => part !== '');
  return parts.flatMap((part, index) => (index === 0 ? [part] : [h('wbr'), part]));
}

/** Create the text of a value. It breaks between words, and anywhere in one that is too long. */
export function valueText(text: string): HTMLElement {
  const isLong = text.split(/[\s._/]+/).some(word => word.length > MAX_WORD);
  return h('span', { class: isLong ? 'exo-mod-long' : null }, ...breakable(text));
}
