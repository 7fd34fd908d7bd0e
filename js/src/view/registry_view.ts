/** The view of a registry: head, search, list, and the details of what is selected. */
import { Api } from '../registry/api';
import type { Primed } from '../registry/primed';
import { primedTransport } from '../registry/primed';
import type { StoreOptions } from '../registry/store';
import { Store } from '../registry/store';
import type { Transport } from '../transport/transport';
import type { Component } from './component';
import { h } from './dom';
import type { Host } from './host';

export interface ViewOptions extends StoreOptions {
  primed?: Primed;
}

export class RegistryView implements Component {
  constructor(
    transport: Transport,
    readonly host: Host,
    options: ViewOptions = {}
  ) {
    const { primed } = options;
    this.store = new Store(
      new Api(primed ? primedTransport(transport, primed) : transport),
      options
    );
    // The host can pause the view first, such as a hidden sidebar.
    void Promise.resolve().then(() => this.poll());
  }

  readonly node = h('div', { class: 'exo-View' });
  readonly store: Store;

  /** Move the focus to the search field. */
  focus(): void {
    this.node.focus();
  }

  /** Send no requests while the view is hidden. */
  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    this.poll();
  }

  dispose(): void {
    this.isPaused = true;
    this.store.dispose();
    this.node.remove();
  }

  private poll(): void {
    if (!this.isPaused) {
      // The store keeps the error, and the view shows it.
      this.store.poll().catch(() => undefined);
    }
  }

  private isPaused = false;
}
