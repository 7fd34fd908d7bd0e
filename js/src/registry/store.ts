/**
 * The state of one view: changes of the user and of the host, and the requests that follow.
 *
 * It sends requests only when the user or the host calls it. Everything is bound to the chosen
 * registry: a reply for another one is dropped.
 */
import { ApiError } from './api_error';
import type { ListReply } from './list_reader';
import { readExpanded, readList } from './list_reader';
import { RegistryState } from './registry_state';
import { chooseRegistry } from './store_options';
import type { RegistryInfo } from './types';
import type { Orders, StateChange } from './view_state';
import { changesList, effectOf } from './view_state';

export type { StoreOptions, StorePreferences } from './store_options';
export type { StateChange, ViewState } from './view_state';

export class Store extends RegistryState {
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

  /** Select a version: only it, or in addition (or no more). */
  select(ref: string, mode: 'only' | 'toggle'): void {
    const { selected } = this.state;
    const others = selected.filter(one => one !== ref);
    const toggled = others.length < selected.length ? others : [...selected, ref];
    this.update({ selected: mode === 'only' ? [ref] : toggled });
  }

  clearSelection(): void {
    this.update({ selected: [] });
  }

  /** Read the first versions of a model, or the next ones. An error is kept, as one of the list. */
  async expand(name: string): Promise<void> {
    const id = this.registry?.id;
    // A reading of the list, such as after a poll, ends this one, which then starts again.
    let isDone = false;
    while (!isDone && this.registry?.id === id) {
      isDone = await this.readMore(name);
    }
  }

  collapse(name: string): void {
    this.expanded.delete(name);
    this.changed.emit();
  }

  /** Read everything. */
  async refresh(): Promise<void> {
    this.invalidate();
    await this.listRegistries();
    await this.poll();
  }

  /**
   * Check for changes and read them; without any, the reply has no body.
   *
   * Rejects if the server cannot be reached. The error is also kept.
   */
  poll(): Promise<void> {
    if (this.polling === null) {
      const polling = this.pollOnce().finally(() => {
        this.polling = this.polling === polling ? null : this.polling;
      });
      this.polling = polling;
    }
    return this.polling;
  }

  /** List the registries, and choose one if none is chosen or it was removed. */
  async listRegistries(): Promise<void> {
    try {
      await this.options.preferences?.ready;
      const reply = await this.api.get<{ registries: RegistryInfo[] }>(['registries']);
      this.registries = reply.registries;
      this.isListed = true;
    } catch (error) {
      this.setError(error);
      throw error;
    }
    const chosen = chooseRegistry(this.registries, this.options, this.state.registry);
    const isOther = this.state.registry !== null && chosen?.id !== this.state.registry;
    if (isOther) {
      this.update({ registry: chosen?.id ?? null });
    } else if (this.registry === null) {
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

  protected override bind(registry: RegistryInfo | null): void {
    if (this.registry !== null) {
      // The reading of the last registry ends without an effect.
      this.polling = null;
    }
    super.bind(registry);
  }

  private apply(change: StateChange): StateChange {
    const { view, order_by } = this.state;
    const isOtherRegistry = (change.registry ?? this.state.registry) !== this.state.registry;
    this.orders = isOtherRegistry ? {} : { ...this.orders, [view]: order_by };
    const effect = effectOf(this.state, change, this.orders);
    Object.assign(this.state, effect);
    if ('registry' in effect) {
      this.showRegistry(effect.registry ?? null);
    } else if (changesList(effect)) {
      void this.reload(this.head === null ? null : this.revision);
      return effect;
    }
    if (Object.keys(effect).length > 0) {
      this.changed.emit();
    }
    return effect;
  }

  /** Read the next versions of a model; return whether no other reading ended this one. */
  private async readMore(name: string): Promise<boolean> {
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
    return !signal.aborted;
  }

  private showRegistry(id: string | null): void {
    const chosen = this.registries.find(registry => registry.id === id) ?? null;
    this.bind(chosen);
    if (chosen !== null) {
      this.options.preferences?.remember?.(chosen);
      // The store keeps the error, and the view shows it.
      this.poll().catch(() => undefined);
    }
  }

  private async pollOnce(): Promise<void> {
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
      await this.reload(null);
      if (this.registry === registry) {
        this.revised.emit();
      }
    } else if (this.error instanceof ApiError && this.error.reason === 'network') {
      this.setError(null);
    }
  }

  /**
   * Read the head and the list; the old ones are shown until then. With the ETag of the known
   * state, the head is read only if the list has another one.
   */
  private async reload(known: string | null): Promise<void> {
    if (this.registry === null) {
      this.changed.emit();
      return;
    }
    const signal = this.startReading();
    // The request is sent before the view is drawn.
    const reading = readList(this, signal, known);
    this.changed.emit();
    try {
      const reply = await reading;
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
      // The versions of the last page were removed.
      this.update({ page: lastPage });
      return;
    }
    this.head = head ?? this.head;
    this.rows = rows;
    this.rowsPage = this.state.page;
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

  private polling: Promise<void> | null = null;
  private orders: Orders = {};
}
