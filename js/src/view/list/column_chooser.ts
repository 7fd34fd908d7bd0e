/** The dialog that chooses the columns of a list and their order. */
import type { Field } from '../../registry/types';
import { button, h } from '../dom';
import { icon } from '../icons';
import type { Trans } from '../translator';
import { fieldLabel, searchFields } from './field_search';
import type { Popover } from './popover';
import { showPopover } from './popover';

export interface ColumnChoice {
  fields: readonly Field[];
  /** The columns that are shown now, in order. */
  shown: readonly string[];
  /** Whether these are the suitable columns, not the user's. */
  isDefault: boolean;
  /** Called with the chosen columns; none restores the suitable ones. */
  choose: (columns: string[]) => void;
}

/** Show the dialog. Each change applies at once. */
export function showColumnChooser(
  choice: ColumnChoice,
  owner: HTMLElement,
  trans: Trans,
  onClose: () => void
): Popover {
  const { fields } = choice;
  let shown = [...choice.shown];
  const search = h('input', {
    type: 'search',
    class: 'jp-mod-styled',
    placeholder: trans.__('Search columns'),
    'aria-label': trans.__('Search columns'),
    input: showFields
  });
  const reset = button(trans.__('Reset'), () => apply([], true), {
    title: trans.__('Show the suitable columns again')
  });
  reset.disabled = choice.isDefault;
  const order = h('ul', { class: 'exo-Columns-shown', 'aria-label': trans.__('Shown columns') });
  const others = h('div', { class: 'exo-Columns-fields' });
  const status = h('p', { class: 'exo-mod-unseen', role: 'status' });
  showOrder();
  showFields();
  return showPopover(
    trans.__('Columns'),
    [search, order, others, status, h('div', { class: 'exo-Buttons' }, reset)],
    owner,
    trans,
    onClose
  );

  function apply(columns: string[], isReset = false): void {
    shown = isReset ? [...choice.fields.filter(isDefault).map(({ name }) => name)] : columns;
    reset.disabled = isReset;
    if (isReset) {
      search.focus();
    }
    choice.choose(isReset ? [] : shown);
    showOrder();
    showFields();
  }

  function showOrder(): void {
    order.replaceChildren(...shown.map(shownItem));
  }

  function shownItem(name: string, index: number): HTMLElement {
    const label = fieldLabel(fields, name);
    const keys = (event: KeyboardEvent) => {
      const by = event.altKey ? { ArrowUp: -1, ArrowDown: 1 }[event.key] : undefined;
      if (by !== undefined) {
        event.preventDefault();
        move(index, by, label);
      }
    };
    return h(
      'li',
      { class: 'exo-Columns-item', 'data-name': name, keydown: keys },
      checkbox(name, label, true, trans.__('Alt+↑ and Alt+↓ move the column')),
      moveButton('caretUp', trans.__('Move %1 up', label), index > 0, () => move(index, -1, label)),
      moveButton('caretDown', trans.__('Move %1 down', label), index < shown.length - 1, () =>
        move(index, 1, label)
      )
    );
  }

  function move(index: number, by: number, label: string): void {
    const to = index + by;
    const name = shown[index];
    if (name === undefined || to < 0 || to >= shown.length) {
      return;
    }
    const symbol = document.activeElement instanceof HTMLButtonElement ? by : 0;
    const rest = shown.filter((_, at) => at !== index);
    apply([...rest.slice(0, to), name, ...rest.slice(to)]);
    status.textContent = trans.__('%1 is column %2 of %3.', label, to + 1, shown.length);
    focusAfterMove(to, symbol);
  }

  /** Keep the focus on the moved column: on the button that moved it, if it can move on. */
  function focusAfterMove(index: number, by: number): void {
    const item = order.children[index];
    const [up, down] = item?.querySelectorAll('button') ?? [];
    const pressed = by < 0 ? up : by > 0 ? down : undefined;
    const target = pressed && !pressed.disabled ? pressed : item?.querySelector('input');
    target?.focus();
  }

  function showFields(): void {
    const free = fields.filter(({ name }) => !shown.includes(name));
    const groups = searchFields(free, search.value, trans);
    others.replaceChildren(
      ...groups.map(({ title, fields: found, hidden }) =>
        h(
          'fieldset',
          {},
          h('legend', {}, title),
          ...found.map(({ name, label }) => checkbox(name, label, false, name)),
          hidden > 0
            ? h('p', {}, trans.__('%1 more; search to find them', hidden.toLocaleString('en')))
            : null
        )
      )
    );
    if (groups.length === 0) {
      others.append(h('p', {}, trans.__('No other column has these words.')));
    }
  }

  function checkbox(name: string, label: string, checked: boolean, title: string): HTMLElement {
    const input = h('input', { type: 'checkbox', change: () => toggle(name, label) });
    input.checked = checked;
    return h('label', { class: 'exo-Columns-label', title }, input, h('span', {}, label));
  }

  function toggle(name: string, label: string): void {
    const without = shown.filter(other => other !== name);
    const adds = without.length === shown.length;
    if (!adds && without.length === 0) {
      // No column at all means the suitable ones.
      apply([], true);
      return;
    }
    apply(adds ? [...shown, name] : without);
    status.textContent = adds
      ? trans.__('%1 is shown.', label)
      : trans.__('%1 is hidden.', label);
    const item = [...order.children].find(child => (child as HTMLElement).dataset.name === name);
    (item?.querySelector('input') ?? search).focus();
  }
}

function isDefault(field: Field): boolean {
  return field.default_column;
}

function moveButton(
  symbol: 'caretUp' | 'caretDown',
  label: string,
  enabled: boolean,
  onClick: () => void
): HTMLButtonElement {
  const node = button('', onClick, { class: 'exo-Icon', 'aria-label': label, title: label });
  node.disabled = !enabled;
  node.append(icon(symbol));
  return node;
}
