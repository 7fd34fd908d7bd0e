/** The hyperparameters of a version; those that differ from the defaults come first. */
import type { Hyperparameter, VersionDetail } from '../../registry/types';
import type { ViewContext } from '../context';
import { h } from '../dom';
import { DetailSection } from './detail_section';
import type { DetailPart } from './part';
import { breakable } from './table';

const MIN_FOR_FILTER = 12;
const ONLY_CHANGED = 'only-changed-hyperparameters';

export class HyperparametersPart implements DetailPart {
  constructor(private readonly context: ViewContext) {
    const { trans } = context;
    const title = trans.__('Hyperparameters');
    this.section = new DetailSection(context, { key: 'hyperparameters', title });
    this.node = this.section.node;
    this.filter.placeholder = trans.__('Filter hyperparameters');
    this.filter.setAttribute('aria-label', trans.__('Filter hyperparameters'));
    this.filter.addEventListener('input', () => this.show());
    this.onlyChanged.addEventListener('change', () => {
      context.memory.set(ONLY_CHANGED, this.onlyChanged.checked);
      this.show();
    });
    const label = h('label', {}, this.onlyChanged, ' ', trans.__('Only changed'));
    this.changedSwitch.append(label);
    const controls = h('div', { class: 'exo-Controls' }, this.filter, this.changedSwitch);
    this.section.content.append(controls, this.table, this.message);
  }

  readonly node: HTMLElement;

  update({ hyperparameters }: VersionDetail): void {
    this.rows = [...hyperparameters].sort(
      (a, b) => Number(b.changed ?? 0) - Number(a.changed ?? 0)
    );
    const nChanged = this.rows.filter(({ changed }) => changed).length;
    const isKnown = this.rows.some(({ changed }) => changed !== null);
    this.section.showCount(this.countText(nChanged, isKnown));
    this.filter.hidden = this.rows.length < MIN_FOR_FILTER;
    this.changedSwitch.hidden = !isKnown;
    this.onlyChanged.checked = isKnown && this.context.memory.get(ONLY_CHANGED) === true;
    this.show();
  }

  private countText(nChanged: number, isKnown: boolean): string {
    const { trans } = this.context;
    const total = this.rows.length;
    return isKnown ? trans.__('%1, %2 changed', total, nChanged) : total > 0 ? String(total) : '';
  }

  private show(): void {
    const { trans } = this.context;
    const words = this.filter.hidden ? '' : this.filter.value.trim().toLowerCase();
    const shown = this.rows.filter(
      ({ name, text, changed }) =>
        `${name} ${text}`.toLowerCase().includes(words) &&
        (changed === true || !this.onlyChanged.checked)
    );
    this.table.replaceChildren(...shown.map(row => this.rowOf(row)));
    this.table.hidden = shown.length === 0;
    const isEmpty = this.rows.length === 0;
    this.message.textContent =
      shown.length > 0
        ? ''
        : isEmpty
          ? trans.__('No hyperparameters.')
          : trans.__('No matching hyperparameters.');
  }

  private rowOf({ name, text, changed }: Hyperparameter): HTMLElement {
    const { trans } = this.context;
    return h(
      'li',
      { class: changed ? 'exo-Parameter exo-mod-changed' : 'exo-Parameter' },
      h('span', { class: 'exo-Parameter-name' }, ...breakable(name)),
      h('span', { class: 'exo-Parameter-value' }, text),
      changed &&
        h(
          'span',
          { class: 'exo-Badge', title: trans.__('Differs from the default of its class') },
          trans.__('changed')
        )
    );
  }

  private readonly section: DetailSection;
  private readonly filter = h('input', { type: 'search', class: 'jp-mod-styled' });
  private readonly onlyChanged = h('input', { type: 'checkbox' });
  private readonly changedSwitch = h('span', { class: 'exo-Switch' });
  private readonly table = h('ul', { class: 'exo-Parameters' });
  private readonly message = h('p', { class: 'exo-mod-secondary', role: 'status' });
  private rows: Hyperparameter[] = [];
}
