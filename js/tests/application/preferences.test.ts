import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { IStateDB } from '@jupyterlab/statedb';
import { Signal } from '@lumino/signaling';
import { expect, test, vi } from 'vitest';

import { Preferences } from '../../src/application/preferences';
import { REGISTRY } from '../samples';

const OTHER = { ...REGISTRY, id: 'r2', location: 'other' };
const DEFAULTS = { defaultRegistry: '', mainMetric: '', pageSize: 50, refreshSeconds: 3 };

class FakeSettings {
  composite = DEFAULTS;
  readonly changed = new Signal<this, void>(this);
  readonly registry = { load: () => Promise.resolve(this) } as unknown as ISettingRegistry;

  set(changes: Partial<typeof DEFAULTS>): this {
    this.composite = { ...this.composite, ...changes };
    this.changed.emit();
    return this;
  }
}

function stateWith(last: unknown): IStateDB {
  return {
    fetch: () => Promise.resolve(last),
    save: vi.fn(() => Promise.resolve())
  } as unknown as IStateDB;
}

test('is ready only after the settings are read', async () => {
  const preferences = new Preferences();
  const ready = vi.fn();
  void preferences.ready.then(ready);
  await Promise.resolve();
  expect(ready).not.toHaveBeenCalled();
  await preferences.load('plugin', new FakeSettings().set({ pageSize: 10 }).registry, null);
  expect(ready).toHaveBeenCalledTimes(1);
  expect(preferences.pageSize).toBe(10);
});

test('has defaults where the application has no settings', async () => {
  const preferences = new Preferences();
  await preferences.load('plugin', null, null);
  expect(preferences).toMatchObject(DEFAULTS);
});

test('is ready, with defaults, if the settings cannot be read', async () => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue();
  const preferences = new Preferences();
  const load = () => Promise.reject(new Error('broken'));
  await preferences.load('plugin', { load } as unknown as ISettingRegistry, null);
  await preferences.ready;
  expect(preferences).toMatchObject(DEFAULTS);
  expect(warn).toHaveBeenCalledTimes(1);
});

test.each([
  ['nothing', {}, '', null, false],
  ['the last registry', { last: 'other' }, '', 'r2', true],
  ['the default registry', {}, 'models/registry', 'r1', true],
  ['the registry that was shown', { shown: 'models/registry' }, '', 'r1', true],
  ['the default rather than the shown registry', { shown: 'models/registry' }, 'other', 'r2', true],
  ['a registry that was removed', { last: 'gone' }, 'gone too', null, true]
])('knows %s', async (_, saved: Record<string, string>, defaultRegistry, chosen, isKnown) => {
  const preferences = new Preferences();
  const settings = new FakeSettings().set({ defaultRegistry });
  const fetch = (key: string) => Promise.resolve(saved[/:(\w+)-/.exec(key)?.[1] ?? '']);
  const state = { fetch } as unknown as IStateDB;
  await preferences.load('plugin', settings.registry, state);
  expect(preferences.knowsRegistry).toBe(isKnown);
  expect(preferences.chooseKnown([REGISTRY, OTHER])?.id ?? null).toBe(chosen);
});

test('saves a shown registry once, and keeps the default registry', async () => {
  const state = stateWith(null);
  const preferences = new Preferences();
  const settings = new FakeSettings().set({ defaultRegistry: 'other' });
  await preferences.load('plugin', settings.registry, state);
  preferences.see(REGISTRY);
  preferences.see(REGISTRY);
  expect(vi.mocked(state.save).mock.calls).toHaveLength(1);
  expect(preferences.choose([REGISTRY, OTHER])?.id).toBe('r2');
});

test('emits a signal when a setting changes', async () => {
  const settings = new FakeSettings();
  const preferences = new Preferences();
  await preferences.load('plugin', settings.registry, null);
  const changed = vi.fn();
  preferences.changed.connect(changed);
  settings.set({ mainMetric: 'recall' });
  expect(changed).toHaveBeenCalledTimes(1);
  expect(preferences.mainMetric).toBe('recall');
});

test('chooses the first registry, or none', () => {
  expect(new Preferences().choose([REGISTRY, OTHER])).toBe(REGISTRY);
  expect(new Preferences().choose([])).toBeNull();
});

test('chooses the default registry before the first one', async () => {
  const preferences = new Preferences();
  const settings = new FakeSettings().set({ defaultRegistry: 'other' });
  await preferences.load('plugin', settings.registry, null);
  expect(preferences.choose([REGISTRY, OTHER])).toBe(OTHER);
});

test('chooses the last registry before the default one', async () => {
  const preferences = new Preferences();
  const settings = new FakeSettings().set({ defaultRegistry: REGISTRY.location });
  await preferences.load('plugin', settings.registry, stateWith('other'));
  expect(preferences.choose([REGISTRY, OTHER])).toBe(OTHER);
});

test('saves the registry that was selected last', async () => {
  const state = stateWith(undefined);
  const preferences = new Preferences();
  await preferences.load('plugin', null, state);
  preferences.remember(OTHER);
  expect(state.save).toHaveBeenCalledWith('exo-nbregistry:last-registry', 'other');
  expect(preferences.choose([REGISTRY, OTHER])).toBe(OTHER);
});
