import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Driver, settle } from './driver';

let user: Driver;

beforeEach(async () => {
  user = new Driver();
  await user.open();
});

afterEach(() => {
  user.close();
  vi.unstubAllGlobals();
});

/** Replace the observer of sizes, and return the function that sets the width of the view. */
function fakeWidth(): (width: number) => void {
  const observers: ResizeObserverCallback[] = [];
  class FakeObserver {
    constructor(callback: ResizeObserverCallback) {
      observers.push(callback);
    }
    readonly observe = vi.fn();
    readonly disconnect = vi.fn();
  }
  vi.stubGlobal('ResizeObserver', FakeObserver);
  return width => {
    const entries = [{ contentRect: { width } }] as unknown as ResizeObserverEntry[];
    observers.forEach(callback => callback(entries, null as unknown as ResizeObserver));
  };
}

async function openAt(width: number): Promise<(width: number) => void> {
  const setWidth = fakeWidth();
  await user.open();
  setWidth(width);
  await settle();
  return setWidth;
}

function figureRequests(): string[] {
  return user.kernel.paths.filter(path => path.includes('/figure'));
}

test('a figure is drawn by its button', async () => {
  expect(figureRequests()).toHaveLength(0);
  await user.press('Period and radius');
  const image = user.view.node.querySelector('.exo-Figures img')!;
  expect(image.getAttribute('alt')).toBe('Radius and period');
});

test('a figure is drawn once for a quick series of thresholds', async () => {
  await user.press('Period and radius');
  await user.enter('Threshold', '0.85');
  await user.enter('Threshold', '0.8');
  const output = user.view.node.querySelector('.exo-Figures-output')!;
  expect(output.getAttribute('aria-busy')).toBe('true');
  await vi.waitFor(() => expect(output.getAttribute('aria-busy')).toBe('false'));
  expect(figureRequests()).toEqual([
    '/candidates/figure?kind=period_radius&threshold=0.9&theme=light',
    '/candidates/figure?kind=period_radius&threshold=0.8&theme=light'
  ]);
});

test('a wide view shows the first figure', async () => {
  await openAt(700);
  expect(figureRequests()).toEqual(['/candidates/figure?kind=precision&threshold=0.9&theme=light']);
  expect(user.view.node.querySelector('.exo-Figures img')).not.toBeNull();
});

test('a narrow view shows a figure only after a click', async () => {
  await openAt(500);
  expect(figureRequests()).toEqual([]);
});

test('a figure that the user hides stays hidden', async () => {
  const setWidth = await openAt(700);
  await user.press('Precision and recall');
  setWidth(500);
  setWidth(700);
  await settle();
  expect(user.view.node.querySelector('.exo-Figures img')).toBeNull();
  expect(figureRequests()).toHaveLength(1);
});

test('another theme draws the figure in its colors', async () => {
  await user.press('Period and radius');
  user.view.node.style.backgroundColor = 'rgb(17, 17, 17)';
  document.body.dataset.jpThemeName = 'JupyterLab Dark';
  await vi.waitFor(() => expect(figureRequests()).toHaveLength(2));
  expect(figureRequests()[1]).toContain('theme=dark');
});

test('an error of a figure is shown in its place', async () => {
  user.kernel.fails = true;
  await user.press('Period and radius');
  expect(user.view.node.querySelector('.exo-Figures')!.textContent).toContain(
    'The request failed.'
  );
});
