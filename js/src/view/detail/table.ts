/** Tables of names and values. */
import { h } from '../dom';

/** Create a table of names and values, or a paragraph with the text `empty` if there are none. */
export function factTable(
  rows: readonly (readonly [string, string | Node])[],
  empty: string
): HTMLElement {
  if (rows.length === 0) {
    return h('p', { class: 'exo-mod-secondary' }, empty);
  }
  const cells = rows.map(([name, value]) =>
    h('tr', {}, h('th', { scope: 'row' }, ...breakable(name)), h('td', {}, value))
  );
  return h('table', { class: 'exo-Facts' }, h('tbody', {}, ...cells));
}

/** Return a name that breaks after `__`, `.`, `_` and `/` only. */
export function breakable(name: string): (string | Node)[] {
  const parts = name.split(/(?<=__|\.|\/)(?!_)|(?<=[^_]_)(?!_)/);
  return parts.flatMap((part, index) => (index === 0 ? [part] : [h('wbr'), part]));
}
