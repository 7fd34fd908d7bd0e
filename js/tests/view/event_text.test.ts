import { expect, test } from 'vitest';

import type { HistoryEvent } from '../../src/registry/old_types';
import { describeEvents } from '../../src/view/event_text';

function event(action: string, changes: Partial<HistoryEvent> = {}): HistoryEvent {
  return { action, version: 2, at: '2026-01-02T03:04:05Z', actor: 'ada', ...changes };
}

function describe(action: string, changes: Partial<HistoryEvent> = {}): string | undefined {
  return describeEvents([event(action, changes)])[0];
}

test('a registration names the version', () => {
  expect(describe('register')).toBe('ada registered version 2');
});

test('the first event of an alias sets it, the next one moves it', () => {
  const events = [58, 60].map(version => event('alias', { alias: 'champion', version }));
  expect(describeEvents(events)).toEqual([
    'ada set @champion to version 58',
    'ada moved @champion from 58 to 60'
  ]);
});

test('aliases are followed one by one', () => {
  const events = [
    event('alias', { alias: 'champion', version: 1 }),
    event('alias', { alias: 'challenger', version: 2 })
  ];
  expect(describeEvents(events)[1]).toBe('ada set @challenger to version 2');
});

test('an alias that was removed is set again, not moved', () => {
  const events = [
    event('alias', { alias: 'champion', version: 1 }),
    event('unalias', { alias: 'champion', version: null }),
    event('alias', { alias: 'champion', version: 2 })
  ];
  expect(describeEvents(events).slice(1)).toEqual([
    'ada removed @champion',
    'ada set @champion to version 2'
  ]);
});

test('a rollback names the version that it leads to, if any', () => {
  expect(describe('rollback', { alias: 'champion' })).toBe(
    'ada rolled back @champion to version 2'
  );
  expect(describe('rollback', { alias: 'champion', version: null })).toBe(
    'ada rolled back @champion'
  );
});

test('later metrics show their values and data', () => {
  expect(describe('metrics', { metrics: { f1_score: 0.87 }, on: 'production' })).toBe(
    'ada measured version 2 on production: f1_score: 0.87'
  );
  expect(describe('metrics', { metrics: { f1_score: 0.87 }, on: '' })).toBe(
    'ada measured version 2: f1_score: 0.87'
  );
});

test('tags and notes show their content', () => {
  expect(describe('tag', { tags: { sigma: 7 } })).toBe('ada tagged version 2: sigma: 7');
  expect(describe('untag', { names: ['a', 'b'] })).toBe('ada removed tag a, b from version 2');
  expect(describe('note', { text: 'Odd.' })).toBe('ada added a note to version 2: Odd.');
});

test('an attachment shows its name', () => {
  expect(describe('attach', { name: 'roc' })).toBe('ada attached roc to version 2');
});

test('deletion, restoration and purge name the version', () => {
  expect(['delete', 'restore', 'purge'].map(action => describe(action))).toEqual([
    'ada deleted version 2',
    'ada restored version 2',
    'ada purged version 2'
  ]);
});

test('an event of a newer release is shown by its name', () => {
  expect(describe('promote')).toBe('ada promote version 2');
});

test('an event without an actor has an unknown user', () => {
  expect(describe('register', { actor: null })).toBe('Unknown user registered version 2');
});

test('an event that is not followed states its reason and moves no alias', () => {
  const events = [
    event('alias', { alias: 'champion', version: 1 }),
    event('alias', { alias: 'champion', version: 2, not_followed: 'is not signed' }),
    event('alias', { alias: 'champion', version: 3 })
  ];
  expect(describeEvents(events)).toEqual([
    'ada set @champion to version 1',
    'ada: alias, not followed: the event is not signed',
    'ada moved @champion from 1 to 3'
  ]);
});
