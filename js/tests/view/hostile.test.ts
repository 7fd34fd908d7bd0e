/** Texts of a registry are shown as text everywhere, with invisible characters as escapes. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { RegistryView } from '../../src/view/registry_view';
import { fakeHost } from '../fake_host';
import { FakeServer, problem, settle } from '../fake_server';
import { ATTACK, faults, hostile } from '../hostile';
import { COMPARISON, HISTORY, detail, replies } from '../samples';
import { scenario, type } from '../scenario';

const DETAIL = '/registries/r1/models/kepler_rf/versions/3';
const PREVIEW = { kind: 'table', columns: ['a'], rows: [['b']], total: 3 };
const INDEX = { 'GET /registries/r1/compare': { ...COMPARISON } };
const DETAILS = {
  [`GET ${DETAIL}`]: { ...detail() },
  [`GET ${DETAIL}/attachments/trials/preview`]: PREVIEW,
  'GET /registries/r1/models/kepler_rf/history': { ...HISTORY }
};
let server: FakeServer;
let view: RegistryView;

beforeEach(async () => {
  server = new FakeServer({ ...replies(), ...INDEX, ...DETAILS });
  view = new RegistryView(hostile(server.transport), fakeHost(), { state: { view: 'versions' } });
  document.body.replaceChildren(view.node);
  await settle();
});

afterEach(() => view.dispose());

async function open(...refs: string[]): Promise<void> {
  refs.forEach((ref, index) => {
    view.store.select(
      ref.replace(':', () => `${ATTACK}:`),
      index === 0 ? 'only' : 'toggle'
    );
  });
  await settle();
  for (const section of view.node.querySelectorAll('details')) {
    section.open = true;
    section.dispatchEvent(new Event('toggle'));
  }
  await settle();
}

function isHarmless(): void {
  expect(faults(document.body)).toEqual([]);
  expect(document.body.textContent).toContain('<script>hit()</script>');
}

test('a list', () => {
  isHarmless();
});

test('each step of a user', async () => {
  await scenario(view, async () => {
    await settle();
    expect(faults(document.body)).toEqual([]);
  });
});

test('the details of a version', async () => {
  await open('kepler_rf:3');
  expect(view.node.querySelector('.exo-Detail')?.textContent).toContain('f1_score');
  isHarmless();
});

test('a comparison', async () => {
  await open('kepler_rf:3', 'kepler_rf:1');
  expect(view.node.querySelector('.exo-Comparison')?.textContent).toContain('0.880');
  isHarmless();
});

test('every form, menu and popover that a button opens', async () => {
  await open('kepler_rf:3');
  const labels = [...view.node.querySelectorAll('button')].map(one => one.textContent);
  for (const [index] of labels.entries()) {
    view.node.querySelectorAll('button')[index]?.click();
    await settle();
    expect(faults(document.body)).toEqual([]);
  }
});

test('the menu of a row', async () => {
  const row = view.node.querySelector('tr[data-ref]')!;
  row.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true }));
  await settle();
  expect(document.querySelector('[role=menu]')).not.toBeNull();
  isHarmless();
});

test('the completions of the search', async () => {
  view.focus();
  const input = view.node.querySelector<HTMLInputElement>('[role=combobox]')!;
  input.value = 'tags.te';
  input.dispatchEvent(new Event('input', { bubbles: true }));
  await settle();
  expect(view.node.querySelectorAll('[role=option]').length).toBeGreaterThan(0);
  isHarmless();
});

test('an error', async () => {
  server.on('GET /registries/r1/versions', () => {
    return problem(400, 'invalid_query', 'wrong', { hint: 'right', suggestions: ['f1'] });
  });
  type(view, 'wrong');
  await settle();
  isHarmless();
});

test('a plot and its caption', async () => {
  vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:plot');
  vi.spyOn(URL, 'revokeObjectURL').mockReturnValue();
  server.on('GET /registries/r1/plot', () => {
    return new Response('png', { headers: { 'X-Caption': encodeURIComponent(ATTACK) } });
  });
  await open('kepler_rf:3');
  view.node.querySelector<HTMLButtonElement>('.exo-Plots button')!.click();
  await settle();
  const pictures = [...view.node.querySelectorAll('img')];
  expect(pictures.map(({ src }) => src)).toEqual(['blob:plot']);
  pictures.forEach(one => one.remove());
  isHarmless();
});
