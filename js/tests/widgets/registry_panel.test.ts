import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { RegistryPanel } from '../../src/widgets/registry_panel';
import { settle } from '../fake_server';
import { FakeView } from '../fake_view';

class FakePreferences {
  refreshSeconds = 3;
  readonly changed = new Signal<this, void>(this);
}

let fake: FakeView;
let preferences: FakePreferences;
let createView: ReturnType<typeof vi.fn<() => FakeView['view']>>;
let panel: RegistryPanel;

beforeEach(() => {
  fake = new FakeView();
  preferences = new FakePreferences();
  createView = vi.fn(() => fake.view);
  panel = new RegistryPanel({
    createView,
    codeOf: (_, ref) => `load(${ref})`,
    preferences
  });
});

afterEach(() => {
  panel.dispose();
});

/** Attach the panel to the page. */
async function show(): Promise<void> {
  Widget.attach(panel, document.body);
  await settle();
}

function dragged(row: HTMLElement): { setData: ReturnType<typeof vi.fn>; effectAllowed: string } {
  const dataTransfer = { setData: vi.fn(), effectAllowed: 'none' };
  row.dispatchEvent(Object.assign(new Event('dragstart', { bubbles: true }), { dataTransfer }));
  return dataTransfer;
}

test('creates the view when it is seen for the first time', async () => {
  panel.hide();
  await show();
  expect(createView).not.toHaveBeenCalled();
  panel.show();
  expect(panel.node.contains(fake.node)).toBe(true);
  panel.hide();
  panel.show();
  expect(createView).toHaveBeenCalledTimes(1);
});

test('pauses the view while it is hidden', async () => {
  await show();
  fake.pause.mockClear();
  panel.hide();
  expect(fake.pause).toHaveBeenCalledTimes(1);
  fake.resume.mockClear();
  panel.show();
  expect(fake.resume).toHaveBeenCalledTimes(1);
});

test('pauses the view while the page is hidden', async () => {
  await show();
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
  fake.pause.mockClear();
  document.dispatchEvent(new Event('visibilitychange'));
  expect(fake.pause).toHaveBeenCalledTimes(1);
});

test('reads changes from time to time while it is seen', async () => {
  preferences.refreshSeconds = 0.02;
  preferences.changed.emit();
  await show();
  await vi.waitFor(() => expect(fake.store.poll).toHaveBeenCalled());
  panel.hide();
  await new Promise(resolve => setTimeout(resolve, 50));
  fake.store.poll.mockClear();
  await new Promise(resolve => setTimeout(resolve, 100));
  expect(fake.store.poll).not.toHaveBeenCalled();
});

test('reads everything again after a setting changed', async () => {
  await show();
  preferences.changed.emit();
  expect(fake.store.invalidate).toHaveBeenCalledTimes(1);
  expect(fake.resume).toHaveBeenCalledTimes(1);
});

test('commands apply to the row that the user works in, otherwise to the selected one', async () => {
  await show();
  const touched = vi.fn();
  panel.touched.connect(touched);
  expect(panel.current).toBeNull();
  fake.store.state.selected = ['kepler_rf:2'];
  expect(panel.current).toBe('kepler_rf:2');
  fake.row.dispatchEvent(new Event('contextmenu', { bubbles: true }));
  expect(panel.current).toBe('kepler_rf:1');
  expect(touched).toHaveBeenCalledTimes(1);
  fake.row.remove();
  fake.store.state.selected = ['kepler_rf:2', 'kepler_rf:3'];
  expect(panel.current).toBeNull();
});

test('a row is dragged as the code that loads it', async () => {
  await show();
  const dataTransfer = dragged(fake.row);
  expect(dataTransfer.setData).toHaveBeenCalledWith('text/plain', 'load(kepler_rf:1)');
  expect(dataTransfer.effectAllowed).toBe('copy');
});

test('an activated panel gives the focus to its view', async () => {
  await show();
  panel.activate();
  await settle();
  expect(fake.focus).toHaveBeenCalledTimes(1);
});

test('a closed panel disposes the view', async () => {
  await show();
  panel.dispose();
  expect(fake.dispose).toHaveBeenCalledTimes(1);
});
