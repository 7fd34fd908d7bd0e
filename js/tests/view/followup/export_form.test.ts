import { afterEach, beforeEach, expect, test } from 'vitest';

import { Driver } from './driver';

let user: Driver;

beforeEach(async () => {
  user = new Driver();
  await user.open();
});

afterEach(() => user.close());

test('the list is exported, with the same in code', async () => {
  await user.submit('CSV file', 'followup.csv');
  expect(user.kernel.bodies).toEqual([{ path: 'followup.csv', threshold: 0.9, replace: false }]);
  expect(user.view.node.querySelector('.exo-Export code')!.textContent).toBe('export_followup()');
});

test('a file is replaced only after a confirmation', async () => {
  user.kernel.files = ['mine.csv'];
  await user.submit('CSV file', 'mine.csv');
  expect(user.view.node.textContent).toContain('mine.csv already exists.');
  await user.press('Replace');
  expect(user.kernel.bodies[user.kernel.bodies.length - 1]).toEqual({
    path: 'mine.csv',
    threshold: 0.9,
    replace: true
  });
  expect(user.view.node.textContent).toContain('Exported 10 candidates.');
});

test('another threshold withdraws the confirmation', async () => {
  user.kernel.files = ['mine.csv'];
  await user.submit('CSV file', 'mine.csv');
  await user.enter('Threshold', '0.8');
  expect(user.view.node.textContent).not.toContain('already exists');
});
