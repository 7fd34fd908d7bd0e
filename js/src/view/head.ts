/** The head of the view: which registry this is, what it holds, and who may write. */
import type { RegistryInfo } from '../registry/types';
import type { Component } from './component';
import type { ViewContext } from './context';
import { h, replaceIfChanged, setLabel, setText } from './dom';
import { icon } from './icons';

export class Head implements Component {
  constructor(private readonly context: ViewContext) {
    const { store, trans } = context;
    this.chooser = this.createChooser();
    this.refresh = h(
      'button',
      {
        type: 'button',
        class: 'exo-Icon',
        'aria-label': trans.__('Refresh'),
        title: trans.__('Refresh'),
        click: () => this.run(store.refresh())
      },
      icon('refresh')
    );
    this.node = h(
      'div',
      { class: 'exo-Head' },
      h('div', { class: 'exo-Head-row' }, this.name, this.chooser, this.location, this.refresh),
      this.facts
    );
    this.disconnect = store.changed.connect(() => this.render());
    this.render();
  }

  readonly node: HTMLElement;

  dispose(): void {
    this.disconnect();
  }

  private createChooser(): HTMLSelectElement {
    const { store, trans } = this.context;
    return h('select', {
      class: 'exo-Head-chooser jp-mod-styled',
      'aria-label': trans.__('Registry'),
      change: () => store.update({ registry: this.chooser.value }),
      // Registries are added rarely: they are listed again when the user opens the menu.
      focus: () => this.run(store.listRegistries())
    });
  }

  private render(): void {
    const { registry, registries, isFixed, loading } = this.context.store;
    const isChoice = !isFixed && registries.length > 1;
    this.chooser.hidden = !isChoice;
    this.name.hidden = isChoice || registry === null;
    setText(this.name, registry?.name ?? '');
    this.renderLocation(registry);
    replaceIfChanged(this.chooser, registries, () => registries.map(one => this.option(one)));
    this.chooser.value = registry?.id ?? '';
    this.refresh.classList.toggle('exo-mod-busy', loading);
    this.renderFacts();
  }

  private renderLocation(registry: RegistryInfo | null): void {
    const location = registry?.location ?? '';
    this.location.hidden = location === '' || location === registry?.name;
    setText(this.location, location);
    setLabel(this.location, 'title', location);
  }

  private renderFacts(): void {
    const { head } = this.context.store;
    this.facts.hidden = head === null;
    replaceIfChanged(this.facts, head, () =>
      head === null ? [] : [h('span', {}, this.counts()), this.access()]
    );
  }

  private counts(): string {
    const { trans, store } = this.context;
    const { models = 0, versions = 0, deleted = 0 } = store.head?.counts ?? {};
    // The same separator as in the pages of the list and in the texts of Python.
    const text = (count: number) => count.toLocaleString('en');
    const texts = [
      trans._n('%2 model', '%2 models', models, text(models)),
      trans._n('%2 version', '%2 versions', versions, text(versions))
    ];
    const hidden = trans._n('%2 deleted', '%2 deleted', deleted, text(deleted));
    return [...texts, ...(deleted > 0 ? [hidden] : [])].join(', ');
  }

  private access(): HTMLElement {
    const { trans, store } = this.context;
    const { head } = store;
    if (head?.writable === false) {
      return h(
        'span',
        { class: 'exo-Head-access', title: head.why_read_only },
        icon('lock'),
        trans.__('Read-only'),
        head.why_read_only === null
          ? null
          : h('span', { class: 'exo-Head-why' }, ` ${head.why_read_only}`)
      );
    }
    const signer = head?.signer ?? null;
    if (signer === null) {
      return h('span', { class: 'exo-Head-access' }, trans.__('You can write'));
    }
    return h(
      'span',
      { class: 'exo-Head-access', title: signer.fingerprint },
      signer.name === ''
        ? trans.__('You can write, signed with your key')
        : trans.__('You can write, signed as %1', signer.name)
    );
  }

  private option({ id, name, location, writable }: RegistryInfo): HTMLElement {
    const { trans } = this.context;
    const label = location === name ? name : `${name} (${location})`;
    return h('option', { value: id }, writable ? label : trans.__('%1, read-only', label));
  }

  private run(work: Promise<void>): void {
    // The store keeps the error, and the view shows it.
    work.catch(() => undefined);
  }

  private readonly name = h('strong', { class: 'exo-Head-name' });
  private readonly location = h('span', { class: 'exo-Head-location' });
  private readonly facts = h('div', { class: 'exo-Head-facts' });
  private readonly chooser: HTMLSelectElement;
  private readonly refresh: HTMLButtonElement;
  private readonly disconnect: () => void;
}
