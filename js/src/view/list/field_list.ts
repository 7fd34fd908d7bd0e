/** The fields of a registry by group, with a search box. */
import type { Field } from '../../registry/types';
import { h } from '../dom';
import type { Trans } from '../translator';
import { searchFields } from './field_search';

export interface FieldListOptions {
  trans: Trans;
  label: string;
  /** Return the fields to choose from. */
  fields: () => readonly Field[];
  /** Create the control of a field. */
  control: (field: Field) => HTMLInputElement;
  /** Text that is shown if no field has the searched words. */
  nothing: string;
}

export class FieldList {
  constructor(private readonly options: FieldListOptions) {
    const { label } = options;
    this.search = h('input', {
      type: 'search',
      placeholder: label,
      'aria-label': label,
      input: () => this.show()
    });
    this.show();
  }

  readonly search: HTMLInputElement;
  readonly node = h('div', { class: 'exo-Columns-fields' });

  /** Show the fields that have the searched words. */
  show(): void {
    const { trans, fields, nothing } = this.options;
    const groups = searchFields(fields(), this.search.value, trans);
    this.node.replaceChildren(
      ...groups.map(group =>
        h(
          'fieldset',
          {},
          h('legend', {}, group.title),
          ...group.fields.map(field => this.row(field)),
          group.hidden > 0 ? h('p', {}, this.more(group.hidden)) : null
        )
      ),
      ...(groups.length === 0 ? [h('p', {}, nothing)] : [])
    );
  }

  private row(field: Field): HTMLElement {
    const { control } = this.options;
    return labelled(control(field), field.label, field.name);
  }

  private more(hidden: number): string {
    return this.options.trans.__('%1 more; search to find them', hidden.toLocaleString('en'));
  }
}

/** Create a control with its label. */
export function labelled(input: HTMLInputElement, label: string, title: string): HTMLElement {
  return h('label', { class: 'exo-Columns-label', title }, input, h('span', {}, label));
}
