import { afterEach, beforeEach, expect, test } from 'vitest';

import { ComparisonView } from '../../src/widgets/comparison_view';
import { FakeServer, settle } from '../fake_server';
import { metadata } from '../old_samples';

const COMPARE = 'GET /registries/r1/compare';

let server: FakeServer;
let view: ComparisonView;

beforeEach(async () => {
  server = new FakeServer({
    [COMPARE]: { ids: ['a:1', 'b:2'], rows: [{ section: 's', field: 'f', values: ['1', '2'] }] },
    'GET /registries/r1/models/a/versions/1': {
      metadata: metadata(),
      metric_titles: {},
      plots: ['roc', 'trials']
    }
  });
  view = new ComparisonView(server.api, 'r1', ['a:1', 'b:2']);
  await settle();
});

afterEach(() => {
  view.dispose();
});

test('compares the versions that it is created with', () => {
  const { query } = server.requests.find(({ path }) => path.endsWith('compare'))!;
  expect(query.toString()).toBe('ref=a%3A1&ref=b%3A2&all=false');
  expect(view.node.getAttribute('aria-label')).toBe('Comparison of a:1, b:2');
  expect(view.node.querySelector('tbody')?.textContent).toBe('sf12');
});

test('shows identical rows on request', async () => {
  server.requests.length = 0;
  const box = view.node.querySelector<HTMLInputElement>('input[type=checkbox]')!;
  box.checked = true;
  box.dispatchEvent(new Event('change'));
  await settle();
  expect(server.requests[0]?.query.get('all')).toBe('true');
});

test('offers only plots that can show several versions', () => {
  const labels = [...view.node.querySelectorAll('button')].map(({ textContent }) => textContent);
  expect(labels).toEqual(['ROC curve']);
});
