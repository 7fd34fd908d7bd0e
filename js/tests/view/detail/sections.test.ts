import { expect, test, vi } from 'vitest';

import type { MarkdownNode } from '../../../src/registry/types';
import { json, problem, settle } from '../../fake_server';
import type { RecordedRequest } from '../../fake_server';
import { HISTORY, detail } from '../../samples';
import {
  DETAIL,
  buttonOf,
  click,
  openSection,
  page,
  sectionOf,
  showDetail,
  texts
} from './fixture';

const HISTORY_ROUTE = 'GET /registries/r1/models/kepler_rf/history';

test('notes are Markdown with author and time', async () => {
  const view = await showDetail(await page());
  expect(texts(view, '.exo-Note')).toEqual(['ada 2 Jan 03:04Approved']);
  expect(texts(view, '.exo-Section-count')).toContain('1 note');
});

test('without a card and notes, the section says so', async () => {
  const reply = { ...detail(3, { card: null, notes: [] }) };
  const view = await showDetail(await page({ [`GET ${DETAIL}`]: reply }));
  expect(sectionOf(view, 'Model card and notes').textContent).toContain(
    'No model card and no notes.'
  );
});

test('lineage links select the version', async () => {
  const found = await page();
  const view = await showDetail(found);
  await click(view, 'kepler_rf:1');
  expect(found.store.state.selected).toEqual(['kepler_rf:1']);
});

test('lineage says what is deleted, and what else there is', async () => {
  const lineage = {
    ...detail().lineage,
    children: { total: 7, items: [{ model_id: 'kepler_rf:4', text: '', is_deleted: false }] }
  };
  const view = await showDetail(await page({ [`GET ${DETAIL}`]: { ...detail(3, { lineage }) } }));
  const text = sectionOf(view, 'Lineage').textContent;
  expect(text).toContain('churn:2 @shadow (deleted)');
  expect(text).toContain('and 6 more');
  expect(text).toContain('kepler, 7,326 rows, 0123456789ab');
});

test('the notebook is opened at its cell', async () => {
  const openNotebook = vi.fn();
  const view = await showDetail(await page({}, { openNotebook }));
  await click(view, 'work/train.ipynb, cell 4');
  expect(openNotebook).toHaveBeenCalledWith('work/train.ipynb', 4, 'model.fit(X, y)');
});

test('a notebook that was not found is no link', async () => {
  const why = 'train.ipynb was not found.';
  const actions = { ...detail().actions, open_notebook: { enabled: false, why } };
  const view = await showDetail(
    await page({ [`GET ${DETAIL}`]: { ...detail(3, { actions }) } }, { openNotebook: vi.fn() })
  );
  expect(() => buttonOf(view, 'work/train.ipynb, cell 4')).toThrow();
  expect(view.node.querySelector(`span[title="${why}"]`)).not.toBeNull();
});

test('the input columns and classes are listed', async () => {
  const view = await showDetail(await page());
  const section = sectionOf(view, 'Input');
  expect([...section.querySelectorAll('thead th')].map(cell => cell.textContent)).toEqual([
    'Column',
    'Type',
    'Range'
  ]);
  expect(section.textContent).toContain('Classes: CONFIRMED, FALSE POSITIVE');
});

test('a missing value has its label, and a type and a range have none', async () => {
  const columns = [{ name: 'a', dtype: 'int64', range: '1 to 3', missing: '4' }];
  const signature = { columns, classes: [] };
  const view = await showDetail(await page({ [`GET ${DETAIL}`]: { ...detail(3, { signature }) } }));
  const cells = sectionOf(view, 'Input').querySelectorAll<HTMLElement>('td');
  expect([...cells].map(({ dataset }) => dataset.label)).toEqual(['', '', 'Missing ']);
});

test('more columns than are listed are counted', async () => {
  const signature = { columns: [{ name: 'a', dtype: 'int64' }], total: 900, classes: [] };
  const view = await showDetail(await page({ [`GET ${DETAIL}`]: { ...detail(3, { signature }) } }));
  expect(sectionOf(view, 'Input').textContent).toContain('and 899 more columns');
});

test('further facts have a section each, in the order of the reply', async () => {
  const found = await page();
  const view = await showDetail(found);
  const sections = [
    { title: 'Training', rows: [['epochs', '5']] as [string, string][] },
    { title: 'Results', rows: [['verdict', 'good']] as [string, string][] }
  ];
  found.server.on(`GET ${DETAIL}`, () => json(detail(3, { sections })));
  found.store.revised.emit();
  await settle();
  const titles = texts(view, '.exo-Section-title');
  expect(titles.indexOf('Training')).toBe(titles.indexOf('Results') - 1);
  expect(sectionOf(view, 'Training').textContent).toContain('epochs5');
});

test('the source of the cell is folded', async () => {
  const view = await showDetail(await page());
  const source = sectionOf(view, 'Provenance').querySelector<HTMLDetailsElement>('details');
  expect(source?.open).toBe(false);
  expect(source?.querySelector('pre')?.textContent).toBe('model.fit(X, y)');
});

test('tags are hidden if there are none', async () => {
  const view = await showDetail(await page({ [`GET ${DETAIL}`]: { ...detail(3, { tags: [] }) } }));
  expect(sectionOf(view, 'Tags').hidden).toBe(true);
});

test('the history is read when its section is opened', async () => {
  const found = await page({ [HISTORY_ROUTE]: { ...HISTORY } });
  const view = await showDetail(found);
  expect(found.server.takeRoutes()).toEqual([`GET ${DETAIL}`]);
  await openSection(view, 'History');
  expect(texts(view, '.exo-Events li')).toEqual([
    '@champion was moved from 2 to 3ada, 2 Jan 03:04',
    'kepler_rf:3 was registeredada, 2 Jan 03:04'
  ]);
  expect(found.server.requests[0]?.query.get('version')).toBe('3');
});

test('the history shows a note with its Markdown', async () => {
  const body: MarkdownNode[] = [['ul', {}, ['li', {}, 'no planet'], ['li', {}, 'three']]];
  const [first] = HISTORY.events;
  const note = { ...first!, action: 'note', text: 'Note on version 3', body };
  const found = await page({ [HISTORY_ROUTE]: { total: 1, events: [note] } });
  const view = await showDetail(found);
  await openSection(view, 'History');
  expect(texts(view, '.exo-Events .exo-Markdown li')).toEqual(['no planet', 'three']);
  expect(texts(view, '.exo-Events > li')[0]).toContain('Note on version 3');
});

test('the history of the whole model is shown on request', async () => {
  const found = await page({ [HISTORY_ROUTE]: { ...HISTORY } });
  const view = await showDetail(found);
  const section = await openSection(view, 'History');
  found.server.takeRoutes();
  section.querySelector<HTMLInputElement>('input')?.click();
  await settle();
  expect(found.server.requests[0]?.query.get('version')).toBeNull();
});

test('a long history is shown in parts', async () => {
  const [event] = HISTORY.events;
  const events = Array.from({ length: 120 }, (_, index) => ({ ...event, text: `Event ${index}` }));
  const view = await showDetail(await page({ [HISTORY_ROUTE]: { total: 1120, events } }));
  await openSection(view, 'History');
  expect(texts(view, '.exo-Events li')).toHaveLength(50);
  expect(texts(view, '.exo-Events li')[0]).toContain('Event 119');
  await click(view, 'Show 50 more');
  expect(document.activeElement?.textContent).toContain('Event 69');
  await click(view, 'Show 20 more');
  expect(texts(view, '.exo-Events li')).toHaveLength(120);
  expect(view.node.textContent).toContain('1000 older events are not shown.');
});

test('an error of the history is shown, and Retry reads again', async () => {
  const found = await page({
    [HISTORY_ROUTE]: () => problem(500, 'failed', 'No disk.')
  });
  const view = await showDetail(found);
  const section = await openSection(view, 'History');
  expect(section.textContent).toContain('⚠ No disk.');
  found.server.on(HISTORY_ROUTE, { ...HISTORY });
  await click({ node: section }, 'Retry');
  expect(texts(view, '.exo-Events li')).toHaveLength(2);
});

test('an open history is read again after a change', async () => {
  const found = await page({ [HISTORY_ROUTE]: { ...HISTORY } });
  const view = await showDetail(found);
  await openSection(view, 'History');
  found.server.takeRoutes();
  found.store.revised.emit();
  await settle();
  expect(found.server.takeRoutes()).toEqual([`GET ${DETAIL}`, HISTORY_ROUTE]);
});

function route(name: string): string {
  return `GET ${DETAIL}/attachments/${name}`;
}

test('the preview of a table says which rows it shows', async () => {
  const table = { kind: 'table', columns: ['a', 'b'], rows: [['1', '<b>']], total: 60 };
  const view = await showDetail(await page({ [`${route('trials')}/preview`]: table }));
  await click(view, 'Preview trials');
  expect(texts(view, '.exo-Preview td')).toEqual(['1', '<b>']);
  expect(view.node.textContent).toContain('Rows 1 to 1 of 60');
  expect(buttonOf(view, 'Preview trials').getAttribute('aria-expanded')).toBe('true');
  await click(view, 'Preview trials');
  expect(texts(view, '.exo-Preview')).toEqual(['', '']);
});

test('the preview of a text is shown as it is', async () => {
  const reply = { kind: 'text', text: '<script>' };
  const view = await showDetail(await page({ [`${route('trials')}/preview`]: reply }));
  await click(view, 'Preview trials');
  expect(texts(view, '.exo-Preview pre')).toEqual(['<script>']);
});

test('the preview of a picture has its name as alternative text', async () => {
  const reply = { kind: 'image', mime: 'image/png', base64: 'AAAA' };
  const view = await showDetail(await page({ [`${route('trials')}/preview`]: reply }));
  await click(view, 'Preview trials');
  const image = view.node.querySelector('img');
  expect([image?.getAttribute('src'), image?.alt]).toEqual([
    'data:image/png;base64,AAAA',
    'trials'
  ]);
});

test.each([
  { kind: 'image', mime: 'image/svg+xml', base64: 'AAAA' },
  { kind: 'image', mime: 'text/html', base64: 'AAAA' },
  { kind: 'image', mime: 'image/png', base64: 'AA" onerror="x' }
])('$mime with $base64 is not shown as a picture', async reply => {
  const view = await showDetail(await page({ [`${route('trials')}/preview`]: reply }));
  await click(view, 'Preview trials');
  expect(view.node.querySelector('img')).toBeNull();
  expect(texts(view, '.exo-Preview p')).toEqual(['No preview.']);
});

test('an attachment is downloaded with its file name, without a path', async () => {
  const download = vi.fn();
  const file = () =>
    new Response('data', {
      headers: { 'Content-Disposition': "attachment; filename*=UTF-8''..%2Fweights.npz" }
    });
  const found = await page({ [route('weights')]: file }, { download });
  await click(await showDetail(found), 'Download weights');
  expect(download.mock.calls[0]?.[1]).toBe('.._weights.npz');
  expect(found.status.report).toHaveBeenLastCalledWith('Downloaded .._weights.npz.');
});

test('a failed download is reported', async () => {
  const reply = () => problem(409, 'integrity', 'The file was changed.');
  const found = await page({ [route('weights')]: reply });
  await click(await showDetail(found), 'Download weights');
  expect(found.status.reportError).toHaveBeenCalled();
});

test('an attachment without a preview has no button for it', async () => {
  const view = await showDetail(await page());
  expect(() => buttonOf(view, 'Preview weights')).toThrow();
});

test('the name of an attachment is one part of the path', async () => {
  const paths: string[] = [];
  const attachments = [{ name: '../../x', kind: 'file', format: '', size: '1 B', preview: false }];
  const found = await page({ [`GET ${DETAIL}`]: { ...detail(3, { attachments }) } });
  const view = await showDetail(found);
  found.server.takeRoutes();
  await click(view, 'Download ../../x');
  paths.push(...found.server.requests.map(({ path }: RecordedRequest) => path));
  expect(paths).toEqual([`${DETAIL}/attachments/..%2F..%2Fx`]);
});
