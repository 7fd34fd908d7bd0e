import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

import { MemoryResponse, unpack } from '../../src/transport/memory_response';

const TEXT = JSON.stringify({ name: 'Kepler-22 b ☄', depths: Array(20_000).fill(0.125) });

function packed(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

test('reads JSON from a text and from bytes', async () => {
  const contents = [TEXT, new TextEncoder().encode(TEXT)];
  const read = await Promise.all(
    contents.map(content => new MemoryResponse(content, { status: 200 }).json())
  );
  expect(read).toEqual([JSON.parse(TEXT), JSON.parse(TEXT)]);
});

test('reads JSON without another task', async () => {
  const order: string[] = [];
  const later = new Promise(resolve => setTimeout(resolve)).then(() => order.push('task'));
  await new MemoryResponse('{}', { status: 200 }).json().then(() => order.push('read'));
  await later;
  expect(order).toEqual(['read', 'task']);
});

test.each(['<html>', '', null])('rejects a body that is not JSON: %s', async content => {
  await expect(new MemoryResponse(content, {}).json()).rejects.toThrow(SyntaxError);
});

test('is otherwise a response', async () => {
  const response = new MemoryResponse('text', { status: 404, headers: { ETag: '"1"' } });
  expect([response.ok, response.status, response.headers.get('ETag')]).toEqual([false, 404, '"1"']);
  expect(await (await response.blob()).text()).toBe('text');
});

test('unpacks a body of several chunks', async () => {
  const bytes = await unpack(packed(gzipSync(TEXT)));
  expect(new TextDecoder().decode(bytes)).toBe(TEXT);
});

test.each([
  ['is not gzip', new TextEncoder().encode('text')],
  ['ends early', gzipSync(TEXT).subarray(0, 60)]
])('rejects a body that %s', async (_, bytes) => {
  await expect(unpack(packed(bytes))).rejects.toThrow();
});
