/** The settings of the extension, and the registry that was selected last. */
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { IStateDB } from '@jupyterlab/statedb';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { RegistryInfo } from '../registry/types';

const LAST_REGISTRY = 'exo-nbregistry:last-registry';

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

  /** Whether the user selected a registry before, or set a default one. */
  get hasChoice(): boolean {
    return Boolean(this.lastRegistry) || this.defaultRegistry !== '';
  }

  /** Choose the last registry or the default one; null if neither exists. */
  chosen(registries: readonly RegistryInfo[]): RegistryInfo | null {
    const found = this.choose(registries);
    const isFirst = found?.location !== this.lastRegistry;
    return isFirst && found?.location !== this.defaultRegistry ? null : found;
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
  private lastRegistry: string | null = null;
}
