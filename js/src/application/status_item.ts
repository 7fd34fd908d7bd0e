/** The item of the status bar: the registry of the sidebar, and how many versions it has. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import type { RegistryHead, RegistryInfo } from '../registry/types';
import { h } from '../view/dom';
import type { RegistryPanel } from '../widgets/registry_panel';

export class StatusItem extends Widget {
  constructor(
    private readonly panel: RegistryPanel,
    private readonly trans: TranslationBundle,
    show: () => void
  ) {
    super();
    this.addClass('exo-StatusItem');
    this.button.addEventListener('click', show);
    this.node.append(this.button);
    panel.changed.connect(this.onChanged, this);
  }

  /** Emitted when the item becomes active, or no longer is. */
  readonly activeChanged = new Signal<this, void>(this);

  /** Whether a registry is known. */
  isActive = false;

  override dispose(): void {
    this.panel.changed.disconnect(this.onChanged, this);
    super.dispose();
    Signal.clearData(this);
  }

  /** Show a registry until the sidebar is seen. */
  showFirst(registry: RegistryInfo, head: RegistryHead | null): void {
    if (this.panel.view === null && !this.isDisposed) {
      this.render(registry, head);
    }
  }

  private onChanged(): void {
    const store = this.panel.view?.store;
    // A view has no registry before it has listed them; the first one stays until then.
    if (store && (store.registry !== null || store.hasNoRegistry)) {
      this.render(store.registry, store.head);
    }
  }

  private render(registry: RegistryInfo | null, head: RegistryHead | null): void {
    if (registry !== null) {
      this.button.title = this.trans.__('Show the model registry %1', registry.location);
      this.button.textContent =
        head === null ? registry.name : this.countText(head.counts.versions, registry.name);
    }
    if (this.isActive !== (registry !== null)) {
      this.isActive = registry !== null;
      this.activeChanged.emit();
    }
  }

  private countText(versions: number, name: string): string {
    // The same separator as in the head of the view.
    const text = versions.toLocaleString('en');
    return this.trans._n('%2: %3 version', '%2: %3 versions', versions, name, text);
  }

  private readonly button = h('button', { type: 'button', class: 'exo-StatusItem-button' });
}
