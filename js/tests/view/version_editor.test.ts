import { beforeEach, expect, test, vi } from 'vitest';

import { Actions } from '../../src/registry/actions';
import { Store } from '../../src/registry/old_store';
import { h } from '../../src/view/dom';
import { VersionEditor } from '../../src/view/version_editor';
import { FakeServer } from '../fake_server';
import { metadata, preferences } from '../old_samples';

let store: Store;
let actions: Actions;
let editor: VersionEditor;
let node: HTMLElement;

beforeEach(() => {
  store = new Store(new FakeServer().api, preferences(), () => null);
  store.aliases.set('kepler_rf', { champion: 1, best: 2 });
  const ignore = () => undefined;
  actions = new Actions(store, { report: ignore, reportError: ignore });
  for (const name of ['setAlias', 'removeAlias', 'rollBack', 'tag', 'untag', 'note'] as const) {
    vi.spyOn(actions, name).mockResolvedValue();
  }
  vi.spyOn(actions, 'delete').mockResolvedValue();
  vi.spyOn(actions, 'restore').mockResolvedValue();
  editor = new VersionEditor(store, actions, { name: 'kepler_rf', version: 2 });
  node = h('div', {}, ...editor.sections, editor.deletion);
  document.body.replaceChildren(node);
});

function buttonIn(part: Element, label: string): HTMLButtonElement {
  const buttons = [...part.querySelectorAll('button')];
  return buttons.find(({ textContent }) => textContent === label)!;
}

function confirm(part: Element, label: string): void {
  buttonIn(part, label).click();
  buttonIn(part, label).click();
}

function submit(label: string, text: string): void {
  const input = node.querySelector<HTMLInputElement>(`[aria-label="${label}"]`)!;
  input.value = text;
  input.form!.dispatchEvent(new Event('submit', { cancelable: true }));
}

function aliasItem(alias: string): Element {
  const items = [...node.querySelectorAll('li')];
  return items.find(({ textContent }) => textContent.startsWith(`@${alias}`))!;
}

test('lists where the aliases of the model point', () => {
  editor.update(metadata());
  expect(aliasItem('best').textContent).toContain('this version');
  expect(aliasItem('champion').textContent).toContain('version 1');
});

test('moves an alias to this version after confirmation', () => {
  editor.update(metadata());
  confirm(aliasItem('champion'), 'Move here');
  expect(actions.setAlias).toHaveBeenCalledWith('kepler_rf', 'champion', 2, 1);
});

test('does not offer to move an alias that is here', () => {
  editor.update(metadata());
  expect(buttonIn(aliasItem('best'), 'Move here')).toBeUndefined();
});

test('rolls back and removes an alias after confirmation', () => {
  editor.update(metadata());
  confirm(aliasItem('champion'), 'Roll back');
  confirm(aliasItem('best'), 'Remove');
  expect(actions.rollBack).toHaveBeenCalledWith('kepler_rf', 'champion', 1);
  expect(actions.removeAlias).toHaveBeenCalledWith('kepler_rf', 'best', 2);
});

test('sets an alias that is typed with or without @', () => {
  submit('Alias name', '@champion');
  submit('Alias name', 'new');
  expect(vi.mocked(actions.setAlias).mock.calls).toEqual([
    ['kepler_rf', 'champion', 2, 1],
    ['kepler_rf', 'new', 2, null]
  ]);
});

test('adds a tag, with the value that it has now', () => {
  editor.update(metadata({ tags: { sigma: 5 } }));
  submit('Tag or tag=value', 'sigma=7');
  submit('Tag or tag=value', 'reviewed');
  expect(vi.mocked(actions.tag).mock.calls).toEqual([
    ['kepler_rf', 2, 'sigma', 7, 5],
    ['kepler_rf', 2, 'reviewed', true, undefined]
  ]);
});

test('lists tags and removes one', () => {
  editor.update(metadata({ tags: { reviewed: true, sigma: 5 } }));
  expect([...node.querySelectorAll('.exo-Badge')].map(({ textContent }) => textContent)).toEqual(
    expect.arrayContaining(['reviewed', 'sigma = 5'])
  );
  node.querySelector<HTMLElement>('[aria-label="Remove tag sigma"]')!.click();
  expect(actions.untag).toHaveBeenCalledWith('kepler_rf', 2, 'sigma', 5);
});

test('adds a note and lists notes with their author', () => {
  const note = { text: 'Odd.', author: 'ada', created_at: '2026-01-02T00:00:00Z' };
  editor.update(metadata({ notes: [note] }));
  expect(node.textContent).toContain('Odd.ada, Jan 2, 2026');
  submit('Add a note (permanent)', 'Checked.');
  expect(actions.note).toHaveBeenCalledWith('kepler_rf', 2, 'Checked.');
});

test('deletes an active version after confirmation', () => {
  editor.update(metadata());
  confirm(editor.deletion, 'Delete');
  expect(actions.delete).toHaveBeenCalledWith('kepler_rf', 2);
});

test('names the aliases that point to the version before it is deleted', () => {
  editor.update(metadata());
  buttonIn(editor.deletion, 'Delete').click();
  expect(editor.deletion.textContent).toContain('kepler_rf:2? @best cannot be loaded then.');
  store.aliases.set('kepler_rf', { champion: 2, best: 2 });
  editor.updateAliases();
  buttonIn(editor.deletion, 'Delete').click();
  expect(editor.deletion.textContent).toContain('@best and @champion cannot be loaded then.');
});

test('restores a deleted version', () => {
  editor.update(metadata({ status: 'deleted' }));
  expect(buttonIn(editor.deletion, 'Delete')).toBeUndefined();
  buttonIn(editor.deletion, 'Restore').click();
  expect(actions.restore).toHaveBeenCalledWith('kepler_rf', 2);
});
