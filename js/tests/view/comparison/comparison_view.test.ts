import { expect, test } from 'vitest';

import { ComparisonView } from '../../../src/view/comparison/comparison_view';
import type { Comparison } from '../../../src/registry/types';
import type { RecordedRequest } from '../../fake_server';
import { json, problem, settle } from '../../fake_server';
import { COMPARISON } from '../../samples';
import type { Page } from '../detail/fixture';
import { answer, click, page, show, texts } from '../detail/fixture';

const COMPARE = 'GET /registries/r1/compare';
const REFS = ['kepler_rf:1', 'kepler_rf:3'];

async function compared(changes: Partial<Comparison> = {}): Promise<[ComparisonView, Page]> {
  const found = await page({ [COMPARE]: { ...COMPARISON, ...changes } });
  found.store.update({ selected: REFS });
  return [await show(new ComparisonView(found.context, REFS)), found];
}

test('the heads have the aliases, and the first one is the reference', async () => {
  const [view] = await compared();
  expect(texts(view, 'thead th')).toEqual([
    'Field',
    'kepler_rf:12 Jan 03:04Reference',
    'kepler_rf:3@champion2 Jan 03:04Make reference'
  ]);
});

test('each section stands once above its rows', async () => {
  const [view] = await compared();
  expect(texts(view, '.exo-Compare-section')).toEqual(['Metrics', 'Hyperparameters']);
  expect(texts(view, 'tbody tr:not(.exo-Compare-section)')).toEqual([
    'f1_score0.8800.910+0.030 better',
    'mae-61353.9',
    'C110'
  ]);
});

test('a row with a number is numeric, also where a value is missing', async () => {
  const [view] = await compared({
    sections: [
      {
        title: 'Metrics',
        rows: [
          {
            ...{ field: 'mae', title: 'mae', changes: [null, null] },
            values: [null, { text: '61353.9', value: 61353.9 }]
          },
          {
            ...{ field: 'kind', title: 'kind', changes: [null, null] },
            values: [{ text: 'a' }, null]
          }
        ]
      }
    ]
  });
  const rows = view.node.querySelectorAll('tbody tr:not(.exo-Compare-section)');
  const numeric = [...rows].map(row => row.classList.contains('exo-mod-numeric'));
  expect(numeric).toEqual([true, false]);
});

test('better and worse are words, not only colors', async () => {
  const rows = [
    {
      ...{ field: 'mae', title: 'mae' },
      values: [
        { text: '1', value: 1 },
        { text: '2', value: 2 }
      ],
      changes: [null, { delta: '+1', verdict: 'worse' as const }]
    },
    {
      ...{ field: 'f1', title: 'f1' },
      values: [
        { text: '1', value: 1 },
        { text: '1', value: 1 }
      ],
      changes: [null, { delta: 'same', verdict: 'same' as const }]
    }
  ];
  const [view] = await compared({ sections: [{ title: 'Metrics', rows }] });
  expect(texts(view, '.exo-Change')).toEqual(['+1 worse', 'same']);
  expect(view.node.querySelector('.exo-Change')?.className).toContain('exo-mod-worse');
});

test('what is the same in all is counted, and shown on request', async () => {
  const [view, found] = await compared();
  expect(texts(view, '.exo-Compare-same > span')).toEqual(['25 facts are the same in all.']);
  found.server.takeRoutes();
  await click(view, 'Show all');
  expect(found.server.requests[0]?.query.get('all')).toBe('true');
});

test('showing all is kept for the next comparison', async () => {
  const [view, found] = await compared();
  await click(view, 'Show all');
  found.server.takeRoutes();
  await show(new ComparisonView(found.context, [...REFS].reverse()));
  expect(found.server.requests[0]?.query.get('all')).toBe('true');
});

test('another version becomes the reference by order', async () => {
  const [view, found] = await compared();
  await click(view, 'Make reference: kepler_rf:3');
  expect(found.store.state.selected).toEqual(['kepler_rf:3', 'kepler_rf:1']);
  const next = await show(new ComparisonView(found.context, found.store.state.selected));
  expect(document.activeElement).toBe(next.node);
});

test('a version is removed from the comparison', async () => {
  const [view, found] = await compared();
  await click(view, 'Remove kepler_rf:1 from the comparison');
  expect(found.store.state.selected).toEqual(['kepler_rf:3']);
});

test('the versions are compared in the order of selection', async () => {
  const [, found] = await compared();
  const request = found.server.requests.find(({ path }) => path.endsWith('/compare'));
  expect(request?.query.getAll('ref')).toEqual(REFS);
});

test('each value of a narrow view has the version as label', async () => {
  const [view] = await compared();
  const cells = [...view.node.querySelectorAll<HTMLElement>('td')].slice(0, 2);
  expect(cells.map(cell => cell.dataset.label)).toEqual(['Version 1', 'Version 3']);
});

test('versions of several models are labelled by short names and their numbers', async () => {
  const [first] = COMPARISON.heads;
  const other = {
    ...COMPARISON.heads[1],
    model_id: 'churn_classifier_of_customers:3'
  } as Comparison['heads'][0];
  const [view] = await compared({ heads: [first!, other] });
  const cells = [...view.node.querySelectorAll<HTMLElement>('td')].slice(0, 2);
  expect(cells.map(cell => cell.dataset.label)).toEqual(['kepler_rf:1', 'churn_cl…ustomers:3']);
});

test('the table keeps its roles when it is shown as blocks', async () => {
  const [view] = await compared();
  const roles = [...view.node.querySelectorAll('table, tr, th, td, thead, tbody')].map(found =>
    found.getAttribute('role')
  );
  expect(roles).not.toContain(null);
});

test('versions without differences say so', async () => {
  const [view] = await compared({ sections: [] });
  expect(texts(view, '.exo-Compare-same > span')).toEqual([
    'The versions do not differ. 25 facts are the same in all.'
  ]);
});

test('plots show all versions', async () => {
  const requests: RecordedRequest[] = [];
  const [view, found] = await compared();
  found.server.on('GET /registries/r1/plot', request => {
    requests.push(request);
    return new Response('PNG');
  });
  await click(view, 'Metric over versions');
  expect(requests[0]?.query.getAll('ref')).toEqual(REFS);
});

test('several versions are tagged and deleted together', async () => {
  const [view] = await compared();
  expect(texts(view, '.exo-ActionBar-buttons > .exo-Buttons button')).toEqual(['Tag…', 'Delete…']);
});

test('the changes of several versions are confirmed and undone as one', async () => {
  const [view, found] = await compared();
  const sent: string[] = [];
  const reply = ({ path, body }: RecordedRequest) => {
    const isPreview = (body as Record<string, unknown>).preview === true;
    sent.push(`${isPreview ? 'preview' : 'change'} ${path.split('/').slice(-2).join('/')}`);
    const version = path.includes('/1/') ? 1 : 3;
    const undo = { method: 'POST', path: path.replace('delete', 'restore'), body: {}, code: '' };
    return json(
      isPreview
        ? { code: `delete ${version}`, message: `Delete ${version}?`, warnings: ['Careful.'] }
        : { code: '', message: `Deleted ${version}.`, undo }
    );
  };
  for (const version of [1, 3]) {
    const path = `/registries/r1/models/kepler_rf/versions/${version}`;
    found.server.on(`POST ${path}/delete`, reply);
    found.server.on(`POST ${path}/restore`, reply);
  }
  await click(view, 'Delete…');
  expect(texts(view, '.exo-ActionForm-question p')).toEqual(['Delete 1?', 'Delete 3?', 'Careful.']);
  await answer(view, 'Delete');
  const [text, undo] = found.status.report.mock.calls[0] as [string, { run: () => void }];
  expect(text).toBe('Deleted 1. And 1 more.');
  undo.run();
  await settle();
  expect(sent).toEqual([
    ...['preview 1/delete', 'preview 3/delete', 'change 1/delete', 'change 3/delete'],
    ...['change 3/restore', 'change 1/restore']
  ]);
});

test('a change that fails in between reports what was done, and repeats only the rest', async () => {
  const [view, found] = await compared();
  let fails = true;
  const sent: string[] = [];
  for (const version of [1, 3]) {
    found.server.on(
      `POST /registries/r1/models/kepler_rf/versions/${version}/delete`,
      ({ body }) => {
        const { preview, force } = body as Record<string, unknown>;
        if (preview === true) {
          return json({ code: 'code', message: 'message', warnings: [] });
        }
        sent.push(`${version} ${String(force === true)}`);
        return version === 3 && fails
          ? problem(409, 'protected', '@champion is protected.')
          : json({ code: 'code', message: `Deleted ${version}.`, undo: null });
      }
    );
  }
  await click(view, 'Delete…');
  await answer(view, 'Delete');
  expect(found.status.report.mock.calls[0]?.[0]).toBe('Deleted 1.');
  expect(texts(view, '[role=alert]')).toEqual(['⚠ @champion is protected.']);
  fails = false;
  await click(view, 'Apply anyway');
  expect(sent).toEqual(['1 false', '3 false', '3 true']);
});

test('loading is shown immediately', async () => {
  const found = await page({ [COMPARE]: { ...COMPARISON } });
  const view = new ComparisonView(found.context, REFS);
  expect(texts(view, '[role=status]')).toContain('Comparing…');
  await settle();
  expect(view.node.textContent).not.toContain('Comparing…');
});

test('an error is shown, and Retry compares again', async () => {
  const reply = () => problem(400, 'bad_request', 'ref may be given at most 20 times.');
  const found = await page({ [COMPARE]: reply });
  const view = await show(new ComparisonView(found.context, REFS));
  expect(texts(view, '[role=alert]')).toEqual(['⚠ ref may be given at most 20 times.']);
  found.server.on(COMPARE, { ...COMPARISON });
  await click(view, 'Retry');
  expect(texts(view, '.exo-Compare-section')).toHaveLength(2);
});

test('a version that is missing can be removed from the comparison', async () => {
  const reply = () => problem(404, 'not_found', 'kepler_rf has no version 3; its latest is 2.');
  const found = await page({ [COMPARE]: reply });
  found.store.update({ selected: REFS });
  const view = await show(new ComparisonView(found.context, REFS));
  await click(view, 'Remove kepler_rf:3');
  expect(found.store.state.selected).toEqual(['kepler_rf:1']);
});

test('texts of users create no elements', async () => {
  const hostile = '<img src=x onerror="window.hacked=1">';
  const created = { text: hostile, title: hostile };
  const heads = REFS.map(model_id => ({
    ...{ model_id, created, is_deleted: true },
    aliases: [hostile]
  }));
  const row = {
    ...{ field: hostile, title: hostile },
    values: [{ text: hostile }, null],
    changes: [null, { delta: hostile, verdict: null }]
  };
  const [view] = await compared({
    ...{ heads, notes: [hostile] },
    sections: [{ title: hostile, rows: [row] }],
    plots: [{ kind: hostile, title: hostile }]
  });
  expect(view.node.textContent).toContain(hostile);
  expect(view.node.querySelectorAll('img, script')).toHaveLength(0);
});
