/** The name of a version: the name may be shortened in the middle, its number never is. */
import { h } from '../dom';

const TAIL = 8;

/**
 * Create the elements of a name. Where there is little room, the style sheet shortens the first
 * part only, so that the end of the name and the version stay readable.
 */
export function nameText(name: string, version: number | null = null): HTMLElement {
  const [start, end] = split(name);
  return h(
    'span',
    { class: 'exo-Name', title: version === null ? name : `${name}:${version}` },
    h('span', { class: 'exo-Name-start' }, start),
    end === '' ? null : h('span', { class: 'exo-Name-end' }, end),
    version === null ? null : h('span', { class: 'exo-Name-version' }, `:${version}`)
  );
}

/** Create the elements of a version below the row of its model, which has the name. */
export function versionText(name: string, version: number): HTMLElement {
  return h(
    'span',
    { class: 'exo-Name', title: `${name}:${version}` },
    h('span', { class: 'exo-Name-version' }, `v${version}`)
  );
}

/** Split a name before its last characters; a character of two code units stays whole. */
function split(name: string): [start: string, end: string] {
  const letters = Array.from(name);
  return letters.length <= 2 * TAIL
    ? [name, '']
    : [letters.slice(0, -TAIL).join(''), letters.slice(-TAIL).join('')];
}
