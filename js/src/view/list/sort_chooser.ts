/** The dialog that sorts a list by any field, also by one that is not a column. */
import type { Field } from '../../registry/types';
import { button, h } from '../dom';
import { icon } from '../icons';
import type { Trans } from '../translator';
import { searchFields } from './field_search';
import { fieldExpression, splitOrder, startsDescending } from './order';
import type { Popover } from './popover';
import { showPopover } from './popover';

export interface SortChoice {
  fields: readonly Field[];
  orderBy: string;
  choose: (orderBy: string) => void;
}

/** Return the title of the field that a list is sorted by. */
export function sortTitle(fields: readonly Field[], orderBy: string): string {
  const { field } = splitOrder(orderBy);
  const known = fields.find(({ name }) => fieldExpression(name) === field || name === field);
  return known?.label ?? field.slice(field.indexOf('.') + 1);
}

/** Show the dialog. Each choice applies at once. */
export function showSortChooser(
  choice: SortChoice,
  owner: HTMLElement,
  trans: Trans,
  onClose: () => void
): Popover {
  let { field, descending } = splitOrder(choice.orderBy);
  const sortable = choice.fields.filter(known => known.sortable);
  const search = h('input', {
    type: 'search',
    class: 'jp-mod-styled',
    placeholder: trans.__('Search fields'),
    'aria-label': trans.__('Search fields'),
    input: showFields
  });
  const direction = button('', () => apply(field, !descending));
  const list = h('div', { class: 'exo-Columns-fields' });
  showFields();
  showDirection();
  const content = [h('div', { class: 'exo-Sort-head' }, search, direction), list];
  return showPopover(trans.__('Sort by'), content, owner, trans, onClose);

  function apply(name: string, down: boolean): void {
    [field, descending] = [name, down];
    choice.choose(`${down ? '-' : ''}${name}`);
    showDirection();
  }

  function showDirection(): void {
    const label = descending ? trans.__('Descending') : trans.__('Ascending');
    direction.replaceChildren(icon(descending ? 'caretDown' : 'caretUp'), label);
    direction.title = trans.__('Reverse the order');
  }

  function showFields(): void {
    const groups = searchFields(sortable, search.value, trans);
    list.replaceChildren(
      ...groups.map(group =>
        h(
          'fieldset',
          {},
          h('legend', {}, group.title),
          ...group.fields.map(option),
          group.hidden > 0
            ? h('p', {}, trans.__('%1 more; search to find them', group.hidden.toLocaleString('en')))
            : null
        )
      )
    );
    if (groups.length === 0) {
      list.append(h('p', {}, trans.__('No field has these words.')));
    }
  }

  function option(known: Field): HTMLElement {
    const name = fieldExpression(known.name);
    const input = h('input', {
      type: 'radio',
      name: 'exo-sort',
      change: () => apply(name, startsDescending(known))
    });
    input.checked = name === field || known.name === field;
    return h(
      'label',
      { class: 'exo-Columns-label', title: known.name },
      input,
      h('span', {}, known.label)
    );
  }
}
