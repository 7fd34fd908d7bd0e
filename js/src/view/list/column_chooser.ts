/** The dialog that chooses the columns of a list and their order. */
import type { Field } from '../../registry/types';
import { button, h, setText } from '../dom';
import { icon } from '../icons';
import type { Trans } from '../translator';
import { FieldList, labelled } from './field_list';
import { fieldLabel } from './field_search';
import { Popover } from './popover';

export interface ColumnChoice {
  fields: readonly Field[];
  /** The columns that are shown now, in order. */
  shown: readonly string[];
  /** Whether these are the suitable columns, not the user's. */
  isDefault: boolean;
  /** Called with the chosen columns; none restores the suitable ones. */
  choose: (columns: string[]) => void;
}

/** Shows the dialog. Each change applies immediately. */
export class ColumnChooser {
  constructor(
    private readonly choice: ColumnChoice,
    owner: HTMLElement,
    private readonly trans: Trans,
    onClose: () => void
  ) {
    this.shown = [...choice.shown];
    this.others = new FieldList({
      trans,
      label: trans.__('Search columns'),
      fields: () => choice.fields.filter(({ name }) => !this.shown.includes(name)),
      control: ({ name, label }) => this.checkbox(name, label, false),
      nothing: trans.__('No other column has these words.')
    });
    this.reset = button(trans.__('Reset'), () => this.restore(), {
      title: trans.__('Show the suitable columns again')
    });
    this.reset.disabled = choice.isDefault;
    this.order = h('ul', {
      class: 'exo-Columns-shown',
      'aria-label': trans.__('Shown columns')
    });
    this.showOrder();
    const content = [
      this.others.search,
      this.order,
      this.others.node,
      this.status,
      h('div', { class: 'exo-Buttons' }, this.reset)
    ];
    const title = trans.__('Columns');
    this.popover = new Popover({ title, content, owner, trans, onClose });
  }

  readonly popover: Popover;

  private restore(): void {
    const { fields, choose } = this.choice;
    this.shown = fields.filter(field => field.default_column).map(({ name }) => name);
    choose([]);
    this.show(true);
    this.others.search.focus();
  }

  private apply(columns: string[]): void {
    this.shown = columns;
    this.choice.choose(columns);
    this.show(false);
  }

  private show(isDefault: boolean): void {
    this.reset.disabled = isDefault;
    this.showOrder();
    this.others.show();
  }

  private showOrder(): void {
    this.order.replaceChildren(...this.shown.map((name, index) => this.item(name, index)));
  }

  private item(name: string, index: number): HTMLElement {
    const { trans } = this;
    const label = fieldLabel(this.choice.fields, name);
    const keys = (event: KeyboardEvent) => {
      const by = event.altKey ? { ArrowUp: -1, ArrowDown: 1 }[event.key] : undefined;
      if (by !== undefined) {
        event.preventDefault();
        this.move(index, by, label);
      }
    };
    const isLast = index === this.shown.length - 1;
    return h(
      'li',
      { class: 'exo-Columns-item', 'data-name': name, keydown: keys },
      labelled(
        this.checkbox(name, label, true),
        label,
        trans.__('Alt+↑ and Alt+↓ move the column')
      ),
      moveButton('caretUp', trans.__('Move %1 up', label), index === 0, () =>
        this.move(index, -1, label)
      ),
      moveButton('caretDown', trans.__('Move %1 down', label), isLast, () =>
        this.move(index, 1, label)
      )
    );
  }

  private move(index: number, by: number, label: string): void {
    const name = this.shown[index];
    const to = index + by;
    if (name === undefined || to < 0 || to >= this.shown.length) {
      return;
    }
    const byButton = document.activeElement instanceof HTMLButtonElement;
    const rest = this.shown.filter((_, at) => at !== index);
    this.apply([...rest.slice(0, to), name, ...rest.slice(to)]);
    this.report(this.trans.__('%1 is column %2 of %3.', label, to + 1, this.shown.length));
    const [up, down] = this.order.children[to]?.querySelectorAll('button') ?? [];
    const pressed = by < 0 ? up : down;
    // The button that was pressed keeps the focus while the column can move on.
    const target = byButton && pressed && !pressed.disabled ? pressed : this.boxOf(name);
    target?.focus();
  }

  private checkbox(name: string, label: string, checked: boolean): HTMLInputElement {
    const input = h('input', { type: 'checkbox', change: () => this.toggle(name, label) });
    input.checked = checked;
    return input;
  }

  private toggle(name: string, label: string): void {
    const others = this.shown.filter(other => other !== name);
    const isAdded = others.length === this.shown.length;
    if (!isAdded && others.length === 0) {
      this.restore();
      return;
    }
    this.apply(isAdded ? [...this.shown, name] : others);
    const { trans } = this;
    this.report(isAdded ? trans.__('%1 is shown.', label) : trans.__('%1 is hidden.', label));
    (this.boxOf(name) ?? this.others.search).focus();
  }

  private boxOf(name: string): HTMLInputElement | null {
    const items = [...this.order.children] as HTMLElement[];
    return items.find(({ dataset }) => dataset.name === name)?.querySelector('input') ?? null;
  }

  private report(text: string): void {
    setText(this.status, text);
  }

  private readonly status = h('p', { class: 'exo-mod-unseen', role: 'status' });
  private readonly others: FieldList;
  private readonly order: HTMLElement;
  private readonly reset: HTMLButtonElement;
  private shown: string[];
}

function moveButton(
  symbol: 'caretUp' | 'caretDown',
  label: string,
  disabled: boolean,
  onClick: () => void
): HTMLButtonElement {
  const node = button('', onClick, {
    class: 'exo-Icon',
    'aria-label': label,
    title: label,
    disabled
  });
  node.append(icon(symbol));
  return node;
}
