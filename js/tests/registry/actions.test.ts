import { beforeEach, expect, test } from 'vitest';

import type { StatusAction } from '../../src/registry/actions';
import { Actions } from '../../src/registry/actions';
import { errorMessage } from '../../src/registry/api_error';
import { Store } from '../../src/registry/old_store';
import { FakeServer, json, problem, settle } from '../fake_server';
import { REGISTRY, preferences } from '../old_samples';

const MODEL = '/registries/r1/models/kepler_rf';
const CHAMPION = `${MODEL}/aliases/champion`;
const VERSION = `${MODEL}/versions/2`;

let server: FakeServer;
let actions: Actions;
let store: Store;
let reports: { text: string; isError: boolean; action?: StatusAction }[];

beforeEach(async () => {
  server = new FakeServer({
    'GET /registries': { registries: [REGISTRY] },
    'GET /registries/r1/models': { total: 0, items: [] }
  });
  store = new Store(server.api, preferences(), ([first]) => first ?? null);
  reports = [];
  actions = new Actions(store, {
    report: (text, action) => reports.push({ text, isError: false, action }),
    reportError: (error, action) =>
      reports.push({ text: errorMessage(error), isError: true, action })
  });
  await store.poll();
  server.requests.length = 0;
});

/** Make the server accept a change of the alias champion. */
function acceptAlias(method: string, version: number | null, path = CHAMPION): void {
  server.on(`${method} ${path}`, { name: 'kepler_rf', alias: 'champion', version });
}

/** Run the action beside the last message; return the changes that it sends. */
async function runOffered(): Promise<unknown[]> {
  server.requests.length = 0;
  reports[reports.length - 1]!.action!.run();
  await settle();
  return server.requests
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path, body }) => [method, path, body]);
}

test('moves an alias if it still points where it was shown', async () => {
  acceptAlias('PUT', 2);
  await actions.setAlias('kepler_rf', 'champion', 2, 1);
  expect(server.requests[0]?.body).toEqual({ version: 2, expected: 1 });
  expect(reports[0]?.text).toBe('@champion was moved from kepler_rf:1 to kepler_rf:2.');
  expect(store.aliases.get('kepler_rf')).toEqual({ champion: 2 });
});

test('undoes the move of an alias by moving it back', async () => {
  acceptAlias('PUT', 2);
  await actions.setAlias('kepler_rf', 'champion', 2, 1);
  expect(reports[0]?.action?.label).toBe('Undo');
  expect(await runOffered()).toEqual([['PUT', CHAMPION, { version: 1, expected: 2 }]]);
});

test('undoes a new alias by removing it', async () => {
  acceptAlias('PUT', 2);
  acceptAlias('DELETE', null);
  await actions.setAlias('kepler_rf', 'champion', 2, null);
  expect(reports[0]?.text).toBe('@champion was set to kepler_rf:2.');
  expect(await runOffered()).toEqual([['DELETE', CHAMPION, { expected: 2 }]]);
});

test('undoes the removal of an alias by setting it again', async () => {
  acceptAlias('DELETE', null);
  acceptAlias('PUT', 2);
  await actions.removeAlias('kepler_rf', 'champion', 2);
  expect(reports[0]?.text).toBe('@champion was removed from kepler_rf:2.');
  expect(await runOffered()).toEqual([['PUT', CHAMPION, { version: 2, expected: null }]]);
});

test('reports where a rollback leads, and undoes it from there', async () => {
  acceptAlias('POST', 1, `${CHAMPION}/rollback`);
  acceptAlias('PUT', 2);
  await actions.rollBack('kepler_rf', 'champion', 2);
  expect(reports[0]?.text).toBe('@champion was rolled back to kepler_rf:1.');
  expect(await runOffered()).toEqual([['PUT', CHAMPION, { version: 2, expected: 1 }]]);
});

test('reports a rollback to before the alias was set', async () => {
  acceptAlias('POST', null, `${CHAMPION}/rollback`);
  await actions.rollBack('kepler_rf', 'champion', 2);
  expect(reports[0]?.text).toBe('@champion was rolled back and is not set.');
});

test('offers to apply a change that lost a race, from where the alias is now', async () => {
  const conflict = problem(409, 'conflict', 'champion points to 5 instead of 1.', { actual: 5 });
  const replies = [conflict, json({ name: 'kepler_rf', alias: 'champion', version: 2 })];
  server.on(`PUT ${CHAMPION}`, () => replies.shift()!);
  await actions.setAlias('kepler_rf', 'champion', 2, 1);
  expect(reports[0]).toMatchObject({ isError: true, action: { label: 'Apply anyway' } });
  expect(await runOffered()).toEqual([['PUT', CHAMPION, { version: 2, expected: 5 }]]);
  expect(reports[1]?.text).toBe('@champion was moved from kepler_rf:5 to kepler_rf:2.');
});

const PROTECTED = problem(409, 'protected', 'kepler_rf@champion is protected.', {});

test.each([
  ['PUT', CHAMPION, () => actions.setAlias('kepler_rf', 'champion', 2, 1)],
  ['DELETE', CHAMPION, () => actions.removeAlias('kepler_rf', 'champion', 1)],
  ['POST', `${CHAMPION}/rollback`, () => actions.rollBack('kepler_rf', 'champion', 1)],
  ['POST', `${VERSION}/delete`, () => actions.delete('kepler_rf', 2)]
])(
  'offers to apply a change of a protected alias with force: %s %s',
  async (method, path, change) => {
    server.on(`${method} ${path}`, () => PROTECTED.clone());
    await change();
    expect(reports[0]).toMatchObject({ isError: true, action: { label: 'Apply anyway' } });
    const [[verb, route, body]] = (await runOffered()) as [[string, string, object]];
    expect([verb, route]).toEqual([method, path]);
    expect(body).toMatchObject({ force: true });
  }
);

test('offers nothing after an error that is not a conflict', async () => {
  server.on(`PUT ${CHAMPION}`, () =>
    problem(403, 'read_only', 'The registry is read-only.', { actual: 1 })
  );
  await actions.setAlias('kepler_rf', 'champion', 2, 1);
  expect(reports).toEqual([
    { text: 'The registry is read-only.', isError: true, action: undefined }
  ]);
});

test('undoes a new tag by removing it', async () => {
  server.on(`POST ${VERSION}/tags`, {});
  server.on(`DELETE ${VERSION}/tags/sigma`, {});
  await actions.tag('kepler_rf', 2, 'sigma', 7.1, undefined);
  expect(server.requests[0]?.body).toEqual({ tags: { sigma: 7.1 } });
  expect(reports[0]?.text).toBe('Tag sigma was added to kepler_rf:2.');
  expect(await runOffered()).toEqual([['DELETE', `${VERSION}/tags/sigma`, undefined]]);
});

test('undoes a changed tag by restoring its value', async () => {
  server.on(`POST ${VERSION}/tags`, {});
  await actions.tag('kepler_rf', 2, 'sigma', 7.1, 5);
  expect(await runOffered()).toEqual([['POST', `${VERSION}/tags`, { tags: { sigma: 5 } }]]);
});

test('undoes the removal of a tag by adding it with its value', async () => {
  server.on(`DELETE ${VERSION}/tags/sigma`, {});
  server.on(`POST ${VERSION}/tags`, {});
  await actions.untag('kepler_rf', 2, 'sigma', 5);
  expect(reports[0]?.text).toBe('Tag sigma was removed from kepler_rf:2.');
  expect(await runOffered()).toEqual([['POST', `${VERSION}/tags`, { tags: { sigma: 5 } }]]);
});

test('does not offer to undo a note', async () => {
  server.on(`POST ${VERSION}/notes`, {});
  await actions.note('kepler_rf', 2, 'Odd.');
  expect(server.requests[0]?.body).toEqual({ text: 'Odd.' });
  expect(reports).toEqual([
    { text: 'A note was added to kepler_rf:2.', isError: false, action: undefined }
  ]);
});

test('undoes a deletion by restoring the version', async () => {
  server.on(`POST ${VERSION}/delete`, {});
  server.on(`POST ${VERSION}/restore`, {});
  await actions.delete('kepler_rf', 2);
  expect(reports[0]?.text).toBe('kepler_rf:2 was deleted.');
  expect(await runOffered()).toEqual([['POST', `${VERSION}/restore`, undefined]]);
  expect(reports[1]?.text).toBe('kepler_rf:2 was restored.');
});

test('polls after each change, also after one that failed', async () => {
  await actions.delete('kepler_rf', 2);
  expect(server.takeRoutes()).toEqual([`POST ${VERSION}/delete`, 'GET /registries/r1/models']);
});
