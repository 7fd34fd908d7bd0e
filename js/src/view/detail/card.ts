/** The model card and the notes of a version. */
import type { DetailNote, VersionDetail } from '../../registry/types';
import type { ViewContext } from '../context';
import { h } from '../dom';
import { markdown } from '../markdown';
import { DetailSection } from './detail_section';
import type { DetailPart } from './part';

export class CardPart implements DetailPart {
  constructor(private readonly context: ViewContext) {
    const title = context.trans.__('Model card and notes');
    this.section = new DetailSection(context, { key: 'card', title });
    this.node = this.section.node;
  }

  readonly node: HTMLElement;

  update({ card, notes }: VersionDetail): void {
    const { trans } = this.context;
    this.section.showCount(notes.length > 0 ? trans._n('%1 note', '%1 notes', notes.length) : '');
    this.section.update([card, notes], () => {
      const content = [card ? [markdown(card, trans)] : [], notes.map(note => this.noteOf(note))];
      const nodes = content.flat();
      const empty = trans.__('No model card and no notes.');
      return nodes.length > 0 ? nodes : [h('p', { class: 'exo-mod-secondary' }, empty)];
    });
  }

  private noteOf({ author, at, body }: DetailNote): HTMLElement {
    const { trans } = this.context;
    return h(
      'article',
      { class: 'exo-Note', 'aria-label': trans.__('Note of %1', author) },
      h(
        'p',
        { class: 'exo-mod-secondary' },
        h('strong', {}, author),
        ' ',
        h('span', { title: at.title }, at.text)
      ),
      markdown(body, trans)
    );
  }

  private readonly section: DetailSection;
}
