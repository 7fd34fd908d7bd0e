/** Fields of the forms of actions. */
import { h } from '../dom';

let counter = 0;

/** A text field with a label, which offers known values. */
export interface TextField {
  readonly node: HTMLElement;
  readonly input: HTMLInputElement;
  offer(values: readonly string[]): void;
}

export function textField(label: string, placeholder: string): TextField {
  counter += 1;
  const list = h('datalist', { id: `exo-values-${counter}` });
  const input = h('input', {
    type: 'text',
    class: 'jp-mod-styled',
    placeholder,
    list: list.id,
    autocomplete: 'off',
    spellcheck: 'false'
  });
  return {
    node: h('label', { class: 'exo-Field' }, h('span', {}, label), input, list),
    input,
    offer: values => list.replaceChildren(...values.map(value => h('option', { value })))
  };
}

/** Create a checkbox with a label. */
export function checkField(label: string, title: string): [HTMLElement, HTMLInputElement] {
  const input = h('input', { type: 'checkbox' });
  return [h('label', { class: 'exo-Field exo-mod-check', title }, input, ' ', label), input];
}
