/** The settings of the extension, and the registry that was selected last. */
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { IStateDB } from '@jupyterlab/statedb';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { RegistryInfo } from '../registry/types';

const LAST_REGISTRY = 'exo-nbregistry:last-registry';
const SHOWN_REGISTRY = 'exo-nbregistry:shown-registry';

export class Preferences {
  constructor() {
    this.ready = new Promise(resolve => {
      this.setReady = resolve;
    });
  }

  defaultRegistry = '';
  mainMetric = '';
  pageSize = 50;
  refreshSeconds = 3;

  /** Resolves once `load` has finished. */
  readonly ready: Promise<void>;

  /** Emitted when a setting changes. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Read the settings of a plugin and the saved state, and follow the settings. */
  async load(
    plugin: string,
    settings: ISettingRegistry | null,
    state: IStateDB | null
  ): Promise<void> {
    this.state = state;
    try {
      const last = await state?.fetch(LAST_REGISTRY);
      this.lastRegistry = typeof last === 'string' ? last : null;
      const shown = await state?.fetch(SHOWN_REGISTRY);
      this.shownRegistry = typeof shown === 'string' ? shown : null;
      const loaded = await settings?.load(plugin);
      if (loaded) {
        this.read(loaded);
        loaded.changed.connect(this.onChanged, this);
      }
    } catch (error) {
      console.warn('Cannot read the settings of the model registry.', error);
    }
    this.setReady();
  }

  /** Choose the registry to show first: the last one, the default one, or the first. */
  choose(registries: readonly RegistryInfo[]): RegistryInfo | null {
    const at = (location: string | null) =>
      registries.find(registry => registry.location === location);
    return at(this.lastRegistry) ?? at(this.defaultRegistry) ?? registries[0] ?? null;
  }

  /** Whether the user saw or selected a registry before, or set a default one. */
  get knowsRegistry(): boolean {
    return this.known.some(Boolean);
  }

  /** Choose the registry to show first; null if the user does not know it yet. */
  chooseKnown(registries: readonly RegistryInfo[]): RegistryInfo | null {
    const found = this.choose(registries);
    return found && this.known.includes(found.location) ? found : null;
  }

  /** Save which registry the user saw, which is not a choice. */
  see({ location }: RegistryInfo): void {
    if (location !== this.shownRegistry) {
      this.shownRegistry = location;
      void this.state?.save(SHOWN_REGISTRY, location);
    }
  }

  /** Save the registry to show first the next time. */
  remember({ location }: RegistryInfo): void {
    this.lastRegistry = location;
    void this.state?.save(LAST_REGISTRY, location);
  }

  private onChanged(settings: ISettingRegistry.ISettings): void {
    this.read(settings);
    this._changed.emit();
  }

  private read({ composite }: ISettingRegistry.ISettings): void {
    this.defaultRegistry = composite.defaultRegistry as string;
    this.mainMetric = composite.mainMetric as string;
    this.pageSize = composite.pageSize as number;
    this.refreshSeconds = composite.refreshSeconds as number;
  }

  private readonly _changed = new Signal<this, void>(this);
  private setReady: () => void = () => undefined;
  private state: IStateDB | null = null;
  private get known(): (string | null)[] {
    return [this.lastRegistry, this.defaultRegistry, this.shownRegistry];
  }

  private lastRegistry: string | null = null;
  private shownRegistry: string | null = null;
}
