/** Where a version comes from, and the code that registered it. */
import type { VersionDetail } from '../../registry/types';
import type { ViewContext } from '../context';
import { h } from '../dom';
import { codeBlock } from './code_block';
import { DetailSection } from './detail_section';
import type { DetailPart } from './part';
import { factTable } from './table';

export class ProvenancePart implements DetailPart {
  constructor(private readonly context: ViewContext) {
    const title = context.trans.__('Provenance');
    this.section = new DetailSection(context, { key: 'provenance', title });
    this.node = this.section.node;
  }

  readonly node: HTMLElement;

  update({ provenance }: VersionDetail): void {
    const { trans } = this.context;
    const { rows, cell_source, definitions } = provenance;
    this.section.update(provenance, () => [
      factTable(rows, trans.__('No provenance.')),
      ...this.source(trans.__('Source of the cell'), cell_source),
      ...this.source(trans.__('Definitions that the cell uses'), definitions)
    ]);
  }

  private source(title: string, code: string | null): Node[] {
    return code
      ? [
          h(
            'details',
            { class: 'exo-Source' },
            h('summary', {}, title),
            codeBlock(this.context, title, code)
          )
        ]
      : [];
  }

  private readonly section: DetailSection;
}
