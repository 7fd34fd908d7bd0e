/** The details of one version, and the actions on it. */
import { errorMessage } from '../../registry/api_error';
import type { VersionDetail as Detail } from '../../registry/types';
import { ActionBar } from '../actions/action_bar';
import { parseRef, subjectsOf } from '../actions/subject';
import type { Component } from '../component';
import type { ViewContext } from '../context';
import { button, errorText, h, replaceIfChanged, setLabel } from '../dom';
import { markdown } from '../markdown';
import { AttachmentsPart } from './attachments';
import { CardPart } from './card';
import { FactsPart } from './facts';
import { HistoryPart } from './history';
import { HyperparametersPart } from './hyperparameters';
import { LineagePart } from './lineage';
import { MetricsPart } from './metrics';
import type { DetailPart } from './part';
import { ProvenancePart } from './provenance';
import { SignaturePart } from './signature';
import { TagsPart } from './tags';
import { DetailTitle } from './title';
import { UsagePart } from './usage';

export class VersionDetail implements Component {
  constructor(
    private readonly context: ViewContext,
    readonly ref: string
  ) {
    const { store } = context;
    const { name, version } = parseRef(ref);
    setLabel(this.node, 'aria-label', context.trans.__('Details of %1', ref));
    this.title = new DetailTitle(context);
    this.actions = new ActionBar(context, [ref]);
    this.parts = [
      new MetricsPart(context, name, ref),
      new UsagePart(context),
      new CardPart(context),
      new TagsPart(context, this.actions),
      new HyperparametersPart(context),
      new LineagePart(context),
      new SignaturePart(context),
      new FactsPart(context),
      new AttachmentsPart(context, name, version),
      new ProvenancePart(context),
      new HistoryPart(context, name, version)
    ];
    this.body.append(
      this.title.node,
      this.actions.node,
      this.description,
      ...this.parts.map(part => part.node)
    );
    this.body.hidden = true;
    this.node.append(this.status, this.body);
    this.disconnects = [
      store.revised.connect(() => void this.load()),
      store.changed.connect(() => this.onChanged())
    ];
    void this.load();
  }

  readonly node = h('section', { class: 'exo-Detail' });

  dispose(): void {
    this.reading.abort();
    this.disconnects.forEach(disconnect => disconnect());
    this.actions.dispose();
    this.parts.forEach(part => part.dispose?.());
    this.node.remove();
  }

  /** A version that is selected from the start is read when its registry is known. */
  private onChanged(): void {
    if (this.registry === null && this.context.store.registry !== null) {
      void this.load();
    }
  }

  private async load(): Promise<void> {
    const { api, host, store } = this.context;
    const registry = store.registry?.id ?? null;
    this.reading.abort();
    const reading = (this.reading = new AbortController());
    this.showLoading();
    // Of another registry, the view closes the details.
    if (registry === null || (this.registry !== null && registry !== this.registry)) {
      return;
    }
    this.registry = registry;
    const { name, version } = parseRef(this.ref);
    const route = store.route('models', name, 'versions', String(version));
    const query = { notebook: host.notebookPath?.() ?? undefined };
    try {
      const detail = await api.get<Detail>(route, query, reading.signal);
      if (!reading.signal.aborted && store.registry?.id === registry) {
        this.show(detail);
      }
    } catch (error) {
      if (!reading.signal.aborted) {
        this.showError(error);
      }
    }
  }

  private showLoading(): void {
    const { trans } = this.context;
    this.node.setAttribute('aria-busy', 'true');
    if (this.body.hidden) {
      const text = trans.__('Loading %1…', this.ref);
      this.status.replaceChildren(h('p', { class: 'exo-Loading', role: 'status' }, text));
    }
  }

  private showError(error: unknown): void {
    const retry = button(this.context.trans.__('Retry'), () => void this.load());
    const message = errorText(errorMessage(error));
    message.setAttribute('role', 'alert');
    this.node.removeAttribute('aria-busy');
    this.status.replaceChildren(message, retry);
  }

  private show(detail: Detail): void {
    const { trans } = this.context;
    this.node.removeAttribute('aria-busy');
    this.status.replaceChildren();
    this.title.update(detail);
    replaceIfChanged(this.description, detail.description, () =>
      detail.description ? [markdown(detail.description, trans)] : []
    );
    this.body.hidden = false;
    this.actions.update(subjectsOf(detail));
    this.parts.forEach(part => part.update(detail));
  }

  private readonly title: DetailTitle;
  private readonly actions: ActionBar;
  private readonly parts: DetailPart[];
  private readonly status = h('div', { class: 'exo-Detail-status' });
  private readonly body = h('div', { class: 'exo-Detail-body' });
  private readonly description = h('div', { class: 'exo-Detail-description' });
  private readonly disconnects: (() => void)[];
  private registry: string | null = null;
  private reading = new AbortController();
}
