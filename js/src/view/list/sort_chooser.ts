/** The dialog that sorts a list by any field, also by one that is not a column. */
import type { Field } from '../../registry/types';
import { button, h } from '../dom';
import { icon } from '../icons';
import type { Trans } from '../translator';
import { FieldList } from './field_list';
import { fieldExpression, splitOrder, startsDescending } from './order';
import { Popover } from './popover';

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

/** Shows the dialog. Each choice applies immediately. */
export class SortChooser {
  constructor(
    private readonly choice: SortChoice,
    owner: HTMLElement,
    private readonly trans: Trans,
    onClose: () => void
  ) {
    const { field, descending } = splitOrder(choice.orderBy);
    this.field = field;
    this.descending = descending;
    const sortable = choice.fields.filter(known => known.sortable);
    const list = new FieldList({
      trans,
      label: trans.__('Search fields'),
      fields: () => sortable,
      control: known => this.radio(known),
      nothing: trans.__('No field has these words.')
    });
    this.direction = button('', () => this.apply(this.field, !this.descending), {
      title: trans.__('Reverse the order')
    });
    this.showDirection();
    const head = h('div', { class: 'exo-Sort-head' }, list.search, this.direction);
    const content = [head, list.node];
    this.popover = new Popover({ title: trans.__('Sort by'), content, owner, trans, onClose });
  }

  readonly popover: Popover;

  private apply(field: string, descending: boolean): void {
    this.field = field;
    this.descending = descending;
    this.choice.choose(`${descending ? '-' : ''}${field}`);
    this.showDirection();
  }

  private showDirection(): void {
    const { trans, descending } = this;
    this.direction.replaceChildren(
      icon(descending ? 'caretDown' : 'caretUp'),
      descending ? trans.__('Descending') : trans.__('Ascending')
    );
    this.direction.disabled = this.field === '';
  }

  private radio(known: Field): HTMLInputElement {
    const name = fieldExpression(known.name);
    const input = h('input', {
      type: 'radio',
      name: 'exo-sort',
      change: () => this.apply(name, startsDescending(known))
    });
    input.checked = name === this.field || known.name === this.field;
    return input;
  }

  private readonly direction: HTMLButtonElement;
  private field: string;
  private descending: boolean;
}
