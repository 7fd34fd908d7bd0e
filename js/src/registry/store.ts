/**
 * The state of one view, and what it shows of one registry.
 *
 * It sends requests only when the user or the host calls it. Everything is bound to the chosen
 * registry: a reply for another one is dropped.
 */
import type { Api } from './api';
import { ApiError } from './api_error';
import { FieldCache } from './field_cache';
import { IndexingWatch } from './indexing_watch';
import type { ListReply } from './list_reader';
import { readExpanded, readList } from './list_reader';
import type { SelectionMode } from './selection';
import { rangeOf, selectionAfter, shownRefs } from './selection';
import { Signal } from './signal';
import type { StoreOptions } from './store_options';
import { chooseRegistry } from './store_options';
import type { Field, Indexing, ModelPage, RegistryHead, RegistryInfo, VersionPage } from './types';
import type { StateChange, ViewState } from './view_state';
import { changesList, effectOf, initialState } from './view_state';

export type { StoreOptions, StorePreferences } from './store_options';
export type { StateChange, ViewState } from './view_state';

const DEFAULT_PAGE_SIZE = 25;

export class Store {
  constructor(
    readonly api: Api,
    private readonly options: StoreOptions = {}
  ) {
    this.state = initialState(options.state);
    this.fieldCache = new FieldCache(api);
    const route = () => this.route('indexing');
    this.watch = new IndexingWatch(api, route, indexing => this.setIndexing(indexing));
  }

  readonly state: ViewState;
  /** Emitted when anything that is shown changes. */
  readonly changed = new Signal();
  /** Emitted when the registry was changed, or another one was chosen. */
  readonly revised = new Signal();
  /** Emitted with the changes of the state that the user made. */
  readonly stateChanged = new Signal<StateChange>();

  registries: RegistryInfo[] = [];
  registry: RegistryInfo | null = null;
  head: RegistryHead | null = null;
  /** The list; items have a `model_id` if they are versions. */
  rows: VersionPage | ModelPage | null = null;
  /** The versions of each expanded model. */
  readonly expanded = new Map<string, VersionPage>();
  /** Whether the list is being read; the old rows stay until it is there. */
  loading = false;
  indexing: Indexing | null = null;
  error: unknown = null;

  get pageSize(): number {
    const { preferences, pageSize } = this.options;
    return preferences?.pageSize ?? pageSize ?? DEFAULT_PAGE_SIZE;
  }

  get mainMetric(): string {
    return this.options.preferences?.mainMetric ?? '';
  }

  /** Whether the view shows one registry only. */
  get isFixed(): boolean {
    return this.options.fixedRegistry !== undefined;
  }

  /** Whether the registries were listed, and there is none to show. */
  get hasNoRegistry(): boolean {
    return this.isListed && this.registry === null;
  }

  /** Apply a change by the user: read what it requires, and announce it. */
  update(change: StateChange): void {
    const effect = this.apply(change);
    if (Object.keys(effect).length > 0) {
      this.stateChanged.emit(effect);
    }
  }

  /** Apply a change from the outside, such as of a trait, without announcing it. */
  receive(change: StateChange): void {
    this.apply(change);
  }

  /** Select a version: only it, in addition (or no more), or all from the last one to it. */
  select(ref: string, mode: SelectionMode): void {
    const range = rangeOf(shownRefs(this), this.anchor, ref);
    if (mode !== 'range') {
      this.anchor = ref;
    }
    this.update({ selected: selectionAfter(this.state.selected, ref, mode, range) });
  }

  clearSelection(): void {
    this.update({ selected: [] });
  }

  /** Read the first versions of a model, or the next ones. An error is kept, as one of the list. */
  async expand(name: string): Promise<void> {
    const shown = this.expanded.get(name)?.items ?? [];
    const { signal } = this.reading;
    try {
      const page = await readExpanded(this, name, shown.length, this.pageSize, signal);
      if (!signal.aborted) {
        this.expanded.set(name, { ...page, items: [...shown, ...page.items] });
        this.changed.emit();
      }
    } catch (error) {
      this.keepError(error, signal);
    }
  }

  collapse(name: string): void {
    this.expanded.delete(name);
    this.changed.emit();
  }

  /** Return the path of a route of the chosen registry. */
  route(...parts: string[]): string[] {
    return ['registries', this.registry?.id ?? '', ...parts];
  }

  /** Return the fields of the chosen registry. */
  fields(): Promise<Field[]> {
    return this.fieldCache.read(this.route('fields'));
  }

  /** Read everything. */
  async refresh(): Promise<void> {
    this.invalidate();
    await this.listRegistries();
    await this.poll();
  }

  /** Make the next poll read everything. */
  invalidate(): void {
    this.revision = null;
  }

  /** Check for changes and read them; without any, the reply has no body. Rejects on failure. */
  async poll(): Promise<void> {
    await this.options.preferences?.ready;
    if (this.registry === null) {
      await this.listRegistries();
    }
    const { registry, revision } = this;
    if (registry === null) {
      return;
    }
    const found = revision === null ? null : await this.readRevision(registry, revision);
    if (this.registry !== registry) {
      return;
    }
    if (found === null || found !== revision) {
      this.fieldCache.clear();
      await this.reload();
      this.revised.emit();
    } else if (isNetworkError(this.error)) {
      this.setError(null);
    }
  }

  /** List the registries, and choose one if none is chosen or it is gone. */
  async listRegistries(): Promise<void> {
    await this.options.preferences?.ready;
    try {
      const reply = await this.api.get<{ registries: RegistryInfo[] }>(['registries']);
      this.registries = reply.registries;
      this.isListed = true;
    } catch (error) {
      this.setError(error);
      throw error;
    }
    const chosen = chooseRegistry(this.registries, this.options, this.state.registry);
    if (chosen === null || chosen.id !== this.registry?.id) {
      this.bind(chosen);
    }
    this.registry = chosen;
    this.changed.emit();
  }

  dispose(): void {
    this.bind(null);
    this.changed.clear();
    this.revised.clear();
    this.stateChanged.clear();
  }

  private apply(change: StateChange): StateChange {
    const effect = effectOf(this.state, change);
    Object.assign(this.state, effect);
    if ('registry' in effect) {
      const chosen = this.registries.find(({ id }) => id === effect.registry) ?? null;
      this.bind(chosen);
      if (chosen !== null) {
        this.options.preferences?.remember?.(chosen);
      }
      this.poll().catch(() => undefined);
    } else if (changesList(effect)) {
      void this.reload();
    }
    if (Object.keys(effect).length > 0) {
      this.changed.emit();
    }
    return effect;
  }

  /** Forget all that is known of the last registry, and show another one. */
  private bind(registry: RegistryInfo | null): void {
    this.reading.abort();
    this.reading = new AbortController();
    this.watch.stop();
    this.expanded.clear();
    this.registry = registry;
    this.fieldCache.clear();
    this.head = this.rows = this.error = this.revision = this.anchor = null;
    this.loading = registry !== null;
    this.state.registry = registry?.id ?? null;
  }

  /** Read the head and the list; the old ones are shown until then. */
  private async reload(): Promise<void> {
    if (this.registry === null) {
      return;
    }
    this.reading.abort();
    this.reading = new AbortController();
    const { signal } = this.reading;
    this.loading = true;
    this.watch.start();
    this.changed.emit();
    try {
      const reply = await readList(this, signal);
      if (!signal.aborted) {
        this.show(reply);
      }
    } catch (error) {
      this.keepError(error, signal);
    }
  }

  private show({ head, rows, expanded, etag }: ListReply): void {
    const lastPage = Math.max(1, Math.ceil(rows.total / this.pageSize));
    if (rows.items.length === 0 && this.state.page > lastPage) {
      // The last page is gone.
      this.update({ page: lastPage });
      return;
    }
    this.head = head;
    this.rows = rows;
    // A model that was collapsed meanwhile stays collapsed.
    const kept = expanded.filter(([name]) => this.expanded.has(name));
    kept.forEach(([name, versions]) => this.expanded.set(name, versions));
    this.revision = etag;
    this.endReading(null);
  }

  private keepError(error: unknown, signal: AbortSignal): void {
    if (!signal.aborted) {
      // An invalid filter stays invalid until something changes: a poll does not send it again.
      const isInvalid = error instanceof ApiError && error.status === 400;
      this.revision = isInvalid ? this.revision : null;
      this.endReading(error);
    }
  }

  private endReading(error: unknown): void {
    this.watch.stop();
    this.loading = false;
    this.setError(error);
  }

  private async readRevision(registry: RegistryInfo, known: string): Promise<string> {
    try {
      return await this.api.revision(registry.id, known);
    } catch (error) {
      if (this.registry === registry) {
        this.setError(error);
        if (error instanceof ApiError && error.status === 404) {
          await this.listRegistries();
        }
      }
      throw error;
    }
  }

  private setIndexing(indexing: Indexing | null): void {
    if (indexing !== this.indexing) {
      this.indexing = indexing;
      this.changed.emit();
    }
  }

  private setError(error: unknown): void {
    this.error = error;
    this.changed.emit();
  }

  private readonly fieldCache: FieldCache;
  private readonly watch: IndexingWatch;
  private reading = new AbortController();
  private revision: string | null = null;
  private anchor: string | null = null;
  private isListed = false;
}

function isNetworkError(error: unknown): boolean {
  return error instanceof ApiError && error.reason === 'network';
}
