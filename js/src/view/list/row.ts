/** The element of a row. */
import { h } from '../dom';
import { icon } from '../icons';
import type { Trans } from '../translator';
import { aliasBadges, cellOf } from './cells';
import type { ListRow, ModelRow, MoreRow, VersionRow } from './list_rows';
import { nameText, versionText } from './name_text';
import type { ShownColumn } from './shown_columns';

/** Options of the elements of all rows. */
export interface RowStyle {
  readonly columns: readonly ShownColumn[];
  /** Whether the aliases are shown beside the name. */
  readonly hasBadges: boolean;
  readonly trans: Trans;
}

/** Create the element of a row. `markSelected` shows whether it is selected. */
export function rowElement(row: ListRow, style: RowStyle): HTMLElement {
  return row.kind === 'more' ? moreElement(row, style) : itemElement(row, style);
}

/** Show whether a row is selected, and whether it is the one whose details are open. */
export function markSelected(node: HTMLElement, selected: boolean, open: boolean): void {
  node.setAttribute('aria-selected', String(selected));
  node.classList.toggle('exo-mod-open', open);
  const box = node.querySelector<HTMLInputElement>('.exo-Row-checkbox');
  if (box) {
    box.checked = selected;
  }
}

function itemElement(row: ModelRow | VersionRow, style: RowStyle): HTMLElement {
  const { trans, columns } = style;
  const { item } = row;
  const isDeleted = row.kind === 'version' && row.item.is_deleted;
  const label = row.kind === 'version' ? row.ref : item.name;
  return h(
    'tr',
    {
      ...placeOf(row),
      class: `exo-Row exo-Row-${row.kind}${isDeleted ? ' exo-mod-deleted' : ''}`,
      'aria-expanded': row.expanded === null ? null : String(row.expanded),
      'data-ref': row.ref,
      'data-level': row.level,
      draggable: row.kind === 'version' ? 'true' : null
    },
    h(
      'th',
      { role: 'rowheader', scope: 'row', class: 'exo-Row-head' },
      h(
        'span',
        { class: 'exo-Row-title' },
        toggle(row.expanded),
        h('input', {
          type: 'checkbox',
          class: 'exo-Row-checkbox',
          tabindex: -1,
          'aria-label': trans.__('Select %1', row.ref)
        }),
        h(
          'span',
          { class: 'exo-Row-names' },
          nameOf(row),
          style.hasBadges ? aliasBadges(item) : null,
          ...(row.kind === 'version' ? statusOf(row, trans) : [])
        )
      )
    ),
    ...columns.map(column => cellOf(row, column, trans)),
    menuCell(label, trans)
  );
}

function menuCell(label: string, trans: Trans): HTMLElement {
  const node = h(
    'button',
    {
      type: 'button',
      class: 'exo-Row-menu',
      tabindex: -1,
      'aria-label': trans.__('Actions of %1', label),
      'aria-haspopup': 'menu',
      title: trans.__('Actions (Shift+F10)')
    },
    icon('menu')
  );
  return h('td', { role: 'gridcell', class: 'exo-Row-actions' }, node);
}

function nameOf(row: ModelRow | VersionRow): HTMLElement {
  if (row.kind === 'model') {
    return nameText(row.item.display_name ?? row.item.name);
  }
  const { display_id: id = row.ref, version } = row.item;
  const name = id.slice(0, id.lastIndexOf(':'));
  return row.isBelowModel ? versionText(name, version) : nameText(name, version);
}

function statusOf({ item, expanded }: VersionRow, trans: Trans): (HTMLElement | null)[] {
  return [
    item.is_deleted ? h('span', { class: 'exo-Badge exo-mod-status' }, trans.__('deleted')) : null,
    expanded === null
      ? null
      : h(
          'span',
          { class: 'exo-Row-children' },
          trans._n('%1 child', '%1 children', item.n_children)
        )
  ];
}

function toggle(expanded: boolean | null): HTMLElement {
  return h(
    'span',
    { class: expanded === null ? 'exo-Row-indent' : 'exo-Row-toggle', 'aria-hidden': 'true' },
    expanded === null ? null : icon(expanded ? 'caretDown' : 'caretRight')
  );
}

function moreElement(row: MoreRow, { trans, columns }: RowStyle): HTMLElement {
  const text = row.busy
    ? trans.__('Loading…')
    : trans.__('Show more (%1 remaining)', row.remaining.toLocaleString('en'));
  return h(
    'tr',
    {
      ...placeOf(row),
      class: 'exo-Row exo-Row-more',
      'aria-busy': row.busy ? 'true' : null,
      'data-level': row.level
    },
    h('td', { role: 'gridcell', class: 'exo-Row-head', colspan: columns.length + 2 }, text)
  );
}

function placeOf({ level, position, size }: ListRow): Record<string, string | number> {
  return {
    role: 'row',
    tabindex: -1,
    'aria-level': level,
    'aria-posinset': position,
    'aria-setsize': size
  };
}
