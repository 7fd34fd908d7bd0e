/** The sections of the version detail that change a version: aliases, tags, notes, deletion. */
import type { Actions } from '../registry/actions';
import type { Store } from '../registry/old_store';
import type { Metadata, Note, VersionKey } from '../registry/old_types';
import { confirmButton } from './confirm_button';
import { button, h, iconButton, replaceIfChanged } from './dom';
import { formatTime, formatValue } from './format';
import { badge } from './rows';
import { lineForm, section } from './section';
import { parseTag } from './tag_text';

export class VersionEditor {
  constructor(
    private readonly store: Store,
    private readonly actions: Actions,
    private readonly shown: VersionKey
  ) {
    const { name, version } = shown;
    const setAlias = (text: string) => this.setAlias(text.replace(/^@/, ''));
    const addNote = (text: string) => actions.note(name, version, text);
    this.sections = [
      section('Aliases', true, this.aliases, lineForm('Alias name', 'Set alias', setAlias)),
      section(
        'Tags',
        false,
        this.tags,
        lineForm('Tag or tag=value', 'Add tag', text => this.addTag(text))
      ),
      section('Notes', false, this.notes, lineForm('Add a note (permanent)', 'Add note', addNote))
    ];
  }

  readonly sections: HTMLElement[];
  readonly deletion = h('div', { class: 'exo-Buttons exo-Detail-end' });

  /** Show the metadata of the version. */
  update(metadata: Metadata): void {
    const { tags, notes, status } = metadata;
    this.currentTags = tags;
    this.status = status;
    this.updateAliases();
    replaceIfChanged(this.tags, tags, () =>
      Object.entries(tags).map(([tag, value]) => this.tagItem(tag, value))
    );
    replaceIfChanged(this.notes, notes, () => notes.map(noteItem));
  }

  /** Show the aliases of the model. */
  updateAliases(): void {
    const aliases = Object.entries(this.store.aliases.get(this.shown.name) ?? {}).sort();
    replaceIfChanged(this.aliases, aliases, () =>
      aliases.map(([alias, at]) => this.aliasItem(alias, at))
    );
    this.updateDeletion();
  }

  private updateDeletion(): void {
    if (this.status === '') {
      return;
    }
    const { name, version } = this.shown;
    const here = Object.entries(this.store.aliases.get(name) ?? {})
      .filter(([, at]) => at === version)
      .map(([alias]) => `@${alias}`)
      .sort();
    const left = here.length === 0 ? '' : ` ${here.join(' and ')} cannot be loaded then.`;
    replaceIfChanged(this.deletion, [this.status, left], () => [
      this.status === 'active'
        ? confirmButton(
            'Delete',
            `Delete ${name}:${version}?${left}`,
            () => void this.actions.delete(name, version)
          )
        : button('Restore', () => void this.actions.restore(name, version))
    ]);
  }

  private aliasItem(alias: string, at: number): HTMLElement {
    const { name, version } = this.shown;
    const { actions } = this;
    const move = () => void actions.setAlias(name, alias, version, at);
    const rollBack = () => void actions.rollBack(name, alias, at);
    const remove = () => void actions.removeAlias(name, alias, at);
    const question = `Move @${alias} from version ${at} to ${version}?`;
    return h(
      'li',
      {},
      badge(`@${alias}`),
      at === version ? ' this version ' : ` version ${at} `,
      at === version ? '' : confirmButton('Move here', question, move),
      confirmButton('Roll back', `Roll back @${alias} to its previous version?`, rollBack),
      confirmButton('Remove', `Remove @${alias}?`, remove)
    );
  }

  private tagItem(tag: string, value: unknown): HTMLElement {
    const { name, version } = this.shown;
    const remove = () => void this.actions.untag(name, version, tag, value);
    return h(
      'li',
      {},
      badge(value === true ? tag : `${tag} = ${formatValue(value)}`),
      iconButton('×', `Remove tag ${tag}`, remove)
    );
  }

  private setAlias(alias: string): Promise<void> {
    const { name, version } = this.shown;
    const at = this.store.aliases.get(name)?.[alias] ?? null;
    return this.actions.setAlias(name, alias, version, at);
  }

  private addTag(text: string): Promise<void> {
    const { name, version } = this.shown;
    const [tag, value] = parseTag(text);
    return this.actions.tag(name, version, tag, value, this.currentTags[tag]);
  }

  private readonly aliases = h('ul', { class: 'exo-List' });
  private readonly tags = h('ul', { class: 'exo-List' });
  private readonly notes = h('ul', { class: 'exo-List' });
  private currentTags: Record<string, unknown> = {};
  private status = '';
}

function noteItem({ text, author, created_at }: Note): HTMLElement {
  const details = `${author}, ${formatTime(created_at)}`;
  return h('li', {}, text, h('div', { class: 'exo-mod-secondary' }, details));
}
