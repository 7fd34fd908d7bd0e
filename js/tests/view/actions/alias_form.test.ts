import { expect, test } from 'vitest';

import type { RecordedRequest } from '../../fake_server';
import { json } from '../../fake_server';
import { model } from '../../samples';
import type { VersionDetail } from '../../../src/view/detail/version_detail';
import { buttonOf, click, page, showDetail, texts } from '../detail/fixture';

const ALIASES = '/registries/r1/models/kepler_rf/aliases';

async function aliasForm(
  replies: Record<string, object> = {},
  aliases: Record<string, number> = { champion: 3, shadow: 2 }
): Promise<VersionDetail> {
  const items = [model('kepler_rf', { aliases })];
  const models = { total: 1, columns: [], hints: [], message: null, items };
  const found = await page({ 'GET /registries/r1/models': models, ...replies });
  const view = await showDetail(found);
  await click(view, 'Set alias…');
  return view;
}

function type(view: VersionDetail, text: string): void {
  const field = view.node.querySelector<HTMLInputElement>('.exo-ActionForm input')!;
  field.value = text;
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

function recorded(requests: unknown[]): (request: RecordedRequest) => Response {
  return ({ method, path, body }) => {
    requests.push([method, path.slice(ALIASES.length), body]);
    return json({ code: 'code', message: 'message', warnings: [] });
  };
}

test('the aliases of the model are offered', async () => {
  const view = await aliasForm();
  const options = [...view.node.querySelectorAll<HTMLOptionElement>('datalist option')];
  expect(options.map(({ value }) => value)).toEqual(['champion', 'shadow']);
});

test('the form says where an alias points', async () => {
  const view = await aliasForm();
  type(view, 'shadow');
  expect(texts(view, '.exo-ActionForm [role=status]')).toEqual(['@shadow points to version 2.']);
  type(view, 'champion');
  expect(texts(view, '.exo-ActionForm [role=status]')).toEqual([
    '@champion points to this version.'
  ]);
});

test('a new alias is set if it is still unused', async () => {
  const requests: unknown[] = [];
  const view = await aliasForm({ [`PUT ${ALIASES}/beta`]: recorded(requests) });
  type(view, '@beta ');
  expect(buttonOf(view, 'Remove').disabled).toBe(true);
  await click(view, 'Set alias');
  expect(requests).toEqual([['PUT', '/beta', { version: 3, expected: null, preview: true }]]);
});

test('an alias is moved if it is still where the form says', async () => {
  const requests: unknown[] = [];
  const view = await aliasForm({ [`PUT ${ALIASES}/shadow`]: recorded(requests) });
  type(view, 'shadow');
  await click(view, 'Move here');
  expect(requests).toEqual([['PUT', '/shadow', { version: 3, expected: 2, preview: true }]]);
  expect(document.activeElement?.classList.contains('jp-mod-warn')).toBe(true);
});

test('protection is sent only if it was chosen', async () => {
  const requests: unknown[] = [];
  const view = await aliasForm({ [`PUT ${ALIASES}/champion`]: recorded(requests) });
  type(view, 'champion');
  const box = view.node.querySelector<HTMLInputElement>('.exo-Field input[type=checkbox]');
  expect(box?.checked).toBe(true);
  box?.click();
  await click(view, 'Move here');
  expect(requests).toEqual([
    ['PUT', '/champion', { version: 3, expected: 3, protected: false, preview: true }]
  ]);
});

test('an alias is rolled back or removed from where it points', async () => {
  const requests: unknown[] = [];
  const view = await aliasForm({
    [`POST ${ALIASES}/shadow/rollback`]: recorded(requests),
    [`DELETE ${ALIASES}/shadow`]: recorded(requests)
  });
  type(view, 'shadow');
  await click(view, 'Roll back');
  type(view, 'shadow');
  await click(view, 'Remove');
  expect(requests).toEqual([
    ['POST', '/shadow/rollback', { expected: 2, preview: true }],
    ['DELETE', '/shadow', { expected: 2, preview: true }]
  ]);
});

test('a name such as constructor is a new alias', async () => {
  const requests: unknown[] = [];
  const view = await aliasForm({ [`PUT ${ALIASES}/constructor`]: recorded(requests) });
  type(view, 'constructor');
  await click(view, 'Set alias');
  expect(requests).toEqual([
    ['PUT', '/constructor', { version: 3, expected: null, preview: true }]
  ]);
});

test('the form works if the aliases cannot be read', async () => {
  const requests: unknown[] = [];
  const view = await aliasForm({
    'GET /registries/r1/models': { total: 0, columns: [], hints: [], message: null, items: [] },
    [`PUT ${ALIASES}/shadow`]: recorded(requests)
  });
  type(view, 'shadow');
  await click(view, 'Set alias');
  expect(requests).toEqual([['PUT', '/shadow', { version: 3, preview: true }]]);
});
