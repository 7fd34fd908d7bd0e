/** The contents of one registry as a view shows them, and the requests for its fields. */
import type { Api } from './api';
import { FieldCache } from './field_cache';
import { IndexingWatch } from './indexing_watch';
import { Signal } from './signal';
import type { StoreOptions } from './store_options';
import type { Field, Indexing, ModelPage, RegistryHead, RegistryInfo, VersionPage } from './types';
import type { StateChange, ViewState } from './view_state';
import { initialState } from './view_state';

const DEFAULT_PAGE_SIZE = 25;

export class RegistryState {
  constructor(
    readonly api: Api,
    protected readonly options: StoreOptions = {}
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
  /** The number of the page that `rows` are, from 1. */
  rowsPage = 1;
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

  /** Return the path of a route of the chosen registry. */
  route(...parts: string[]): string[] {
    return ['registries', this.registry?.id ?? '', ...parts];
  }

  /** Return the fields of the chosen registry. */
  fields(): Promise<Field[]> {
    return this.fieldCache.read(this.route('fields'));
  }

  /** Make the next poll read everything. */
  invalidate(): void {
    this.revision = null;
  }

  /** Drop everything about the last registry, and show another one. */
  protected bind(registry: RegistryInfo | null): void {
    this.reading.abort();
    this.reading = new AbortController();
    this.watch.stop();
    this.fieldCache.clear();
    this.expanded.clear();
    this.registry = registry;
    this.head = this.rows = this.error = this.revision = null;
    this.loading = registry !== null;
    this.state.registry = registry?.id ?? null;
  }

  /** Start to read the list; return the signal that is aborted when another reading starts. */
  protected startReading(): AbortSignal {
    this.reading.abort();
    this.reading = new AbortController();
    this.loading = true;
    this.watch.start();
    return this.reading.signal;
  }

  protected endReading(error: unknown): void {
    this.watch.stop();
    this.loading = false;
    this.setError(error);
  }

  protected setError(error: unknown): void {
    this.error = error;
    this.changed.emit();
  }

  private setIndexing(indexing: Indexing | null): void {
    if (indexing !== this.indexing) {
      this.indexing = indexing;
      this.changed.emit();
    }
  }

  protected readonly fieldCache: FieldCache;
  private readonly watch: IndexingWatch;
  protected reading = new AbortController();
  protected revision: string | null = null;
  /** Where a range starts. */
  protected isListed = false;
}
