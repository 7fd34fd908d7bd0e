/** The item of the status bar: the registry of the sidebar, and how many versions it has. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

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

  /** Whether the sidebar shows a registry. */
  isActive = false;

  override dispose(): void {
    this.panel.changed.disconnect(this.onChanged, this);
    super.dispose();
    Signal.clearData(this);
  }

  private onChanged(): void {
    const { head = null, registry = null } = this.panel.view?.store ?? {};
    if (registry !== null) {
      this.button.title = this.trans.__('Show the model registry %1', registry.location);
      this.button.textContent =
        head === null
          ? registry.name
          : this.trans._n('%2: %1 version', '%2: %1 versions', head.counts.versions, registry.name);
    }
    if (this.isActive !== (registry !== null)) {
      this.isActive = registry !== null;
      this.activeChanged.emit();
    }
  }

  private readonly button = h('button', { type: 'button', class: 'exo-StatusItem-button' });
}
