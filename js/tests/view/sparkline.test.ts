import { expect, test } from 'vitest';

import { sparkline } from '../../src/view/sparkline';

function draw(...series: [number, number | null][]): SVGElement | null {
  return sparkline({ name: 'f1_score', scoring: '', value: null, series });
}

function pointsOf(line: SVGElement | null): string | null | undefined {
  return line?.querySelector('polyline')?.getAttribute('points');
}

test('describes the first and the last value', () => {
  expect(draw([1, 0.51], [2, 0.6], [3, 0.53])?.getAttribute('aria-label')).toBe(
    'f1_score from 0.5100 in version 1 to 0.5300 in version 3'
  );
});

test('draws the largest value at the top and the smallest at the bottom', () => {
  expect(pointsOf(draw([1, 0], [3, 1]))).toBe('2,12 46,2');
});

test('places a version by its number, not by its rank', () => {
  expect(pointsOf(draw([1, 0], [2, 1], [11, 0]))).toBe('2,12 6.4,2 46,12');
});

test('draws equal values in the middle', () => {
  expect(pointsOf(draw([1, 0.5], [2, 0.5]))).toBe('2,7 46,7');
});

test('skips versions without the metric', () => {
  expect(pointsOf(draw([1, 0], [2, null], [3, 1]))).toBe('2,12 46,2');
});

test('draws nothing for fewer than two values', () => {
  expect(draw([1, 0.5], [2, null])).toBeNull();
});
