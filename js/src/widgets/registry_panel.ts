/** A widget that holds the view of a registry: in the sidebar, in a tab, or as a document. */
import type { Message } from '@lumino/messaging';
import { Poll } from '@lumino/polling';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import { Panel, Widget } from '@lumino/widgets';

import type { RegistryView } from '../view/registry_view';

const MAX_INTERVAL_MS = 60_000;
const EVENTS = ['focusin', 'contextmenu', 'dragstart'];

/** The connection of a panel to the application. */
export interface PanelOptions {
  /** Create the view. It is called when the user sees the panel for the first time. */
  createView(): RegistryView;
  /** Return the code that a version becomes when it is dragged into a cell. */
  codeOf(panel: RegistryPanel, ref: string): string | null;
  readonly preferences: {
    readonly refreshSeconds: number;
    readonly changed: ISignal<unknown, void>;
  };
}

export class RegistryPanel extends Panel {
  constructor(private readonly options: PanelOptions) {
    super();
    this.addClass('exo-RegistryPanel');
    this.poll = new Poll({
      name: 'exo-nbregistry:follow',
      auto: false,
      factory: () => this.view?.store.poll() ?? Promise.resolve(),
      frequency: { interval: this.interval, backoff: true, max: MAX_INTERVAL_MS },
      standby: () => !this.isVisibleToUser
    });
    options.preferences.changed.connect(this.onPreferencesChanged, this);
    document.addEventListener('visibilitychange', this.onVisibility);
  }

  /** The view, or null before the panel is seen for the first time. */
  view: RegistryView | null = null;

  /** Emitted when anything that the view shows changes. */
  readonly changed = new Signal<this, void>(this);

  /** Emitted when the user works in the panel. Commands then apply to it. */
  readonly touched = new Signal<this, void>(this);

  /** The version that commands apply to: the one of the current row, or the only selected one. */
  get current(): string | null {
    const selected = this.view?.store.state.selected ?? [];
    if (this.row?.isConnected) {
      return this.row.dataset.ref ?? null;
    }
    return selected.length === 1 ? (selected[0] ?? null) : null;
  }

  /** Handle the focus and the pointer. */
  handleEvent(event: Event): void {
    const row = event.target instanceof Element ? event.target.closest('[data-ref]') : null;
    if (event.type === 'dragstart') {
      this.onDrag(event as DragEvent, row);
    } else {
      this.row = row instanceof HTMLElement ? row : null;
      this.touched.emit();
    }
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    document.removeEventListener('visibilitychange', this.onVisibility);
    this.options.preferences.changed.disconnect(this.onPreferencesChanged, this);
    this.poll.dispose();
    this.view?.dispose();
    super.dispose();
    Signal.clearData(this);
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    EVENTS.forEach(type => this.node.addEventListener(type, this, true));
    this.onVisibility();
  }

  protected override onBeforeDetach(message: Message): void {
    EVENTS.forEach(type => this.node.removeEventListener(type, this, true));
    super.onBeforeDetach(message);
  }

  protected override onAfterShow(): void {
    this.onVisibility();
  }

  protected override onAfterHide(): void {
    this.onVisibility();
  }

  protected override onActivateRequest(): void {
    this.view?.focus();
  }

  private get interval(): number {
    return 1000 * this.options.preferences.refreshSeconds;
  }

  private get isVisibleToUser(): boolean {
    return !this.isDisposed && this.isVisible && !document.hidden;
  }

  private start(): RegistryView {
    const view = this.options.createView();
    view.store.changed.connect(() => this.changed.emit());
    this.addWidget(new Widget({ node: view.node }));
    return view;
  }

  private onDrag(event: DragEvent, row: Element | null): void {
    const ref = row instanceof HTMLElement ? row.dataset.ref : undefined;
    const code = ref === undefined ? null : this.options.codeOf(this, ref);
    if (code !== null && event.dataTransfer) {
      event.dataTransfer.effectAllowed = 'copy';
      event.dataTransfer.setData('text/plain', code);
    }
  }

  private onPreferencesChanged(): void {
    this.poll.frequency = { ...this.poll.frequency, interval: this.interval };
    this.view?.store.invalidate();
    this.onVisibility();
  }

  private readonly onVisibility = () => {
    if (!this.isVisibleToUser) {
      this.view?.pause();
      return;
    }
    // Both read the changes at once; the poll reads the next ones.
    if (this.view === null) {
      this.view = this.start();
    } else {
      this.view.resume();
    }
    void this.poll.schedule({ phase: 'started', interval: this.interval });
  };

  private readonly poll: Poll;
  private row: HTMLElement | null = null;
}
