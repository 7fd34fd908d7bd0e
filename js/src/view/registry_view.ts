/** The view of a registry: head, search, list, and the details of what is selected. */
import { Api } from '../registry/api';
import { apiTexts } from './api_texts';
import type { Primed } from '../registry/primed';
import { primedTransport } from '../registry/primed';
import type { StoreOptions } from '../registry/store';
import { Store } from '../registry/store';
import type { Transport } from '../transport/transport';
import type { Component } from './component';
import type { ViewContext } from './context';
import { h } from './dom';
import { EmptyState } from './empty_state';
import { keepFocus } from './focus';
import { Head } from './head';
import type { Host } from './host';
import { keepKeys } from './keyboard';
import { Layout } from './layout';
import { VersionList } from './list/version_list';
import { Pane } from './pane';
import { paneContent } from './pane_content';
import { Search } from './search';
import { Status } from './status';

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
    const api = new Api(
      primed ? primedTransport(transport, primed) : transport,
      apiTexts(host.trans)
    );
    const { trans } = host;
    this.store = new Store(api, options);
    const status = new Status(trans);
    this.context = { api, store: this.store, host, trans, status, memory: new Map() };
    this.search = new Search(this.context);
    this.list = new VersionList(this.context);
    const head = new Head(this.context);
    const empty = new EmptyState(this.context);
    const pane = new Pane(this.context, paneContent, () => this.list.focus());
    this.layout = new Layout([this.list.node, empty.node], pane.node, trans);
    this.parts = [head, this.search, status, empty, this.list, pane];
    const content = h(
      'div',
      { class: 'exo-View-content' },
      head.node,
      this.search.node,
      status.node,
      this.layout.node
    );
    this.node = h('div', { class: `exo-View exo-mod-${host.face}` }, content);
    this.releaseFocus = keepFocus(content, () => this.list.focus());
    // Before the list, which takes other characters as the start of a name.
    this.node.addEventListener('keydown', event => this.onKey(event), true);
    // In an output, the focus is in a notebook, whose shortcuts are single keys.
    this.releaseKeys = host.face === 'notebook' ? keepKeys(this.node) : () => undefined;
    this.store.changed.connect(() => this.render());
    this.render();
    // The host can pause the view first, such as a hidden sidebar.
    void Promise.resolve().then(() => this.poll());
  }

  readonly node: HTMLElement;
  readonly store: Store;
  readonly context: ViewContext;

  /** Move the focus to the search field. */
  focus(): void {
    this.search.focus();
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
    this.releaseKeys();
    this.releaseFocus();
    this.parts.forEach(part => part.dispose());
    this.store.dispose();
    this.node.remove();
  }

  private render(): void {
    const { registry, state } = this.store;
    this.layout.isOpen = registry !== null && state.selected.length > 0;
    this.list.node.hidden = registry === null;
  }

  private onKey(event: KeyboardEvent): void {
    const { target } = event;
    const isText = target instanceof Element && target.matches('input, textarea, select');
    if (event.key === '/' && !isText && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      event.stopPropagation();
      this.focus();
    }
  }

  private poll(): void {
    if (!this.isPaused) {
      // The store keeps the error, and the view shows it.
      this.store.poll().catch(() => undefined);
    }
  }

  private readonly search: Search;
  private readonly list: VersionList;
  private readonly layout: Layout;
  private readonly parts: Component[];
  private readonly releaseKeys: () => void;
  private readonly releaseFocus: () => void;
  private isPaused = false;
}
