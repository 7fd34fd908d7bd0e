/** What one view of a registry shows, read page by page; it asks nothing by itself. */
import { ISignal, Signal } from '@lumino/signaling';

import { Api, ApiError } from './api';
import { Preferences } from './preferences';
import { ModelItem, Page, Place, VersionItem } from './types';

const LARGEST_PAGE = 500;

export type Order = 'name' | '-registered_at' | '-versions' | '-metric' | 'metric';

/** Which registry to begin with. */
export type Chooser = (places: readonly Place[]) => Place | null;

export class Store {
  constructor(
    readonly api: Api,
    readonly preferences: Preferences,
    private readonly first: Chooser
  ) {}

  places: Place[] = [];
  place: Place | null = null;
  models: Page<ModelItem> | null = null;
  readonly opened = new Map<string, Page<VersionItem>>();
  readonly selected = new Set<string>();
  /** Where the aliases of each model that was listed point. */
  readonly aliases = new Map<string, Record<string, number>>();
  query = '';
  order: Order = 'name';
  deleted = false;
  failure: unknown = null;

  /** Something that is shown is different. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The registry was changed by somebody, or another one was chosen. */
  get revised(): ISignal<this, void> {
    return this._revised;
  }

  /** The metric that the models are told by. */
  get metric(): string | undefined {
    const shown = this.models?.items.find(item => item.metric !== null)?.metric?.name;
    return this.preferences.mainMetric || shown;
  }

  /** Look whether anything is new; without a change this costs one empty reply. */
  async look(): Promise<void> {
    if (this.place === null) {
      await this.findPlaces();
    }
    if (this.place === null) {
      return;
    }
    const known = this.revision;
    try {
      this.revision = await this.api.revision(this.place.id, known);
    } catch (error) {
      this.fail(error);
      await this.forgetGone(error);
      throw error;
    }
    if (known === null || this.revision !== known) {
      await this.reload();
      this._revised.emit();
    } else if (this.failure instanceof ApiError && this.failure.reason === 'network') {
      this.fail(null);
    }
  }

  /** Look as if everything were new. */
  async refresh(): Promise<void> {
    this.revision = null;
    await this.findPlaces();
    await this.look();
  }

  /** List the registries, and choose one if none is chosen. */
  async findPlaces(): Promise<void> {
    try {
      this.places = (await this.api.get<{ registries: Place[] }>(['registries'])).registries;
    } catch (error) {
      this.fail(error);
      throw error;
    }
    const kept = this.places.find(place => place.id === this.place?.id);
    this.place = kept ?? this.first(this.places);
    if (kept === undefined) {
      this.forget();
    }
    this._changed.emit();
  }

  /** Show another registry. */
  async choose(id: string): Promise<void> {
    this.place = this.places.find(place => place.id === id) ?? null;
    if (this.place !== null) {
      this.preferences.remember(this.place);
    }
    this.forget();
    this._changed.emit();
    await this.look();
  }

  /** List other models, or in another order. */
  async search(query: string, order: Order, deleted: boolean): Promise<void> {
    this.query = query.trim();
    this.order = order;
    this.deleted = deleted;
    await this.reload(this.preferences.pageSize);
  }

  /** List the next models. */
  async more(): Promise<void> {
    const shown = this.models?.items ?? [];
    const next = await this.readModels(shown.length, this.preferences.pageSize);
    this.models = { total: next.total, items: [...shown, ...next.items] };
    this._changed.emit();
  }

  /** List the first versions of a model. */
  async open(name: string): Promise<void> {
    this.opened.set(name, await this.readVersions(name, 0, this.preferences.pageSize));
    this._changed.emit();
  }

  /** List the next versions of a model. */
  async moreVersions(name: string): Promise<void> {
    const shown = this.opened.get(name)?.items ?? [];
    const next = await this.readVersions(name, shown.length, this.preferences.pageSize);
    this.opened.set(name, { total: next.total, items: [...shown, ...next.items] });
    this._changed.emit();
  }

  /** List the versions of a model no more. */
  close(name: string): void {
    this.opened.delete(name);
    this._changed.emit();
  }

  /** Take a version into the comparison, or out of it. */
  toggle(modelId: string): void {
    if (!this.selected.delete(modelId)) {
      this.selected.add(modelId);
    }
    this._changed.emit();
  }

  /** The path of a route about the registry. */
  route(...parts: string[]): string[] {
    return ['registries', this.place?.id ?? '', ...parts];
  }

  private async reload(limit = this.extent(this.models?.items.length)): Promise<void> {
    this.pending.abort();
    this.pending = new AbortController();
    const { signal } = this.pending;
    try {
      const models = await this.readModels(0, limit);
      const opened = await Promise.all(
        [...this.opened].map(([name, page]) => this.readAgain(name, page))
      );
      if (!signal.aborted) {
        this.models = models;
        opened.forEach(([name, page]) => this.opened.set(name, page));
        this.fail(null);
      }
    } catch (error) {
      if (!signal.aborted) {
        this.fail(error);
      }
    }
  }

  private async readAgain(
    name: string,
    page: Page<VersionItem>
  ): Promise<[string, Page<VersionItem>]> {
    return [name, await this.readVersions(name, 0, this.extent(page.items.length))];
  }

  private extent(shown = 0): number {
    return Math.min(Math.max(shown, this.preferences.pageSize), LARGEST_PAGE);
  }

  private async readModels(offset: number, limit: number): Promise<Page<ModelItem>> {
    const metric = this.metric;
    const byMetric = this.order.endsWith('metric');
    const query = {
      q: this.query,
      order_by: byMetric && metric === undefined ? 'name' : this.order,
      metric: byMetric ? metric : this.preferences.mainMetric,
      offset,
      limit
    };
    const { signal } = this.pending;
    const page = await this.api.get<Page<ModelItem>>(this.route('models'), query, signal);
    page.items.forEach(({ name, aliases }) => this.aliases.set(name, aliases));
    return page;
  }

  private readVersions(name: string, offset: number, limit: number): Promise<Page<VersionItem>> {
    const query = {
      name,
      where: this.query,
      order_by: '-version',
      include_deleted: this.deleted,
      offset,
      limit
    };
    return this.api.get(this.route('versions'), query, this.pending.signal);
  }

  private async forgetGone(error: unknown): Promise<void> {
    if (error instanceof ApiError && error.status === 404) {
      await this.findPlaces();
    }
  }

  private forget(): void {
    this.models = null;
    this.opened.clear();
    this.selected.clear();
    this.aliases.clear();
    this.revision = null;
    this.failure = null;
  }

  private fail(error: unknown): void {
    this.failure = error;
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _revised = new Signal<this, void>(this);
  private pending = new AbortController();
  private revision: string | null = null;
}
