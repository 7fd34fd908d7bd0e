/** The settings of the extension, and the registry that was shown last. */
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { ISignal, Signal } from '@lumino/signaling';

import { Place } from '../registry/types';

const LAST = 'exo-nbregistry:last-registry';

export class Preferences {
  defaultRegistry = '';
  mainMetric = '';
  pageSize = 50;
  refreshSeconds = 3;

  /** A setting is different. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Resolves when the settings and what was remembered have been read. */
  readonly ready = new Promise<void>(resolve => {
    this.announce = resolve;
  });

  /** Follow the settings of a plugin, and read what was remembered. */
  async follow(
    id: string,
    settings: ISettingRegistry | null,
    state: IStateDB | null
  ): Promise<void> {
    this.state = state;
    try {
      const last = await state?.fetch(LAST);
      this.last = typeof last === 'string' ? last : null;
      const loaded = await settings?.load(id);
      if (loaded) {
        this.read(loaded);
        loaded.changed.connect(this.onChange, this);
      }
    } catch (error) {
      console.warn('The settings of the model registry could not be read.', error);
    }
    this.announce();
  }

  /** Choose the registry to begin with: the last one, the default one, or the first. */
  choose(places: readonly Place[]): Place | null {
    const at = (location: string | null) => places.find(place => place.location === location);
    return at(this.last) ?? at(this.defaultRegistry) ?? places[0] ?? null;
  }

  /** Begin with a registry the next time. */
  remember(place: Place): void {
    this.last = place.location;
    void this.state?.save(LAST, place.location);
  }

  private onChange(settings: ISettingRegistry.ISettings): void {
    this.read(settings);
    this._changed.emit();
  }

  private read(settings: ISettingRegistry.ISettings): void {
    const { defaultRegistry, mainMetric, pageSize, refreshSeconds } = settings.composite;
    this.defaultRegistry = String(defaultRegistry);
    this.mainMetric = String(mainMetric);
    this.pageSize = Number(pageSize);
    this.refreshSeconds = Number(refreshSeconds);
  }

  private readonly _changed = new Signal<this, void>(this);
  private announce!: () => void;
  private state: IStateDB | null = null;
  private last: string | null = null;
}
