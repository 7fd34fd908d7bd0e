/** Kernels that end, and messages that are late, repeated or of another form. */
import { gzipSync } from 'node:zlib';

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { CommTransport } from '../../src/transport/comm';
import { FakeChannel, TEXTS } from './fake_channel';

let channel: FakeChannel;
let transport: CommTransport;

beforeEach(() => {
  vi.useFakeTimers();
  channel = new FakeChannel();
  transport = new CommTransport(channel, TEXTS, 1_000);
});

afterEach(() => {
  transport.dispose();
  vi.useRealTimers();
});

test.each<[string, object, Uint8Array]>([
  ['no gzip', { status: 200 }, Uint8Array.of(1, 2, 3)],
  ['half of gzip', { status: 200 }, gzipSync('{"registries": []}').subarray(0, 20)],
  ['another status', { status: 'fine' }, gzipSync('{}')],
  ['no status', {}, gzipSync('{}')],
  ['a status out of range', { status: 42 }, gzipSync('{}')]
])('reports a reply that it cannot read: %s', async (_, fields, bytes) => {
  const waiting = transport.request('/a', {});
  const { buffer, byteOffset, byteLength } = Uint8Array.from(bytes);
  const message = { v: 1, type: 'reply', mark: channel.sent[0]!.mark, ...fields };
  channel.deliver(message, [new DataView(buffer, byteOffset, byteLength)]);
  const response = await waiting;
  expect(response.status).toBe(503);
  expect(await response.json()).toEqual({
    message: 'What?',
    reason: 'unreadable',
    hint: 'Reload.'
  });
});

test('reports a kernel that has ended, without waiting', async () => {
  channel.isOpen = false;
  const response = await transport.request('/a', {});
  expect(await response.json()).toEqual({
    message: 'It has ended.',
    reason: 'closed',
    hint: 'Run it again.'
  });
});

test('can be created after the kernel has ended', () => {
  channel.isOpen = false;
  expect(() => new CommTransport(channel, TEXTS, 1_000).dispose()).not.toThrow();
});

test('uses the first of two replies, also if the second one is unpacked earlier', async () => {
  const waiting = transport.request('/a', {});
  const { mark } = channel.sent[0]!;
  const first = 'first '.repeat(1_000_000);
  channel.reply(mark, 200, JSON.stringify(first));
  channel.reply(mark, 200, '"second"');
  expect(await (await waiting).json()).toBe(first);
});

test('reports the change of a reply that comes too late, once', async () => {
  const onChanged = vi.fn();
  transport.onChanged = onChanged;
  const waiting = transport.request('/a', { method: 'PUT' });
  await vi.advanceTimersByTimeAsync(1_001);
  await waiting;
  channel.reply(channel.sent[0]!.mark, 200, '{}');
  channel.reply(channel.sent[0]!.mark, 200, '{}');
  expect(onChanged).toHaveBeenCalledOnce();
});

test('ignores progress that is not a number', async () => {
  channel.receive({ v: 1, type: 'progress', read: '<b>', total: null });
  const response = await transport.request('/registries/this/indexing', {});
  expect(await response.json()).toEqual({ read: null, total: null });
});

test('waits for nothing after it is disposed', () => {
  void transport.request('/a', {});
  transport.dispose();
  expect(vi.getTimerCount()).toBe(0);
});
