import { expect, test } from 'vitest';

import { Api } from '../../src/registry/api';
import { ApiError } from '../../src/registry/api_error';
import { FakeServer, problem } from '../fake_server';

const MODELS = 'GET /registries/r1/models';

function serverWithModels(): FakeServer {
  return new FakeServer({ [MODELS]: { total: 0, items: [] } });
}

async function errorOf(work: Promise<unknown>): Promise<ApiError> {
  const error: unknown = await work.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ApiError);
  return error as ApiError;
}

test('reads JSON together with the ETag of the state', async () => {
  const { api } = serverWithModels();
  const reply = await api.getTagged(['registries', 'r1', 'models'], {});
  expect(reply).toEqual({ value: { total: 0, items: [] }, etag: '"1"' });
});

test('encodes each part of a path', async () => {
  const server = new FakeServer({ 'GET /registries/a%2Fb%3F': {} });
  await server.api.get(['registries', 'a/b?']);
  expect(server.takeRoutes()).toEqual(['GET /registries/a%2Fb%3F']);
});

test('repeats a parameter for each item of a list and leaves out empty ones', async () => {
  const server = serverWithModels();
  const query = { ref: ['a:1', 'b@best'], q: '', metric: undefined, limit: 0, all: false };
  await server.api.get(['registries', 'r1', 'models'], query);
  expect(server.requests[0]?.query.toString()).toBe('ref=a%3A1&ref=b%40best&limit=0&all=false');
});

test('returns the known revision when the server replies 304', async () => {
  const server = serverWithModels();
  expect(await server.api.revision('r1', '"1"')).toBe('"1"');
  expect(server.requests[0]?.headers.get('If-None-Match')).toBe('"1"');
});

test('returns the new revision after a change', async () => {
  const server = serverWithModels();
  server.etag = '"2"';
  expect(await server.api.revision('r1', '"1"')).toBe('"2"');
});

test('asks for a first revision without a condition', async () => {
  const server = serverWithModels();
  expect(await server.api.revision('r1', null)).toBe('"1"');
  expect(server.requests[0]?.headers.has('If-None-Match')).toBe(false);
});

test('sends a change as JSON', async () => {
  const server = new FakeServer({ 'PUT /aliases': { version: 2 } });
  expect(await server.api.send('PUT', ['aliases'], { version: 2 })).toEqual({ version: 2 });
  expect(server.requests[0]?.body).toEqual({ version: 2 });
  expect(server.requests[0]?.headers.get('Content-Type')).toBe('application/json');
});

test('sends a change without a body', async () => {
  const server = new FakeServer({ 'DELETE /tags': {} });
  await server.api.send('DELETE', ['tags']);
  expect(server.requests[0]?.body).toBeUndefined();
});

test('decodes the caption of a plot', async () => {
  const headers = { 'X-Caption': encodeURIComponent('ROC of größe') };
  const server = new FakeServer({ 'GET /plot': () => new Response('png', { headers }) });
  const plot = await server.api.plot(['plot'], { kind: 'roc' });
  expect(plot.caption).toBe('ROC of größe');
  expect(await plot.image.text()).toBe('png');
});

test('reports an unreachable server as a network error', async () => {
  const server = serverWithModels();
  server.isReachable = false;
  const error = await errorOf(server.api.get(['registries']));
  expect(error.reason).toBe('network');
  expect(error.message).toBe('Cannot reach the Jupyter server.');
});

test('does not report an aborted request as a network error', async () => {
  const reason = new DOMException('aborted', 'AbortError');
  const controller = new AbortController();
  const api = new Api(() => Promise.reject(reason));
  controller.abort();
  await expect(api.get(['registries'], {}, controller.signal)).rejects.toBe(reason);
});

test('keeps the reason, the message and the fields of an error of the server', async () => {
  const conflict = () => problem(409, 'conflict', 'champion points to 2.', { actual: 2 });
  const { api } = new FakeServer({ [MODELS]: conflict });
  const error = await errorOf(api.get(['registries', 'r1', 'models']));
  expect(error.status).toBe(409);
  expect(error.reason).toBe('conflict');
  expect(error.message).toBe('champion points to 2.');
  expect(error.fields).toEqual({ actual: 2 });
});

test('explains a 404 that is not from the server extension', async () => {
  const { api } = new FakeServer({ [MODELS]: () => new Response('<html>', { status: 404 }) });
  const error = await errorOf(api.get(['registries', 'r1', 'models']));
  expect(error.message).toContain('jupyter server extension list');
});

test('names the status of an error page', async () => {
  const page = () => new Response('<html>', { status: 502, statusText: 'Bad Gateway' });
  const { api } = new FakeServer({ [MODELS]: page });
  const error = await errorOf(api.get(['registries', 'r1', 'models']));
  expect(error.message).toBe('The server replied 502 Bad Gateway.');
});

test('reports a page in place of JSON', async () => {
  const page = () => new Response('<html>Log in</html>');
  const server = new FakeServer({ [MODELS]: page, 'PUT /aliases': page });
  const read = await errorOf(server.api.get(['registries', 'r1', 'models']));
  const changed = await errorOf(server.api.send('PUT', ['aliases']));
  expect(read).toMatchObject({ status: 200, reason: 'unreadable' });
  expect(changed.message).toBe('The server replied with a page instead of data.');
});
