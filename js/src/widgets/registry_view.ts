/** A registry: what to look for, the tree of what is found, and one version in detail. */
import { Poll } from '@lumino/polling';
import { Signal } from '@lumino/signaling';
import { Panel, Widget } from '@lumino/widgets';

import { Actions } from '../registry/actions';
import { Api } from '../registry/api';
import { ComparisonView } from './comparison_view';
import { DetailView, Named, Subject, Use } from './version_detail';
import { divider } from '../view/divider';
import { Head } from './search_bar';
import { Preferences } from '../application/preferences';
import { Status } from './status_line';
import { Store } from '../registry/store';
import { Tree } from './model_tree';
import { Chooser, Place, VersionItem } from '../registry/types';

const SLOWEST_MS = 60_000;

/** What a view leaves to the application. */
export interface Outside {
  codeOf(place: Place, version: Subject): string;
  use(view: RegistryView, use: Use, version: Subject): void;
  /** Show versions side by side; false where there is no room for another tab. */
  compare(place: Place, refs: string[]): boolean;
}

export class RegistryView extends Panel {
  constructor(
    api: Api,
    private readonly preferences: Preferences,
    private readonly outside: Outside,
    fixed?: Chooser
  ) {
    super();
    this.addClass('exo-View');
    this.store = new Store(api, preferences, fixed ?? (places => preferences.choose(places)));
    this.head = new Head(this.store, fixed !== undefined);
    this.tree = new Tree(this.store, version => outside.codeOf(this.store.place!, version));
    this.actions = new Actions(this.store, this.status);
    this.addWidget(this.head);
    this.addWidget(this.body);
    this.addWidget(this.status);
    this.body.addClass('exo-Body');
    this.body.addWidget(this.tree);
    this.head.compared.connect(() => this.compare());
    this.tree.chosen.connect((_, version) => this.open(version));
    this.tree.failed.connect((_, error) => this.status.complain(error));
    this.poll = this.follow();
    void preferences.ready.then(() => this.onPreference());
    preferences.changed.connect(this.onPreference, this);
    document.addEventListener('visibilitychange', this.onVisibility);
  }

  readonly store: Store;
  readonly tree: Tree;
  readonly head: Head;
  readonly status = new Status();
  readonly actions: Actions;

  /** Something in the view is now what commands are about. */
  readonly touched = new Signal<this, void>(this);

  /** The version that commands are about. */
  get current(): VersionItem | null {
    return this.tree.current;
  }

  /** The details that are open. */
  get detail(): DetailView | null {
    return this.lower instanceof DetailView ? this.lower : null;
  }

  /** Show a version in detail. */
  open(version: Named): DetailView {
    const detail = new DetailView(this.store, this.actions, version);
    detail.left.connect(() => this.showBelow(null));
    detail.used.connect((_, use) => this.outside.use(this, use, detail.subject));
    this.showBelow(detail);
    return detail;
  }

  /** Show the selected versions side by side. */
  compare(): void {
    const { place, selected } = this.store;
    const refs = [...selected];
    if (place !== null && refs.length > 1 && !this.outside.compare(place, refs)) {
      this.showBelow(new ComparisonView(this.store.api, place.id, refs, () => this.showBelow(null)));
    }
  }

  override dispose(): void {
    document.removeEventListener('visibilitychange', this.onVisibility);
    this.preferences.changed.disconnect(this.onPreference, this);
    this.poll.dispose();
    super.dispose();
  }

  protected override onAfterAttach(): void {
    this.node.addEventListener('focusin', this.onTouch);
    this.node.addEventListener('contextmenu', this.onTouch, true);
    this.wake();
  }

  protected override onAfterShow(): void {
    this.wake();
  }

  protected override onActivateRequest(): void {
    this.head.focusSearch();
  }

  private follow(): Poll {
    return new Poll({
      name: 'exo-nbregistry:follow',
      auto: false,
      factory: () => this.store.look(),
      frequency: { interval: this.interval, backoff: true, max: SLOWEST_MS },
      standby: () => !this.isSeen
    });
  }

  private get interval(): number {
    return 1000 * this.preferences.refreshSeconds;
  }

  private get isSeen(): boolean {
    return this.isVisible && !document.hidden;
  }

  private wake(): void {
    if (this.isSeen && !this.isDisposed) {
      void this.poll.refresh();
    }
  }

  private onPreference(): void {
    if (!this.isDisposed) {
      this.poll.frequency = { ...this.poll.frequency, interval: this.interval };
      this.store.outdate();
      this.wake();
    }
  }

  private showBelow(widget: Widget | null): void {
    const hadFocus = this.lower?.node.contains(document.activeElement);
    this.lower?.dispose();
    this.line.remove();
    this.lower = widget;
    if (widget !== null) {
      this.body.addWidget(widget);
      widget.node.before(this.line);
    } else if (hadFocus) {
      this.tree.node.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
    }
  }

  private readonly onVisibility = () => this.wake();
  private readonly onTouch = () => this.touched.emit();
  private readonly body = new Panel();
  private readonly line: HTMLElement = divider(this.body.node, '--exo-upper');
  private readonly poll: Poll;
  private lower: Widget | null = null;
}

