/** A view of a registry: the search bar, the tree of models, and the details below or beside it. */
import { Poll } from '@lumino/polling';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';
import { Panel } from '@lumino/widgets';

import { Actions } from '../registry/actions';
import type { Api } from '../registry/api';
import { Store } from '../registry/old_store';
import type {
  RegistryChooser,
  RegistryInfo,
  StorePreferences,
  VersionItem,
  VersionKey,
  VersionSubject
} from '../registry/old_types';
import { divider } from '../view/divider';
import { ComparisonView } from './comparison_view';
import { ModelTree } from './model_tree';
import { SearchBar } from './search_bar';
import { StatusLine } from './status_line';
import type { VersionAction } from './version_detail';
import { VersionDetail } from './version_detail';

const MAX_INTERVAL_MS = 60_000;

/** The preferences of a view; those of the application. */
export interface ViewPreferences extends StorePreferences {
  readonly refreshSeconds: number;
  readonly changed: ISignal<unknown, void>;
  choose(registries: readonly RegistryInfo[]): RegistryInfo | null;
}

/** The calls that a view delegates to the application. */
export interface ViewHost {
  /** Return the code that loads a version. */
  loadingCode(registry: RegistryInfo, version: VersionSubject): string;
  /** Insert the code of a version, copy its reference, or open its notebook. */
  run(view: RegistryView, action: VersionAction, version: VersionSubject): void;
  /** Compare versions in a tab; return false if the application has no tabs. */
  compare(registry: RegistryInfo, refs: string[]): boolean;
}

export class RegistryView extends Panel {
  constructor(
    api: Api,
    private readonly preferences: ViewPreferences,
    private readonly host: ViewHost,
    fixed?: RegistryChooser
  ) {
    super();
    this.addClass('exo-View');
    const choose: RegistryChooser = registries => preferences.choose(registries);
    this.store = new Store(api, preferences, fixed ?? choose);
    this.searchBar = new SearchBar(this.store, fixed !== undefined);
    this.tree = new ModelTree(this.store, version => this.codeOf(version));
    this.actions = new Actions(this.store, this.status);
    this.addWidget(this.searchBar);
    this.addWidget(this.body);
    this.addWidget(this.status);
    this.body.addClass('exo-Body');
    this.body.addWidget(this.tree);
    this.searchBar.compareRequested.connect(this.compare, this);
    this.tree.opened.connect(this.onOpened, this);
    this.tree.failed.connect(this.onFailed, this);
    this.poll = this.makePoll();
    void preferences.ready.then(() => this.onPreferencesChanged());
    preferences.changed.connect(this.onPreferencesChanged, this);
    document.addEventListener('visibilitychange', this.onVisibility);
  }

  readonly store: Store;
  readonly tree: ModelTree;
  readonly searchBar: SearchBar;
  readonly status = new StatusLine();
  readonly actions: Actions;

  /** Emitted when the user works in the view. Commands then apply to this view. */
  readonly touched = new Signal<this, void>(this);

  /** The version of the current row of the tree. */
  get current(): VersionItem | null {
    return this.tree.current;
  }

  /** The open details, if any. */
  get detail(): VersionDetail | null {
    return this.lower instanceof VersionDetail ? this.lower : null;
  }

  /** Open the details of a version. */
  open(version: VersionKey): VersionDetail {
    const detail = new VersionDetail(this.store, this.actions, version);
    detail.closed.connect(this.closeLower, this);
    detail.actionRequested.connect(this.onAction, this);
    this.showLower(detail);
    return detail;
  }

  /** Compare the selected versions. */
  compare(): void {
    const { api, registry, selected } = this.store;
    const refs = [...selected];
    if (registry !== null && refs.length > 1 && !this.host.compare(registry, refs)) {
      this.showLower(new ComparisonView(api, registry.id, refs, () => this.closeLower()));
    }
  }

  override dispose(): void {
    document.removeEventListener('visibilitychange', this.onVisibility);
    this.preferences.changed.disconnect(this.onPreferencesChanged, this);
    this.poll.dispose();
    super.dispose();
  }

  protected override onAfterAttach(): void {
    this.node.addEventListener('focusin', this.onTouch);
    this.node.addEventListener('contextmenu', this.onTouch, true);
    this.pollNow();
  }

  protected override onAfterShow(): void {
    this.pollNow();
  }

  protected override onActivateRequest(): void {
    this.searchBar.focusSearch();
  }

  private makePoll(): Poll {
    return new Poll({
      name: 'exo-nbregistry:follow',
      auto: false,
      factory: () => this.store.poll(),
      frequency: { interval: this.interval, backoff: true, max: MAX_INTERVAL_MS },
      standby: () => !this.isVisibleToUser
    });
  }

  private get interval(): number {
    return 1000 * this.preferences.refreshSeconds;
  }

  private get isVisibleToUser(): boolean {
    return this.isVisible && !document.hidden;
  }

  private pollNow(): void {
    if (this.isVisibleToUser && !this.isDisposed) {
      void this.poll.refresh();
    }
  }

  private onPreferencesChanged(): void {
    if (!this.isDisposed) {
      this.poll.frequency = { ...this.poll.frequency, interval: this.interval };
      this.store.invalidate();
      this.pollNow();
    }
  }

  private onOpened(_: ModelTree, version: VersionItem): void {
    this.open(version);
  }

  private onFailed(_: ModelTree, error: unknown): void {
    this.status.reportError(error);
  }

  private onAction(detail: VersionDetail, action: VersionAction): void {
    this.host.run(this, action, detail.subject);
  }

  private codeOf(version: VersionItem): string {
    const { registry } = this.store;
    return registry === null ? '' : this.host.loadingCode(registry, version);
  }

  private closeLower(): void {
    this.showLower(null);
  }

  private showLower(widget: Widget | null): void {
    const hadFocus = this.lower?.node.contains(document.activeElement);
    this.lower?.dispose();
    this.divider.remove();
    this.lower = widget;
    if (widget !== null) {
      this.body.addWidget(widget);
      widget.node.before(this.divider);
    } else if (hadFocus) {
      this.tree.node.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
    }
  }

  private readonly onVisibility = () => this.pollNow();
  private readonly onTouch = () => this.touched.emit();
  private readonly body = new Panel();
  private readonly divider: HTMLElement = divider(this.body.node, '--exo-upper');
  private readonly poll: Poll;
  private lower: Widget | null = null;
}
