/** Code that uses the version. */
import type { VersionDetail } from '../../registry/types';
import type { ViewContext } from '../context';
import { codeBlock } from './code_block';
import { DetailSection } from './detail_section';
import type { DetailPart } from './part';

export class UsagePart implements DetailPart {
  constructor(private readonly context: ViewContext) {
    const title = context.trans.__('Use this model');
    this.section = new DetailSection(context, { key: 'use', title, isOpen: true });
    this.node = this.section.node;
  }

  readonly node: HTMLElement;

  update({ use }: VersionDetail): void {
    this.node.hidden = use.length === 0;
    this.section.update(use, () =>
      use.map(({ title, language, code }) =>
        codeBlock(this.context, title, code, language === 'python')
      )
    );
  }

  private readonly section: DetailSection;
}
