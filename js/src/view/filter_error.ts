/** The position of a syntax error in a filter. */
import { h } from './dom';
import type { Trans } from './translator';

/** Show a filter with the character at `position` marked. */
export function markPosition(trans: Trans, filter: string, position: number): Node[] {
  const before = filter.slice(0, position);
  const at = filter.slice(position, position + 1);
  const after = filter.slice(position + 1);
  return [
    // At the end of the filter there is no character to mark.
    h('code', {}, before, h('mark', {}, at || ' '), after),
    h('span', {}, ` ${trans.__('column %1', position + 1)}`)
  ];
}
