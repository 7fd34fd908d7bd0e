/** What one view of a registry shows, read page by page; it asks nothing by itself. */
import { ISignal, Signal } from '@lumino/signaling';

import { Api, ApiError } from './api';
import { Preferences } from '../application/preferences';
import { ofModels, ofVersions } from './list_query';
import { AliasState, Chooser, ModelItem, Order, Page, Place, VersionItem } from './types';

const LARGEST_PAGE = 500;

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
    await this.preferences.ready;
    if (this.place === null) {
      await this.findPlaces();
    }
    if (this.place === null) {
      return;
    }
    const { place, revision } = this;
    const found = revision === null ? null : await this.readRevision(place, revision);
    if (this.place !== place) {
      return;
    }
    if (found === null || found !== revision) {
      await this.renew(place, found);
      this._revised.emit();
    } else if (this.failure instanceof ApiError && this.failure.reason === 'network') {
      this.fail(null);
    }
  }

  /** Let the next look be as if everything were new. */
  outdate(): void {
    this.revision = null;
  }

  /** Look as if everything were new. */
  async refresh(): Promise<void> {
    this.outdate();
    await this.findPlaces();
    await this.look();
  }

  /** List the registries, and choose one if none is chosen. */
  async findPlaces(): Promise<void> {
    await this.preferences.ready;
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
  more(): Promise<void> {
    const shown = this.models?.items ?? [];
    return this.extend(async signal => {
      const { pageSize } = this.preferences;
      const { page: next } = await this.readModels(shown.length, pageSize, signal);
      return () => {
        this.models = { total: next.total, items: [...shown, ...next.items] };
      };
    });
  }

  /** List the first versions of a model, or the next ones. */
  open(name: string): Promise<void> {
    const shown = this.opened.get(name)?.items ?? [];
    return this.extend(async signal => {
      const { pageSize } = this.preferences;
      const next = await this.readVersions(name, shown.length, pageSize, signal);
      return () => this.opened.set(name, { total: next.total, items: [...shown, ...next.items] });
    });
  }

  /** List the versions of a model no more. */
  close(name: string): void {
    this.opened.delete(name);
    this._changed.emit();
  }

  /** Take note of where an alias points now. */
  noteAlias({ name, alias, version }: AliasState): void {
    const { [alias]: _, ...others } = this.aliases.get(name) ?? {};
    this.aliases.set(name, version === null ? others : { ...others, [alias]: version });
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

  private async readRevision(place: Place, known: string | null): Promise<string> {
    try {
      return await this.api.revision(place.id, known);
    } catch (error) {
      this.fail(error);
      await this.forgetGone(error);
      throw error;
    }
  }

  /** Read all that is shown; a filter that is none stays so until something changes. */
  private async renew(place: Place, found: string | null): Promise<void> {
    const read = await this.reload();
    const isRefused = this.failure instanceof ApiError && this.failure.status === 400;
    const known = read ?? (isRefused ? (found ?? (await this.readRevision(place, null))) : null);
    if (this.place === place) {
      this.revision = known;
    }
  }

  /** Read the models and the versions that are listed; return the revision they are of. */
  private async reload(
    limit = this.extent(this.models?.items.length)
  ): Promise<string | null> {
    this.reloading.abort();
    this.reloading = new AbortController();
    const { signal } = this.reloading;
    try {
      const { page: models, revision } = await this.readModels(0, limit, signal);
      const opened = await Promise.all(
        [...this.opened].map(([name, page]) => this.readAgain(name, page, signal))
      );
      if (!signal.aborted) {
        this.models = models;
        // What was folded meanwhile stays so.
        opened
          .filter(([name]) => this.opened.has(name))
          .forEach(([name, page]) => this.opened.set(name, page));
        this.fail(null);
        return revision;
      }
    } catch (error) {
      if (!signal.aborted) {
        this.fail(error);
      }
    }
    return null;
  }

  /** Add a page to what is shown, unless another registry was chosen meanwhile. */
  private async extend(read: (signal: AbortSignal) => Promise<() => void>): Promise<void> {
    const { signal } = this.showing;
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

  private async readAgain(
    name: string,
    page: Page<VersionItem>,
    signal: AbortSignal
  ): Promise<[string, Page<VersionItem>]> {
    return [name, await this.readVersions(name, 0, this.extent(page.items.length), signal)];
  }

  private extent(shown = 0): number {
    return Math.min(Math.max(shown, this.preferences.pageSize), LARGEST_PAGE);
  }

  private async readModels(
    offset: number,
    limit: number,
    signal: AbortSignal
  ): Promise<{ page: Page<ModelItem>; revision: string | null }> {
    const query = { ...ofModels(this), offset, limit };
    const read = await this.api.getMarked<Page<ModelItem>>(this.route('models'), query, signal);
    read.value.items.forEach(({ name, aliases }) => this.aliases.set(name, aliases));
    return { page: read.value, revision: read.mark };
  }

  private readVersions(
    name: string,
    offset: number,
    limit: number,
    signal: AbortSignal
  ): Promise<Page<VersionItem>> {
    const query = { ...ofVersions(name, this), offset, limit };
    return this.api.get(this.route('versions'), query, signal);
  }

  private async forgetGone(error: unknown): Promise<void> {
    if (error instanceof ApiError && error.status === 404) {
      await this.findPlaces();
    }
  }

  private forget(): void {
    this.reloading.abort();
    this.showing.abort();
    this.showing = new AbortController();
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
  private reloading = new AbortController();
  private showing = new AbortController();
  private revision: string | null = null;
}
