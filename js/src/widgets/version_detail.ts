/** All that is known of one version, with what can be done to it. */
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import { Actions } from '../registry/actions';
import { sentence } from '../registry/api';
import { Curation } from '../view/version_editor';
import { button, h, renew } from '../view/dom';
import { History } from '../view/history';
import { Pictures } from '../view/plots';
import { facts, section } from '../view/section';
import { Store } from '../registry/store';
import { Detail, Metadata, VersionItem } from '../registry/types';
import { instant, number, tell } from '../view/format';

const TRUST = {
  yours: 'signed by you',
  trusted: 'signed by somebody you trust',
  stranger: 'signed by a stranger',
  unsigned: 'not signed'
};

export type Named = Pick<VersionItem, 'name' | 'version'>;
export type Subject = Named & Pick<VersionItem, 'model_id' | 'aliases'>;

/** What can be done with a version outside of the registry. */
export type Use = 'insert' | 'copy' | 'notebook';

export class DetailView extends Widget {
  constructor(
    private readonly store: Store,
    actions: Actions,
    readonly shown: Named
  ) {
    super({ node: h('div', { class: 'exo-Detail', role: 'region' }) });
    const { name, version } = shown;
    this.pictures = new Pictures(store.api, store.place!.id, kind =>
      kind === 'metric' ? [name] : [`${name}:${version}`]
    );
    this.curation = new Curation(store, actions, shown);
    this.history = new History(store, name);
    this.node.setAttribute('aria-label', `${name}:${version}`);
    this.build();
    store.revised.connect(this.refresh, this);
    store.changed.connect(this.onChange, this);
    void this.refresh();
  }

  /** The version is to be used. */
  readonly used = new Signal<this, Use>(this);

  /** The view is to be closed. */
  readonly left = new Signal<this, void>(this);

  /** The version as commands take it. */
  get subject(): Subject {
    const aliases = this.detail?.metadata.aliases ?? [];
    return { ...this.shown, aliases, model_id: this.title_ };
  }

  /** Unfold the history, and go there. */
  showHistory(): void {
    this.history.node.open = true;
    this.history.node.querySelector('summary')?.focus();
  }

  override dispose(): void {
    this.store.revised.disconnect(this.refresh, this);
    this.store.changed.disconnect(this.onChange, this);
    this.pictures.dispose();
    super.dispose();
  }

  private onChange(): void {
    this.curation.tellAliases();
  }

  private async refresh(): Promise<void> {
    const { name, version } = this.shown;
    try {
      const route = this.store.route('models', name, 'versions', String(version));
      this.detail = await this.store.api.get<Detail>(route);
    } catch (error) {
      this.head.replaceChildren(h('p', { class: 'exo-mod-error' }, `⚠ ${sentence(error)}`));
      return;
    }
    if (!this.isDisposed) {
      this.tell(this.detail);
    }
  }

  private build(): void {
    const close = button('×', () => this.left.emit(), {
      class: 'exo-Icon',
      'aria-label': 'Close the details'
    });
    this.node.append(
      h('div', { class: 'exo-Detail-title' }, h('h3', {}, this.title_), close),
      this.head,
      h(
        'div',
        { class: 'exo-Buttons' },
        button('Insert code', () => this.used.emit('insert')),
        button('Copy reference', () => this.used.emit('copy')),
        this.notebook
      ),
      section('Metrics', true, this.metrics, this.pictures.node),
      ...this.curation.sections,
      section('Hyperparameters', false, this.parameters),
      section('Provenance', false, this.provenance),
      this.history.node,
      this.curation.end
    );
  }

  private tell(detail: Detail): void {
    const { metadata } = detail;
    const { notebook, cell_number } = metadata.provenance;
    this.head.replaceChildren(
      h('p', { class: 'exo-mod-quiet' }, headline(metadata), '; ', TRUST[detail.trust]),
      metadata.description ? h('p', {}, metadata.description) : ''
    );
    this.notebook.hidden = notebook === null;
    this.notebook.title = `${notebook}, cell ${cell_number ?? '?'}`;
    const { metrics, hyperparameters } = metadata;
    renew(this.metrics, metrics, () => [
      facts(rowsOf(metrics, number), 'No metrics were recorded.')
    ]);
    renew(this.parameters, hyperparameters, () => [facts(rowsOf(hyperparameters, tell), 'None.')]);
    renew(this.provenance, metadata.artifact, () => provenanceOf(metadata));
    this.pictures.offer(detail.plots);
    this.curation.tell(metadata);
    this.history.refresh();
  }

  private get title_(): string {
    return `${this.shown.name}:${this.shown.version}`;
  }

  private detail: Detail | null = null;
  private readonly head = h('div', { class: 'exo-Detail-head' });
  private readonly metrics = h('div');
  private readonly parameters = h('div');
  private readonly provenance = h('div');
  private readonly notebook = button('Open notebook', () => this.used.emit('notebook'));
  private readonly pictures: Pictures;
  private readonly curation: Curation;
  private readonly history: History;
}

function headline(metadata: Metadata): string {
  const state = metadata.status === 'active' ? '' : ` (${metadata.status})`;
  return `${metadata.algorithm}, ${instant(metadata.created_at)}${state}`;
}

function rowsOf(
  values: Record<string, unknown>,
  read: (value: unknown) => string
): [string, string][] {
  return Object.entries(values).map(([name, value]) => [name, read(value)]);
}

function provenanceOf(metadata: Metadata): Node[] {
  const { notebook, cell_number, cell_source, git_commit, git_dirty, user, host } =
    metadata.provenance;
  const rows: [string, unknown][] = [
    ['notebook', notebook],
    ['cell', cell_number],
    ['commit', git_commit && git_commit.slice(0, 12) + (git_dirty ? ', with changes' : '')],
    ['by', [user, host].filter(Boolean).join('@')],
    ['data', metadata.training_dataset],
    ['training samples', metadata.training_samples],
    ['test samples', metadata.test_samples],
    ['parent', metadata.parent],
    ...nested(metadata.artifact, ['format', 'size_bytes', 'sha256']),
    ...nested(metadata.environment, ['python', 'platform', 'packages'])
  ];
  const known = rows.filter(([, value]) => value !== null && value !== undefined && value !== '');
  const table = facts(
    known.map(([name, value]) => [name, tell(value)]),
    'Nothing is known.'
  );
  return cell_source === null ? [table] : [table, h('pre', { tabindex: 0 }, cell_source)];
}

function nested(part: unknown, names: string[]): [string, unknown][] {
  const values = (part ?? {}) as Record<string, unknown>;
  return names.map(name => [name.replace('_', ' '), values[name]]);
}
