/** The origin of a version, and the versions that were made from it. */
import type { Lineage, Ref, Refs, VersionDetail } from '../../registry/types';
import type { ViewContext } from '../context';
import { button, h } from '../dom';
import { DetailSection } from './detail_section';
import type { DetailPart } from './part';
import { breakable, factTable } from './table';

const DIGEST_LENGTH = 12;

type Row = [string, Node];

export class LineagePart implements DetailPart {
  constructor(private readonly context: ViewContext) {
    const title = context.trans.__('Lineage');
    this.section = new DetailSection(context, { key: 'lineage', title });
    this.node = this.section.node;
  }

  readonly node: HTMLElement;

  update({ lineage, actions, provenance }: VersionDetail): void {
    const why = actions.open_notebook?.why ?? null;
    this.cellSource = provenance.cell_source;
    this.section.update([lineage, why], () => [
      factTable(this.rowsOf(lineage, why), this.context.trans.__('No lineage.'))
    ]);
  }

  private rowsOf({ parent, children, data, notebook }: Lineage, why: string | null): Row[] {
    const { trans } = this.context;
    const rows: Row[] = [];
    if (parent) {
      rows.push([trans.__('Parent'), this.linkTo(parent)]);
    }
    if (children.total > 0) {
      rows.push([trans.__('Children'), this.linksTo(children)]);
    }
    if (data) {
      const digest = data.sha256?.slice(0, DIGEST_LENGTH) ?? null;
      const text = [data.name, data.rows && trans.__('%1 rows', data.rows), digest]
        .filter(Boolean)
        .join(', ');
      rows.push([trans.__('Data'), h('span', { title: data.sha256 }, text)]);
      if (data.same_data.total > 0) {
        rows.push([trans.__('Same data'), this.linksTo(data.same_data)]);
      }
    }
    if (notebook) {
      rows.push([trans.__('Notebook'), this.notebookLink(notebook, why)]);
    }
    return rows;
  }

  private linksTo({ total, items }: Refs): HTMLElement {
    const { trans } = this.context;
    const rest = total - items.length;
    return h(
      'ul',
      { class: 'exo-Items' },
      ...items.map(ref => h('li', {}, this.linkTo(ref))),
      rest > 0 && h('li', { class: 'exo-mod-secondary' }, trans.__('and %1 more', rest))
    );
  }

  private linkTo({ model_id, text, is_deleted }: Ref): HTMLElement {
    const { store, trans } = this.context;
    return h(
      'span',
      {},
      this.link(model_id, () => store.select(model_id, 'only')),
      text !== '' && ` ${text}`,
      is_deleted && ` (${trans.__('deleted')})`
    );
  }

  private notebookLink({ path, cell }: NonNullable<Lineage['notebook']>, why: string | null): Node {
    const { host, trans } = this.context;
    const text = cell === null ? path : trans.__('%1, cell %2', path, cell);
    return host.openNotebook && why === null
      ? this.link(text, () => host.openNotebook?.(path, cell, this.cellSource))
      : h('span', { title: why }, text);
  }

  private link(text: string, open: () => void): HTMLElement {
    const node = button('', open, { class: 'exo-Link' });
    node.append(h('span', {}, ...breakable(text)));
    return node;
  }

  private readonly section: DetailSection;
  private cellSource: string | null = null;
}
