/** The state of one view of a registry, read page by page. It sends no request by itself. */
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { Api, Tagged } from './api';
import { ApiError } from './api_error';
import { modelsQuery, versionsQuery } from './old_list_query';
import type {
  AliasState,
  ModelItem,
  Order,
  Page,
  RegistryChooser,
  RegistryInfo,
  StorePreferences,
  VersionItem
} from './old_types';

const MAX_PAGE_SIZE = 500;

export class Store {
  constructor(
    readonly api: Api,
    readonly preferences: StorePreferences,
    private readonly chooseFirst: RegistryChooser
  ) {}

  registries: RegistryInfo[] = [];
  registry: RegistryInfo | null = null;
  models: Page<ModelItem> | null = null;
  /** The versions of each expanded model. */
  readonly expanded = new Map<string, Page<VersionItem>>();
  readonly selected = new Set<string>();
  /** The version that each alias of each listed model points to. */
  readonly aliases = new Map<string, Record<string, number>>();
  query = '';
  order: Order = 'name';
  includeDeleted = false;
  error: unknown = null;

  /** Emitted when anything that is shown changes. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Emitted when the registry was changed, or another one was selected. */
  get revised(): ISignal<this, void> {
    return this._revised;
  }

  /** The metric that models are shown with. */
  get metric(): string | undefined {
    const shown = this.models?.items.find(item => item.metric !== null)?.metric?.name;
    return this.mainMetric || shown;
  }

  get mainMetric(): string {
    return this.preferences.mainMetric;
  }

  /** Check for changes and read them; without any, the server replies without a body. */
  async poll(): Promise<void> {
    await this.preferences.ready;
    if (this.registry === null) {
      await this.listRegistries();
    }
    if (this.registry === null) {
      return;
    }
    const { registry, revision } = this;
    const found = revision === null ? null : await this.readRevision(registry, revision);
    if (this.registry !== registry) {
      return;
    }
    if (found === null || found !== revision) {
      await this.readChanges(registry, found);
      this._revised.emit();
    } else if (this.error instanceof ApiError && this.error.reason === 'network') {
      this.setError(null);
    }
  }

  /** Make the next poll read everything. */
  invalidate(): void {
    this.revision = null;
  }

  /** Read everything. */
  async refresh(): Promise<void> {
    this.invalidate();
    await this.listRegistries();
    await this.poll();
  }

  /** List the registries, and choose one if none is selected. */
  async listRegistries(): Promise<void> {
    await this.preferences.ready;
    try {
      const reply = await this.api.get<{ registries: RegistryInfo[] }>(['registries']);
      this.registries = reply.registries;
    } catch (error) {
      this.setError(error);
      throw error;
    }
    const kept = this.registries.find(({ id }) => id === this.registry?.id);
    this.registry = kept ?? this.chooseFirst(this.registries);
    if (kept === undefined) {
      this.reset();
    }
    this._changed.emit();
  }

  /** Show another registry. */
  async selectRegistry(id: string): Promise<void> {
    this.registry = this.registries.find(registry => registry.id === id) ?? null;
    if (this.registry !== null) {
      this.preferences.remember(this.registry);
    }
    this.reset();
    this._changed.emit();
    await this.poll();
  }

  /** List other models, or in another order. */
  async search(query: string, order: Order, includeDeleted: boolean): Promise<void> {
    this.query = query.trim();
    this.order = order;
    this.includeDeleted = includeDeleted;
    await this.reload(this.preferences.pageSize);
  }

  /** List the next models. */
  loadMore(): Promise<void> {
    const shown = this.models?.items ?? [];
    return this.extend(async signal => {
      const { pageSize } = this.preferences;
      const { value: page } = await this.readModels(shown.length, pageSize, signal);
      return () => {
        this.models = { total: page.total, items: [...shown, ...page.items] };
      };
    });
  }

  /** List the first versions of a model, or the next ones. */
  expand(name: string): Promise<void> {
    const shown = this.expanded.get(name)?.items ?? [];
    return this.extend(async signal => {
      const { pageSize } = this.preferences;
      const page = await this.readVersions(name, shown.length, pageSize, signal);
      return () => {
        this.expanded.set(name, { total: page.total, items: [...shown, ...page.items] });
      };
    });
  }

  /** Hide the versions of a model. */
  collapse(name: string): void {
    this.expanded.delete(name);
    this._changed.emit();
  }

  /** Record where an alias points after a change. */
  recordAlias({ name, alias, version }: AliasState): void {
    const others = Object.entries(this.aliases.get(name) ?? {}).filter(([key]) => key !== alias);
    const current: [string, number][] = version === null ? [] : [[alias, version]];
    this.aliases.set(name, Object.fromEntries([...others, ...current]));
    this._changed.emit();
  }

  /** Select a version for comparison, or deselect it. */
  toggleSelection(modelId: string): void {
    if (!this.selected.delete(modelId)) {
      this.selected.add(modelId);
    }
    this._changed.emit();
  }

  /** Return the path of a route of the selected registry. */
  route(...parts: string[]): string[] {
    return ['registries', this.registry?.id ?? '', ...parts];
  }

  private async readRevision(registry: RegistryInfo, known: string | null): Promise<string> {
    try {
      return await this.api.revision(registry.id, known);
    } catch (error) {
      this.setError(error);
      if (error instanceof ApiError && error.status === 404) {
        await this.listRegistries();
      }
      throw error;
    }
  }

  private async readChanges(registry: RegistryInfo, found: string | null): Promise<void> {
    const read = await this.reload();
    // An invalid filter stays invalid until something changes: it is not sent again at each poll.
    const isRefused = this.error instanceof ApiError && this.error.status === 400;
    const known = read ?? (isRefused ? (found ?? (await this.readRevision(registry, null))) : null);
    if (this.registry === registry) {
      this.revision = known;
    }
  }

  /** Read the listed models and versions again; return their revision, or null after an error. */
  private async reload(limit = this.extentOf(this.models?.items.length)): Promise<string | null> {
    this.reloading.abort();
    this.reloading = new AbortController();
    const { signal } = this.reloading;
    try {
      const { value: page, etag } = await this.readModels(0, limit, signal);
      const expanded = await Promise.all(
        [...this.expanded].map(async ([name, { items }]): Promise<[string, Page<VersionItem>]> => {
          const limit = this.extentOf(items.length);
          return [name, await this.readVersions(name, 0, limit, signal)];
        })
      );
      if (!signal.aborted) {
        this.models = page;
        expanded
          // A model that was collapsed meanwhile stays collapsed.
          .filter(([name]) => this.expanded.has(name))
          .forEach(([name, versions]) => this.expanded.set(name, versions));
        this.setError(null);
        return etag;
      }
    } catch (error) {
      if (!signal.aborted) {
        this.setError(error);
      }
    }
    return null;
  }

  /** Add a page to the list, unless another registry is selected meanwhile. */
  private async extend(read: (signal: AbortSignal) => Promise<() => void>): Promise<void> {
    const { signal } = this.extending;
    try {
      const add = await read(signal);
      add();
      this._changed.emit();
    } catch (error) {
      if (!signal.aborted) {
        throw error;
      }
    }
  }

  private extentOf(shown = 0): number {
    return Math.min(Math.max(shown, this.preferences.pageSize), MAX_PAGE_SIZE);
  }

  private async readModels(
    offset: number,
    limit: number,
    signal: AbortSignal
  ): Promise<Tagged<Page<ModelItem>>> {
    const query = { ...modelsQuery(this), offset, limit };
    const reply = await this.api.getTagged<Page<ModelItem>>(this.route('models'), query, signal);
    reply.value.items.forEach(({ name, aliases }) => this.aliases.set(name, aliases));
    return reply;
  }

  private readVersions(
    name: string,
    offset: number,
    limit: number,
    signal: AbortSignal
  ): Promise<Page<VersionItem>> {
    const query = { ...versionsQuery(name, this), offset, limit };
    return this.api.get(this.route('versions'), query, signal);
  }

  private reset(): void {
    this.reloading.abort();
    this.extending.abort();
    this.extending = new AbortController();
    this.models = null;
    this.expanded.clear();
    this.selected.clear();
    this.aliases.clear();
    this.revision = null;
    this.error = null;
  }

  private setError(error: unknown): void {
    this.error = error;
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _revised = new Signal<this, void>(this);
  private reloading = new AbortController();
  private extending = new AbortController();
  private revision: string | null = null;
}
