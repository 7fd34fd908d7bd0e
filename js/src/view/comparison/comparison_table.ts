/** The table of a comparison. In a narrow view its style shows one block for each field. */
import type { Cell, CompareHead, CompareRow, Comparison, ValueChange } from '../../registry/types';
import { parseRef } from '../actions/subject';
import type { ViewContext } from '../context';
import { button, h } from '../dom';
import { icon } from '../icons';
import { MISSING, breakable, valueText } from '../detail/table';
import type { Trans } from '../translator';

const MAX_NAME = 16;

/** Create the table; `reference` makes a version the one that the others are compared with. */
export function comparisonTable(
  context: ViewContext,
  { heads, sections }: Comparison,
  reference: (ref: string) => void,
  remove: (ref: string) => void
): HTMLElement {
  const { trans } = context;
  const cells = heads.map((head, index) => headCell(head, index, trans, reference, remove));
  const labels = labelsOf(heads, trans);
  const groups = sections.map(({ title, rows }) =>
    // The roles are explicit, because the style of a narrow view makes blocks of them.
    h(
      'tbody',
      { role: 'rowgroup' },
      h(
        'tr',
        { role: 'row', class: 'exo-Compare-section' },
        h('th', { role: 'rowheader', scope: 'rowgroup', colspan: heads.length + 1 }, title)
      ),
      ...rows.map(row => rowOf(row, labels, trans))
    )
  );
  return h(
    'table',
    { class: 'exo-Compare', role: 'table', 'aria-label': trans.__('Comparison') },
    h(
      'thead',
      { role: 'rowgroup' },
      h('tr', { role: 'row' }, h('th', { role: 'columnheader' }, trans.__('Field')), ...cells)
    ),
    ...groups
  );
}

function headCell(
  { model_id, aliases, created, is_deleted }: CompareHead,
  index: number,
  trans: Trans,
  reference: (ref: string) => void,
  remove: (ref: string) => void
): HTMLElement {
  const label = trans.__('Remove %1 from the comparison', model_id);
  const close = button('', () => remove(model_id), {
    class: 'exo-Icon',
    'aria-label': label,
    title: label
  });
  close.append(icon('close'));
  const end = model_id.lastIndexOf(':');
  return h(
    'th',
    { role: 'columnheader', scope: 'col' },
    h(
      'div',
      { class: 'exo-Compare-head' },
      h(
        'span',
        { class: 'exo-Compare-id' },
        ...breakable(model_id.slice(0, end)),
        h('span', { class: 'exo-Detail-version' }, model_id.slice(end))
      ),
      close
    ),
    h(
      'div',
      { class: 'exo-Compare-facts' },
      ...aliases.map(alias => h('span', { class: 'exo-Badge' }, `@${alias}`)),
      is_deleted && h('span', { class: 'exo-Badge exo-mod-status' }, trans.__('deleted')),
      h('span', { class: 'exo-mod-secondary', title: created.title }, created.text)
    ),
    index === 0
      ? h('span', { class: 'exo-Compare-reference' }, trans.__('Reference'))
      : button(trans.__('Make reference'), () => reference(model_id), {
          class: 'exo-Link',
          'aria-label': trans.__('Make reference: %1', model_id)
        })
  );
}

function rowOf(
  { title, values, changes }: CompareRow,
  labels: readonly string[],
  trans: Trans
): HTMLElement {
  const isNumeric = values.some(value => typeof value?.value === 'number');
  return h(
    'tr',
    { role: 'row', class: isNumeric ? 'exo-mod-numeric' : null },
    h('th', { role: 'rowheader', scope: 'row' }, ...breakable(title)),
    ...values.map((value, index) =>
      valueCell(value, changes[index] ?? null, labels[index] ?? '', trans)
    )
  );
}

function valueCell(
  value: Cell,
  change: ValueChange | null,
  label: string,
  trans: Trans
): HTMLElement {
  return h(
    'td',
    {
      role: 'cell',
      title: value?.title,
      'data-label': label
    },
    value === null
      ? h('span', { class: 'exo-mod-secondary', 'aria-label': trans.__('missing') }, MISSING)
      : valueText(value.text),
    change && changeNode(change, trans)
  );
}

function changeNode({ delta, verdict }: ValueChange, trans: Trans): HTMLElement | null {
  const words = {
    better: trans.__('better'),
    worse: trans.__('worse'),
    same: trans.__('same')
  };
  const word = verdict === null ? '' : words[verdict];
  const text = [delta, word === delta ? '' : word].filter(part => part !== '').join(' ');
  return text === ''
    ? null
    : h('span', { class: `exo-Change exo-mod-${verdict ?? 'unknown'}` }, text);
}

/** Return the labels of values in a narrow view: short names, or none if the model is the same. */
function labelsOf(heads: readonly CompareHead[], trans: Trans): string[] {
  const ids = heads.map(({ model_id }) => parseRef(model_id));
  return ids.every(({ name }) => name === ids[0]?.name)
    ? ids.map(({ version }) => trans.__('Version %1', version))
    : ids.map(({ name, version }) => `${shortName(name)}:${version}`);
}

function shortName(name: string): string {
  const half = Math.floor(MAX_NAME / 2);
  return name.length <= MAX_NAME ? name : `${name.slice(0, half)}…${name.slice(-half)}`;
}
