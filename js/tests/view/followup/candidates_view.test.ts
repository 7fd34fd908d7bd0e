import { afterEach, beforeEach, expect, test } from 'vitest';

import { CandidatesView } from '../../../src/view/followup/candidates_view';
import type { CandidatesState } from '../../../src/view/followup/types';
import { english } from '../../../src/view/translator';
import { FakeKernel, signalName, STATE } from './fake_kernel';

let kernel: FakeKernel;
let view: CandidatesView;
let saved: Partial<CandidatesState>[];

beforeEach(async () => {
  kernel = new FakeKernel();
  await open();
});

afterEach(() => view.dispose());

async function open(state: Partial<CandidatesState> = {}): Promise<void> {
  view = new CandidatesView(kernel.transport, english, { ...STATE, ...state });
  saved = [];
  view.store.stateChanged.connect(patch => saved.push(patch));
  document.body.append(view.node);
  await settle();
}

function settle(): Promise<void> {
  return new Promise(resolve => window.setTimeout(resolve, 5));
}

function rowNames(): string[] {
  return [...view.node.querySelectorAll('.exo-Candidates-name')].map(one => one.textContent);
}

function field(label: string): HTMLInputElement {
  const named = [...view.node.querySelectorAll('label')].find(one => one.textContent === label);
  return view.node.querySelector(`#${named!.htmlFor}`)!;
}

function press(label: string): void {
  const found = [...view.node.querySelectorAll('button')].find(one => one.textContent === label);
  found!.click();
}

async function enter(input: HTMLInputElement, text: string): Promise<void> {
  input.value = text;
  input.dispatchEvent(new Event('change', { bubbles: true }));
  await settle();
}

async function submit(input: HTMLInputElement, text: string): Promise<void> {
  input.value = text;
  input.closest('form')!.dispatchEvent(new Event('submit', { cancelable: true }));
  await settle();
}

function key(name: string): void {
  const event = new KeyboardEvent('keydown', { key: name, bubbles: true });
  document.activeElement!.dispatchEvent(event);
}

test('shows the counts, the caveat and the rows', () => {
  expect(view.node.textContent).toContain('10 of 60 candidates flagged.');
  expect(view.node.textContent).toContain('not a discovery');
  expect(rowNames()).toEqual(Array.from({ length: 10 }, (_, index) => signalName(index)));
});

test('another threshold lists other rows and is sent to Python', async () => {
  await enter(field('Threshold'), '0.8');
  expect(rowNames()).toHaveLength(20);
  expect(saved).toEqual([{ page: 0, threshold: 0.8 }]);
  expect(view.node.querySelector<HTMLInputElement>('[type=range]')!.value).toBe('0.8');
});

test('slider and field begin at the threshold', async () => {
  view.dispose();
  await open({ threshold: 0.5 });
  const inputs = view.node.querySelectorAll<HTMLInputElement>('.exo-Threshold input');
  expect([...inputs].map(({ value, max, step }) => [value, max, step])).toEqual([
    ['0.5', '1', '0.005'],
    ['0.5', '1', '0.005']
  ]);
});

test('a threshold that is not a number is an error and changes nothing', async () => {
  await enter(field('Threshold'), '');
  expect(view.node.textContent).toContain('Enter a number');
  expect(field('Threshold').getAttribute('aria-invalid')).toBe('true');
  expect(saved).toEqual([]);
});

test('a head sorts, and sorts in the other order the second time', async () => {
  view.node.querySelector<HTMLElement>('[data-name=koi_period]')!.click();
  await settle();
  expect(saved[0]).toEqual({ page: 0, sort_by: 'koi_period', descending: true });
  view.node.querySelector<HTMLElement>('[data-name=koi_period]')!.click();
  await settle();
  expect(saved[1]).toEqual({ page: 0, sort_by: 'koi_period', descending: false });
  const head = view.node.querySelector('[data-name=koi_period]')!.closest('th')!;
  expect(head.getAttribute('aria-sort')).toBe('ascending');
});

test('a row shows the details, and hides them the second time', async () => {
  press(signalName(3));
  await settle();
  expect(saved).toEqual([{ selected: signalName(3) }]);
  expect(view.node.querySelector('.exo-Signal')!.textContent).toContain('57.00');
  press(signalName(3));
  await settle();
  expect(view.node.querySelector('.exo-Signal')!.textContent).toContain('Select a signal');
});

test('the selected row is marked', async () => {
  press(signalName(3));
  await settle();
  const marked = view.node.querySelectorAll('[aria-pressed=true].exo-Candidates-name');
  expect([...marked].map(one => one.textContent)).toEqual([signalName(3)]);
});

test('a signal of another page is found by its name', async () => {
  await submit(field('Find a signal'), ` ${signalName(55)} `);
  expect(saved).toEqual([{ selected: signalName(55) }]);
});

test('an unknown name is an error and changes nothing', async () => {
  await submit(field('Find a signal'), 'K99999.01');
  expect(view.node.textContent).toContain("'K99999.01' is not one of the 60 candidates.");
  expect(saved).toEqual([]);
});

test('pages are turned, and another threshold shows the first one', async () => {
  await enter(field('Threshold'), '0');
  view.node.querySelector<HTMLElement>('[aria-label="Next page"]')!.click();
  await settle();
  expect(rowNames()[0]).toBe(signalName(25));
  await enter(field('Threshold'), '0.5');
  expect(rowNames()[0]).toBe(signalName(0));
  expect(saved.map(({ page }) => page)).toEqual([0, 1, 0]);
});

test('a change by Python is shown without an echo', async () => {
  view.store.receive({ threshold: 0.8, selected: signalName(1) });
  await settle();
  expect(rowNames()).toHaveLength(20);
  expect(view.node.querySelector('.exo-Signal')!.textContent).toContain(signalName(1));
  expect(saved).toEqual([]);
});

test('the arrow keys move between rows with one tab stop', () => {
  const names = [...view.node.querySelectorAll<HTMLElement>('.exo-Candidates-name')];
  names[0]!.focus();
  key('ArrowDown');
  expect(document.activeElement).toBe(names[1]);
  expect(names.filter(one => one.tabIndex === 0)).toEqual([names[1]]);
  key('End');
  expect(document.activeElement).toBe(names[names.length - 1]);
});

test('the focus stays on a head that was used to sort', async () => {
  const head = view.node.querySelector<HTMLElement>('[data-name=koi_period]')!;
  head.focus();
  head.click();
  await settle();
  const { activeElement } = document;
  expect((activeElement as HTMLElement).dataset.name).toBe('koi_period');
});

test('a figure is drawn by its button, and again for another threshold', async () => {
  const figures = () => kernel.paths.filter(path => path.includes('/figure'));
  expect(figures()).toHaveLength(0);
  press('Period and radius');
  await settle();
  expect(view.node.querySelector('figure img')!.getAttribute('alt')).toBe('Radius and period');
  await enter(field('Threshold'), '0.8');
  expect(figures()).toEqual([
    '/candidates/figure?kind=period_radius&threshold=0.9',
    '/candidates/figure?kind=period_radius&threshold=0.8'
  ]);
});

test('the list is exported, with the same in code', async () => {
  await submit(field('CSV file'), 'followup.csv');
  expect(kernel.bodies).toEqual([{ path: 'followup.csv', threshold: 0.9, replace: false }]);
  expect(view.node.querySelector('.exo-Export code')!.textContent).toBe('export_followup()');
});

test('a file is replaced only after a confirmation', async () => {
  kernel.files = ['mine.csv'];
  await submit(field('CSV file'), 'mine.csv');
  expect(view.node.textContent).toContain('mine.csv already exists.');
  press('Replace');
  await settle();
  expect(kernel.bodies[kernel.bodies.length - 1]).toEqual({
    path: 'mine.csv',
    threshold: 0.9,
    replace: true
  });
  expect(view.node.textContent).toContain('Exported 10 candidates.');
});

test('another threshold withdraws the confirmation', async () => {
  kernel.files = ['mine.csv'];
  await submit(field('CSV file'), 'mine.csv');
  await enter(field('Threshold'), '0.8');
  expect(view.node.textContent).not.toContain('already exists');
});

test('an error keeps the rows', async () => {
  kernel.fails = true;
  await enter(field('Threshold'), '0.8');
  expect(view.node.querySelector('[role=alert]')!.textContent).toContain('The request failed.');
  expect(rowNames()).toHaveLength(10);
});

test('an empty list suggests a lower threshold', async () => {
  await enter(field('Threshold'), '1');
  expect(view.node.textContent).toContain('Lower the threshold');
  expect(view.node.querySelector<HTMLElement>('table')!.hidden).toBe(true);
});

test('a hostile name is text', async () => {
  view.dispose();
  kernel.nameOf = index => `<img src=x onerror=alert(${index})>`;
  await open({ selected: kernel.nameOf(0) });
  expect(view.node.querySelector('img')).toBeNull();
  expect(rowNames()[0]).toBe(kernel.nameOf(0));
});
