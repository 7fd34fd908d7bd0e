/** The tags of a version, each with a button that removes it. */
import type { VersionDetail } from '../../registry/types';
import type { ActionBar } from '../actions/action_bar';
import { removeTagForm } from '../actions/tag_form';
import type { ViewContext } from '../context';
import { button, h } from '../dom';
import { icon } from '../icons';
import { DetailSection } from './detail_section';
import type { DetailPart } from './part';

type Tag = VersionDetail['tags'][number];

export class TagsPart implements DetailPart {
  constructor(
    private readonly context: ViewContext,
    private readonly bar: ActionBar
  ) {
    this.section = new DetailSection(context, { key: 'tags', title: context.trans.__('Tags') });
    this.node = this.section.node;
  }

  readonly node: HTMLElement;

  update({ tags, actions }: VersionDetail): void {
    const why = actions.tag?.why ?? null;
    this.node.hidden = tags.length === 0;
    this.section.showCount(String(tags.length));
    this.section.update([tags, why], () => [
      h('ul', { class: 'exo-Tags' }, ...tags.map(tag => this.itemOf(tag, why)))
    ]);
  }

  private itemOf({ name, text }: Tag, why: string | null): HTMLElement {
    const { trans } = this.context;
    const label = trans.__('Remove tag %1', name);
    const remove = button('', () => this.bar.open('tag', removeTagForm(name)), {
      class: 'exo-Icon',
      'aria-label': label,
      title: why ?? label,
      disabled: why !== null
    });
    remove.append(icon('close'));
    return h('li', { class: 'exo-Tag' }, h('span', {}, text), remove);
  }

  private readonly section: DetailSection;
}
