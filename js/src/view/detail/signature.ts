/** The input columns of a version and its classes. */
import type { Signature, VersionDetail } from '../../registry/types';
import type { ViewContext } from '../context';
import { h } from '../dom';
import { DetailSection } from './detail_section';
import type { DetailPart } from './part';
import { breakable } from './table';

export class SignaturePart implements DetailPart {
  constructor(private readonly context: ViewContext) {
    this.section = new DetailSection(context, { key: 'input', title: context.trans.__('Input') });
    this.node = this.section.node;
  }

  readonly node: HTMLElement;

  update({ signature }: VersionDetail): void {
    this.node.hidden = signature === null;
    if (signature === null) {
      return;
    }
    const { trans } = this.context;
    const total = signature.total ?? signature.columns.length;
    this.section.showCount(trans._n('%1 column', '%1 columns', total));
    this.section.update(signature, () => this.build(signature, total));
  }

  private build({ columns, classes }: Signature, total: number): Node[] {
    const { trans } = this.context;
    const names = [...new Set(columns.flatMap(column => Object.keys(column)))].filter(
      name => name === 'name' || columns.some(column => column[name])
    );
    const titles = new Map([
      ['name', trans.__('Column')],
      ['dtype', trans.__('Type')],
      ['range', trans.__('Range')],
      ['missing', trans.__('Missing')]
    ]);
    // In a narrow view, types and ranges have no label.
    const labels = new Map(names.map(name => [name, `${titles.get(name) ?? name} `]));
    ['dtype', 'range'].forEach(name => labels.set(name, ''));
    const head = names.map(name =>
      h('th', { role: 'columnheader', scope: 'col' }, titles.get(name) ?? name)
    );
    const rows = columns.map(column =>
      h(
        'tr',
        { role: 'row' },
        ...names.map(name => {
          const text = column[name] ?? '';
          return name === 'name'
            ? h('th', { role: 'rowheader', scope: 'row' }, ...breakable(text))
            : h('td', { role: 'cell', 'data-label': labels.get(name) }, text);
        })
      )
    );
    const table = h(
      'div',
      { class: 'exo-Scroll', tabindex: 0, role: 'region', 'aria-label': trans.__('Input columns') },
      h(
        'table',
        // The roles are explicit, because the style of a narrow view makes blocks of them.
        { class: 'exo-Facts exo-Signature', role: 'table' },
        h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, ...head)),
        h('tbody', { role: 'rowgroup' }, ...rows)
      )
    );
    const rest = total - columns.length;
    const notes = [
      ...(rest > 0 ? [trans.__('and %1 more columns', rest)] : []),
      ...(classes.length > 0 ? [trans.__('Classes: %1', classes.join(', '))] : [])
    ];
    return [table, ...notes.map(text => h('p', {}, text))];
  }

  private readonly section: DetailSection;
}
