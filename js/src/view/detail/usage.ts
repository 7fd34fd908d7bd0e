/** Code that uses the version: one button for each use, and the code of the chosen one. */
import type { Usage, VersionDetail } from '../../registry/types';
import type { ViewContext } from '../context';
import { button, h } from '../dom';
import { codeBlock } from './code_block';
import { DetailSection } from './detail_section';
import type { DetailPart } from './part';

const MEMORY = 'open-usage';

export class UsagePart implements DetailPart {
  constructor(private readonly context: ViewContext) {
    const title = context.trans.__('Use this model');
    this.section = new DetailSection(context, { key: 'use', title, isOpen: true });
    this.node = this.section.node;
    this.buttons.setAttribute('aria-label', title);
  }

  readonly node: HTMLElement;

  update({ use }: VersionDetail): void {
    this.node.hidden = use.length === 0;
    this.section.update(use, () => {
      const nodes = use.map(one =>
        button(one.title, () => this.choose(one), { 'data-use': one.title })
      );
      this.buttons.replaceChildren(...nodes);
      const known = use.find(({ title }) => title === this.context.memory.get(MEMORY)) ?? use[0];
      if (known) {
        this.show(known);
      }
      return [this.buttons, this.output];
    });
  }

  private choose(one: Usage): void {
    this.context.memory.set(MEMORY, one.title);
    this.show(one);
  }

  private show({ title, language, code }: Usage): void {
    for (const node of this.buttons.children) {
      const isPressed = (node as HTMLElement).dataset.use === title;
      node.setAttribute('aria-pressed', String(isPressed));
    }
    this.output.replaceChildren(codeBlock(this.context, title, code, language === 'python'));
  }

  private readonly section: DetailSection;
  private readonly buttons = h('div', { class: 'exo-Buttons', role: 'group' });
  private readonly output = h('div');
}
