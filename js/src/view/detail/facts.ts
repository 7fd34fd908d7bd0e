/** Sections of names and values: results, training, data and environment. */
import type { VersionDetail } from '../../registry/types';
import type { ViewContext } from '../context';
import { h } from '../dom';
import { DetailSection } from './detail_section';
import type { DetailPart } from './part';
import { factTable } from './table';

export class FactsPart implements DetailPart {
  constructor(private readonly context: ViewContext) {}

  readonly node = h('div');

  update({ sections }: VersionDetail): void {
    const titles = sections.map(({ title }) => title);
    for (const [title, { node }] of this.shown) {
      if (!titles.includes(title)) {
        node.remove();
        this.shown.delete(title);
      }
    }
    sections.forEach(({ title, rows }, index) => {
      const section = this.sectionOf(title);
      section.update(rows, () => [factTable(rows, '')]);
      if (this.node.children[index] !== section.node) {
        this.node.insertBefore(section.node, this.node.children[index] ?? null);
      }
    });
  }

  private sectionOf(title: string): DetailSection {
    const known = this.shown.get(title);
    const section = known ?? new DetailSection(this.context, { key: `facts ${title}`, title });
    this.shown.set(title, section);
    return section;
  }

  private readonly shown = new Map<string, DetailSection>();
}
