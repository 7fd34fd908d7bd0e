/** The details of one version, and the actions on it. */
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import type { Actions } from '../registry/actions';
import { errorMessage } from '../registry/api_error';
import type { Store } from '../registry/old_store';
import type { Detail, Metadata, VersionKey, VersionSubject } from '../registry/old_types';
import { button, errorText, h, iconButton, replaceIfChanged } from '../view/dom';
import { formatMetric, formatTime, formatValue } from '../view/format';
import { History } from '../view/history';
import { Plots } from '../view/plots';
import { provenanceNodes } from '../view/provenance';
import { keyValueTable, section } from '../view/section';
import { VersionEditor } from '../view/version_editor';

const TRUST: Record<Detail['trust'], string> = {
  yours: 'signed by you',
  trusted: 'signed by a trusted signer',
  stranger: 'signed by an unknown signer', // prose: ok, a value of the REST API
  unsigned: 'not signed'
};

/** An action of the application on a version. */
export type VersionAction = 'insert' | 'copy' | 'notebook';

export class VersionDetail extends Widget {
  constructor(
    private readonly store: Store,
    actions: Actions,
    readonly shown: VersionKey
  ) {
    super({ node: h('div', { class: 'exo-Detail', role: 'region' }) });
    const { name } = shown;
    const registry = store.registry?.id ?? '';
    this.plots = new Plots(store.api, registry, kind => [kind === 'metric' ? name : this.modelId]);
    this.editor = new VersionEditor(store, actions, shown);
    this.history = new History(store, name);
    this.node.setAttribute('aria-label', this.modelId);
    this.build();
    store.revised.connect(this.onRevised, this);
    store.changed.connect(this.onChanged, this);
    void this.load();
  }

  /** Emitted when the user asks to use the version. */
  readonly actionRequested = new Signal<this, VersionAction>(this);

  /** Emitted when the user closes the details. */
  readonly closed = new Signal<this, void>(this);

  /** The version as commands need it. */
  get subject(): VersionSubject {
    const aliases = this.detail?.metadata.aliases ?? [];
    return { ...this.shown, aliases, model_id: this.modelId };
  }

  /** Expand the history and move the focus to it. */
  showHistory(): void {
    this.history.node.open = true;
    this.history.node.querySelector('summary')?.focus();
  }

  override dispose(): void {
    this.store.revised.disconnect(this.onRevised, this);
    this.store.changed.disconnect(this.onChanged, this);
    this.plots.dispose();
    super.dispose();
  }

  private onRevised(): void {
    void this.load();
  }

  private onChanged(): void {
    this.editor.updateAliases();
  }

  private async load(): Promise<void> {
    const { name, version } = this.shown;
    try {
      const route = this.store.route('models', name, 'versions', String(version));
      this.detail = await this.store.api.get<Detail>(route);
    } catch (error) {
      this.summary.replaceChildren(errorText(errorMessage(error)));
      return;
    }
    if (!this.isDisposed) {
      this.display(this.detail);
    }
  }

  private build(): void {
    this.node.append(
      h(
        'div',
        { class: 'exo-Detail-title' },
        h('h3', {}, this.modelId),
        iconButton('×', 'Close details', () => this.closed.emit())
      ),
      this.summary,
      h(
        'div',
        { class: 'exo-Buttons' },
        button('Insert code', () => this.actionRequested.emit('insert')),
        button('Copy reference', () => this.actionRequested.emit('copy')),
        this.notebook
      ),
      section('Metrics', true, this.metrics, this.plots.node),
      ...this.editor.sections,
      section('Hyperparameters', false, this.hyperparameters),
      this.passed,
      section('Provenance', false, this.provenance),
      this.history.node,
      this.editor.deletion
    );
  }

  private display({ metadata, metric_titles: titles, sections, trust, plots }: Detail): void {
    const { description, metrics, hyperparameters, provenance } = metadata;
    this.summary.replaceChildren(
      h('p', { class: 'exo-mod-secondary' }, `${headline(metadata)}; ${TRUST[trust]}`),
      description ? h('p', {}, description) : ''
    );
    this.notebook.hidden = provenance.notebook === null;
    this.notebook.title = `${provenance.notebook}, cell ${provenance.cell_number ?? '?'}`;
    replaceIfChanged(this.metrics, [titles, metrics], () => [
      keyValueTable(
        Object.entries(titles).map(([name, title]) => [title, formatMetric(metrics[name])]),
        'No metrics.'
      )
    ]);
    replaceIfChanged(this.hyperparameters, hyperparameters, () => [
      keyValueTable(rowsOf(hyperparameters, formatValue), 'No hyperparameters.')
    ]);
    replaceIfChanged(this.passed, sections ?? [], () =>
      (sections ?? []).map(({ title, rows }) => section(title, false, keyValueTable(rows, '')))
    );
    replaceIfChanged(this.provenance, metadata.artifact, () => provenanceNodes(metadata));
    this.plots.offer(plots);
    this.editor.update(metadata);
    this.history.refresh();
  }

  private get modelId(): string {
    return `${this.shown.name}:${this.shown.version}`;
  }

  private detail: Detail | null = null;
  private readonly summary = h('div', { class: 'exo-Detail-summary' });
  private readonly metrics = h('div');
  private readonly hyperparameters = h('div');
  private readonly passed = h('div');
  private readonly provenance = h('div');
  private readonly notebook = button('Open notebook', () => this.actionRequested.emit('notebook'));
  private readonly plots: Plots;
  private readonly editor: VersionEditor;
  private readonly history: History;
}

function headline({ algorithm, created_at, status }: Metadata): string {
  const state = status === 'active' ? '' : ` (${status})`;
  return `${algorithm}, ${formatTime(created_at)}${state}`;
}

function rowsOf(
  values: Record<string, unknown>,
  format: (value: unknown) => string
): [string, string][] {
  return Object.entries(values).map(([name, value]) => [name, format(value)]);
}
