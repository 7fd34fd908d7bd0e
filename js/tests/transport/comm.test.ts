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

test('greets the kernel once', () => {
  void transport.request('/registries', {});
  expect(channel.greetings).toBe(1);
});

test('greets the kernel when it can answer beside a running cell', async () => {
  let setReady: () => void = () => undefined;
  const later = new FakeChannel(new Promise(resolve => (setReady = resolve)));
  const waiting = new CommTransport(later, TEXTS);
  void waiting.request('/registries', {});
  await vi.advanceTimersByTimeAsync(0);
  expect([later.greetings, later.sent.length]).toEqual([0, 1]);
  setReady();
  await vi.advanceTimersByTimeAsync(0);
  expect(later.greetings).toBe(1);
  waiting.dispose();
});

test('sends a request as a message', () => {
  void transport.request('/registries', {
    method: 'POST',
    body: '{"a": 1}',
    headers: { 'content-type': 'application/json' }
  });
  expect(channel.sent[0]).toMatchObject({
    v: 1,
    type: 'request',
    method: 'POST',
    path: '/registries',
    headers: { 'content-type': 'application/json' },
    body: '{"a": 1}'
  });
});

test('returns the reply as a response of fetch', async () => {
  const waiting = transport.request('/registries', {});
  channel.reply(channel.sent[0]!.mark, 200, '{"registries": []}', { ETag: 'W/"7"' });
  const response = await waiting;
  expect(response.status).toBe(200);
  expect(response.headers.get('ETag')).toBe('W/"7"');
  expect(await response.json()).toEqual({ registries: [] });
});

test('returns a reply without a body', async () => {
  const waiting = transport.request('/registries', {});
  channel.reply(channel.sent[0]!.mark, 304, '');
  expect((await waiting).status).toBe(304);
});

test('tells the replies to two requests apart', async () => {
  const first = transport.request('/a', {});
  const second = transport.request('/b', {});
  channel.reply(channel.sent[1]!.mark, 200, '"b"');
  channel.reply(channel.sent[0]!.mark, 200, '"a"');
  expect(await (await first).json()).toBe('a');
  expect(await (await second).json()).toBe('b');
});

test('ignores the replies to another view of the widget', async () => {
  const other = new CommTransport(channel, TEXTS, 1_000);
  const waiting = transport.request('/a', {});
  void other.request('/b', {});
  channel.reply(channel.sent[1]!.mark, 200, '"b"');
  channel.reply(channel.sent[0]!.mark, 200, '"a"');
  expect(await (await waiting).json()).toBe('a');
});

test('rejects an aborted request, and drops its reply', async () => {
  const abort = new AbortController();
  const waiting = transport.request('/a', { signal: abort.signal });
  abort.abort();
  channel.reply(channel.sent[0]!.mark, 200, '"a"');
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
});

test('does not send a request that was aborted before', async () => {
  const abort = new AbortController();
  abort.abort();
  await expect(transport.request('/a', { signal: abort.signal })).rejects.toMatchObject({
    name: 'AbortError'
  });
  expect(channel.sent).toEqual([]);
});

test('reports a kernel that does not reply', async () => {
  const waiting = transport.request('/a', {});
  await vi.advanceTimersByTimeAsync(1_001);
  const response = await waiting;
  expect(response.status).toBe(503);
  expect(await response.json()).toEqual({ message: 'No reply.', reason: 'timeout', hint: 'Wait.' });
});

test('says that a change can still be made', async () => {
  const waiting = transport.request('/a', { method: 'PUT' });
  await vi.advanceTimersByTimeAsync(1_001);
  expect(await (await waiting).json()).toMatchObject({ message: 'Perhaps later.' });
});

test('waits while the kernel reports progress', async () => {
  const waiting = transport.request('/a', {});
  await vi.advanceTimersByTimeAsync(900);
  channel.receive({ v: 1, type: 'progress', read: 10, total: 100 });
  await vi.advanceTimersByTimeAsync(900);
  channel.reply(channel.sent[0]!.mark, 200, '"a"');
  expect((await waiting).status).toBe(200);
});

test('answers a question for progress without the kernel', async () => {
  void transport.request('/a', {});
  channel.receive({ v: 1, type: 'progress', read: 10, total: 100 });
  const response = await transport.request('/registries/this/indexing', {});
  expect(await response.json()).toEqual({ read: 10, total: 100 });
  expect(channel.sent).toHaveLength(1);
});

test('forgets the progress with the reply', async () => {
  void transport.request('/a', {});
  channel.receive({ v: 1, type: 'progress', read: 10, total: 100 });
  channel.reply(channel.sent[0]!.mark, 200, '"a"');
  const response = await transport.request('/registries/this/indexing', {});
  expect(await response.json()).toEqual({ read: null, total: null });
});

test('reports a changed registry', () => {
  const onChanged = vi.fn();
  transport.onChanged = onChanged;
  channel.receive({ v: 1, type: 'changed' });
  expect(onChanged).toHaveBeenCalledOnce();
});

test.each([null, 'text', {}, { v: 2, type: 'changed' }])('ignores the message %j', message => {
  const onChanged = vi.fn();
  transport.onChanged = onChanged;
  channel.receive(message);
  expect(onChanged).not.toHaveBeenCalled();
});

test('receives nothing after it is disposed', () => {
  const onChanged = vi.fn();
  transport.onChanged = onChanged;
  transport.dispose();
  channel.receive({ v: 1, type: 'changed' });
  expect(onChanged).not.toHaveBeenCalled();
});

test('reports that the kernel does not reply for two seconds, until it does', async () => {
  const patient = new CommTransport(channel, TEXTS);
  const reported: boolean[] = [];
  patient.onWaiting = isWaiting => reported.push(isWaiting);
  const waiting = patient.request('/a', {});
  await vi.advanceTimersByTimeAsync(1_900);
  expect(reported).toEqual([]);
  await vi.advanceTimersByTimeAsync(200);
  expect(reported).toEqual([true]);
  channel.reply(channel.sent[0]!.mark, 200, '"a"');
  await waiting;
  expect(reported).toEqual([true, false]);
});

test('does not report waiting after the reply', async () => {
  const onWaiting = vi.fn();
  transport.onWaiting = onWaiting;
  const waiting = transport.request('/a', {});
  channel.reply(channel.sent[0]!.mark, 200, '"a"');
  await waiting;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(onWaiting).not.toHaveBeenCalled();
});

test('reports waiting again if another request has no reply', async () => {
  const patient = new CommTransport(channel, TEXTS);
  const reported: boolean[] = [];
  patient.onWaiting = isWaiting => reported.push(isWaiting);
  void patient.request('/a', {});
  void patient.request('/b', {});
  await vi.advanceTimersByTimeAsync(2_100);
  channel.reply(channel.sent[0]!.mark, 200, '"a"');
  await vi.advanceTimersByTimeAsync(2_100);
  expect(reported).toEqual([true, false, true]);
});

test('reads again when a reply comes after the timeout', async () => {
  const onChanged = vi.fn();
  transport.onChanged = onChanged;
  const waiting = transport.request('/a', {});
  await vi.advanceTimersByTimeAsync(1_001);
  await waiting;
  expect(onChanged).not.toHaveBeenCalled();
  channel.reply(channel.sent[0]!.mark, 200, '"a"');
  expect(onChanged).toHaveBeenCalledOnce();
});
