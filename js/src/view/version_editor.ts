/** The parts of the detail view that change a version: aliases, tags, notes, its end. */
import { Actions } from '../registry/actions';
import { confirming } from './confirm_button';
import { button, h, renew } from './dom';
import { lineForm, section } from './section';
import { Store } from '../registry/store';
import { Metadata, Note, VersionItem } from '../registry/types';
import { instant, tell } from './format';

type Named = Pick<VersionItem, 'name' | 'version'>;

export class Curation {
  constructor(
    private readonly store: Store,
    private readonly actions: Actions,
    private readonly shown: Named
  ) {
    const { name, version } = shown;
    this.sections = [
      section(
        'Aliases',
        true,
        this.aliases,
        lineForm('Alias for this version', 'Set', alias => this.set(alias.replace(/^@/, '')))
      ),
      section(
        'Tags',
        false,
        this.tags,
        lineForm('Tag, or tag=value', 'Add', text => this.tag(text))
      ),
      section(
        'Notes',
        false,
        this.notes,
        lineForm('Note, which stays', 'Add', text => actions.note(name, version, text))
      )
    ];
  }

  readonly sections: HTMLElement[];
  readonly end = h('div', { class: 'exo-Buttons exo-Detail-end' });

  /** Show a version's state. */
  tell(metadata: Metadata): void {
    const { name, version } = this.shown;
    const { tags, notes, status } = metadata;
    this.known = tags;
    this.tellAliases();
    renew(this.tags, tags, () =>
      Object.entries(tags).map(([tag, value]) => this.tagLine(tag, value))
    );
    renew(this.notes, notes, () => notes.map(noteLine));
    const title = `${name}:${version}`;
    renew(this.end, status, () => [
      status === 'active'
        ? confirming('Delete', `Delete ${title}?`, () => void this.actions.delete(name, version))
        : button(`Restore ${title}`, () => void this.actions.restore(name, version))
    ]);
  }

  /** Show where the aliases of the model point. */
  tellAliases(): void {
    const aliases = Object.entries(this.store.aliases.get(this.shown.name) ?? {}).sort();
    renew(this.aliases, aliases, () => aliases.map(([alias, at]) => this.aliasLine(alias, at)));
  }

  private aliasLine(alias: string, at: number): HTMLElement {
    const { name, version } = this.shown;
    const { actions } = this;
    const move = () => void actions.setAlias(name, alias, version, at);
    const back = () => void actions.rollBack(name, alias, at);
    const remove = () => void actions.removeAlias(name, alias, at);
    const question = `Move @${alias} from version ${at} to ${version}?`;
    return h(
      'li',
      {},
      h('span', { class: 'exo-Badge' }, `@${alias}`),
      at === version ? ' this version ' : ` version ${at} `,
      at === version ? '' : confirming('Move here', question, move),
      confirming('Roll back', `Point @${alias} back to where it was before?`, back),
      confirming('Remove', `Let @${alias} point nowhere?`, remove)
    );
  }

  private tagLine(tag: string, value: unknown): HTMLElement {
    const { name, version } = this.shown;
    const remove = () => void this.actions.untag(name, version, tag, value);
    const label = `Remove the tag ${tag}`;
    return h(
      'li',
      {},
      h('span', { class: 'exo-Badge' }, value === true ? tag : `${tag} = ${tell(value)}`),
      button('×', remove, { class: 'exo-Icon', 'aria-label': label, title: label })
    );
  }

  private set(alias: string): Promise<void> {
    const { name, version } = this.shown;
    const at = this.store.aliases.get(name)?.[alias] ?? null;
    return this.actions.setAlias(name, alias, version, at);
  }

  private tag(text: string): Promise<void> {
    const { name, version } = this.shown;
    const [tag, value] = parsed(text);
    return this.actions.tag(name, version, tag, value, this.known[tag]);
  }

  private readonly aliases = h('ul', { class: 'exo-List' });
  private readonly tags = h('ul', { class: 'exo-List' });
  private readonly notes = h('ul', { class: 'exo-List' });
  private known: Record<string, unknown> = {};
}

function noteLine({ text, author, created_at }: Note): HTMLElement {
  const under = `${author}, ${instant(created_at)}`;
  return h('li', {}, text, h('div', { class: 'exo-mod-quiet' }, under));
}

/** A tag as it was typed: a bare one is true, `a=1` a number, `a=b` a text. */
function parsed(text: string): [string, unknown] {
  const at = text.indexOf('=');
  if (at < 0) {
    return [text, true];
  }
  const value = text.slice(at + 1).trim();
  const plain = value === 'true' ? true : value === 'false' ? false : Number(value);
  return [text.slice(0, at).trim(), value === '' || Number.isNaN(plain) ? value : plain];
}
