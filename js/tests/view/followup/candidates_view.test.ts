import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Driver, settle } from './driver';
import { signalName } from './fake_kernel';

let user: Driver;

beforeEach(async () => {
  user = new Driver();
  await user.open();
});

afterEach(() => user.close());

function key(name: string): void {
  const event = new KeyboardEvent('keydown', { key: name, bubbles: true });
  document.activeElement!.dispatchEvent(event);
}

test('shows the counts, the caveat and the rows', () => {
  expect(user.view.node.textContent).toContain('10 of 60 candidates flagged.');
  expect(user.view.node.textContent).toContain('not a discovery');
  expect(user.rowNames()).toEqual(Array.from({ length: 10 }, (_, index) => signalName(index)));
});

test('another threshold lists other rows and is sent to Python', async () => {
  await user.enter('Threshold', '0.8');
  expect(user.rowNames()).toHaveLength(20);
  expect(user.saved).toEqual([{ page: 0, threshold: 0.8 }]);
  expect(user.view.node.querySelector<HTMLInputElement>('[type=range]')!.value).toBe('0.8');
});

test('slider and field begin at the threshold', async () => {
  await user.open({ threshold: 0.5 });
  const inputs = user.view.node.querySelectorAll<HTMLInputElement>('.exo-Threshold input');
  expect([...inputs].map(({ value, max, step }) => [value, max, step])).toEqual([
    ['0.5', '1', '0.005'],
    ['0.5', '1', '0.005']
  ]);
});

test('the last column gives way in a narrow list, unless it is the order', async () => {
  const wide = vi.spyOn(HTMLElement.prototype, 'offsetWidth', 'get');
  const narrow = vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get');
  wide.mockReturnValue(300);
  narrow.mockReturnValue(200);
  await user.open();
  const hidden = () =>
    [...user.view.node.querySelectorAll('th[hidden]')].map(one => one.textContent);
  expect(hidden()).toEqual(['period, days']);
  expect(user.view.node.querySelectorAll('td[hidden]')).toHaveLength(10);
  await user.open({ sort_by: 'koi_period' });
  expect(hidden()).toEqual([]);
  wide.mockRestore();
  narrow.mockRestore();
});

test('a threshold is reset to the one of the list', async () => {
  await user.enter('Threshold', '0.8');
  await user.press('Reset');
  expect(user.rowNames()).toHaveLength(10);
  expect(user.saved[1]).toEqual({ page: 0, threshold: 0.9 });
  expect(user.field('Threshold').value).toBe('0.9');
});

test('the threshold of the list cannot be reset', async () => {
  await user.press('Reset');
  expect(user.saved).toEqual([]);
  const reset = user.view.node.querySelector('.exo-Threshold button')!;
  expect(reset.getAttribute('aria-disabled')).toBe('true');
});

test('Reset replaces a text that is not a number', async () => {
  await user.enter('Threshold', '');
  await user.press('Reset');
  expect(user.field('Threshold').value).toBe('0.9');
  expect(user.field('Threshold').hasAttribute('aria-invalid')).toBe(false);
});

test('a threshold that is not a number is an error and changes nothing', async () => {
  await user.enter('Threshold', '');
  expect(user.view.node.textContent).toContain('Enter a number');
  expect(user.field('Threshold').getAttribute('aria-invalid')).toBe('true');
  expect(user.saved).toEqual([]);
});

test('a head sorts, and sorts in the other order the second time', async () => {
  user.view.node.querySelector<HTMLElement>('[data-name=koi_period]')!.click();
  await settle();
  expect(user.saved[0]).toEqual({ page: 0, sort_by: 'koi_period', descending: true });
  user.view.node.querySelector<HTMLElement>('[data-name=koi_period]')!.click();
  await settle();
  expect(user.saved[1]).toEqual({ page: 0, sort_by: 'koi_period', descending: false });
  const head = user.view.node.querySelector('[data-name=koi_period]')!.closest('th')!;
  expect(head.getAttribute('aria-sort')).toBe('ascending');
});

test('a row shows the details, and hides them the second time', async () => {
  await user.press(signalName(3));
  expect(user.saved).toEqual([{ selected: signalName(3) }]);
  expect(user.view.node.querySelector('.exo-Signal')!.textContent).toContain('57.00');
  await user.press(signalName(3));
  expect(user.view.node.querySelector('.exo-Signal')!.textContent).toContain('Select a signal');
});

test('the details link to the archive', async () => {
  await user.press(signalName(3));
  const link = user.view.node.querySelector('a')!;
  expect(link.textContent).toBe('Star in the NASA Exoplanet Archive');
  expect([link.href, link.rel]).toEqual(['https://archive.example/KOI-3', 'noopener noreferrer']);
});

test('a signal of another table has no link', async () => {
  user.kernel.nameOf = index => `TOI-${index}`;
  await user.open({ selected: 'TOI-3' });
  expect(user.view.node.querySelector('.exo-Signal')!.textContent).toContain('57.00');
  expect(user.view.node.querySelector('a')).toBeNull();
});

test('a busy kernel is shown by a line', async () => {
  let release!: () => void;
  user.kernel.busy = new Promise(resolve => (release = resolve));
  await user.enter('Threshold', '0.8');
  const progress = user.view.node.querySelector('.exo-Progress')!;
  expect(progress.classList.contains('exo-mod-loading')).toBe(true);
  expect(user.rowNames()).toHaveLength(10);
  release();
  await settle();
  expect(progress.classList.contains('exo-mod-loading')).toBe(false);
  expect(user.rowNames()).toHaveLength(20);
});

test('the selected row is marked', async () => {
  await user.press(signalName(3));
  const marked = user.view.node.querySelectorAll('[aria-pressed=true].exo-Candidates-name');
  expect([...marked].map(one => one.textContent)).toEqual([signalName(3)]);
});

test('a signal of another page is found by its name', async () => {
  await user.submit('Find a signal', ` ${signalName(55)} `);
  expect(user.saved).toEqual([{ selected: signalName(55) }]);
});

test('an unknown name is an error and changes nothing', async () => {
  await user.submit('Find a signal', 'K99999.01');
  expect(user.view.node.textContent).toContain("'K99999.01' is not one of the 60 candidates.");
  expect(user.saved).toEqual([]);
});

test('pages are turned, and another threshold shows the first one', async () => {
  await user.enter('Threshold', '0');
  user.view.node.querySelector<HTMLElement>('[aria-label="Next page"]')!.click();
  await settle();
  expect(user.rowNames()[0]).toBe(signalName(25));
  await user.enter('Threshold', '0.5');
  expect(user.rowNames()[0]).toBe(signalName(0));
  expect(user.saved.map(({ page }) => page)).toEqual([0, 1, 0]);
});

test('a change by Python is shown without an echo', async () => {
  user.view.store.receive({ threshold: 0.8, selected: signalName(1) });
  await settle();
  expect(user.rowNames()).toHaveLength(20);
  expect(user.view.node.querySelector('.exo-Signal')!.textContent).toContain(signalName(1));
  expect(user.saved).toEqual([]);
});

test('the arrow keys move between rows with one tab stop', () => {
  const names = [...user.view.node.querySelectorAll<HTMLElement>('.exo-Candidates-name')];
  names[0]!.focus();
  key('ArrowDown');
  expect(document.activeElement).toBe(names[1]);
  expect(names.filter(one => one.tabIndex === 0)).toEqual([names[1]]);
  key('End');
  expect(document.activeElement).toBe(names[names.length - 1]);
});

test('the focus stays on a head that was used to sort', async () => {
  const head = user.view.node.querySelector<HTMLElement>('[data-name=koi_period]')!;
  head.focus();
  head.click();
  await settle();
  const { activeElement } = document;
  expect((activeElement as HTMLElement).dataset.name).toBe('koi_period');
});

test('an error keeps the rows', async () => {
  user.kernel.fails = true;
  await user.enter('Threshold', '0.8');
  expect(user.view.node.querySelector('[role=alert]')!.textContent).toContain(
    'The request failed.'
  );
  expect(user.rowNames()).toHaveLength(10);
});

test('an empty list suggests a lower threshold', async () => {
  await user.enter('Threshold', '1');
  expect(user.view.node.textContent).toContain('Lower the threshold');
  expect(user.view.node.querySelector<HTMLElement>('table')!.hidden).toBe(true);
});

test('a hostile name is text', async () => {
  user.kernel.nameOf = index => `<img src=x onerror=alert(${index})>`;
  await user.open({ selected: user.kernel.nameOf(0) });
  expect(user.view.node.querySelector('img')).toBeNull();
  expect(user.rowNames()[0]).toBe(user.kernel.nameOf(0));
});
