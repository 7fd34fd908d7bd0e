import { expect, test } from 'vitest';

import { formatCount, formatMetric, formatTime, formatValue } from '../../src/view/format';

test.each([
  [0.95, '0.9500'],
  [1, '1.0000'],
  [0, '0.0000'],
  [17870.8, '17870.8000'],
  [42, '42'],
  [-3, '-3'],
  [0.0001234, '1.234e-4'],
  [12345678.9, '1.235e+7'],
  [null, '–'],
  [{ $float: 'nan' }, 'nan']
])('formats the metric %j as %s', (value, text) => {
  expect(formatMetric(value)).toBe(text);
});

test.each([
  [null, 'None'],
  [undefined, 'None'],
  [true, 'True'],
  [false, 'False'],
  [0.5, '0.5'],
  ['linear', 'linear'],
  [[1, null, 'a'], '[1, None, a]'],
  [{ $tuple: [1, true] }, '(1, True)'],
  [{ $time: '2026-01-02T03:04:05Z' }, '2026-01-02T03:04:05Z'],
  [{ C: 1, kernel: { degree: 3 } }, 'C: 1, kernel: degree: 3'],
  [{}, 'none'],
  [{ $a: 1, $b: 2 }, '$a: 1, $b: 2']
])('formats the value %j as %s', (value, text) => {
  expect(formatValue(value)).toBe(text);
});

test('formats a time in the local time zone', () => {
  const time = formatTime('2026-01-02T03:04:05+02:00');
  expect(time).toBe(
    new Date(Date.UTC(2026, 0, 2, 1, 4)).toLocaleString(undefined, {
      dateStyle: 'medium',
      timeStyle: 'short'
    })
  );
  expect(time).toContain('1:04');
});

test('formats a time that JSON cannot express', () => {
  expect(formatTime({ $time: '2026-01-02T03:04:05Z' })).toContain('3:04');
});

test('shows what is not a time as it is', () => {
  expect(formatTime('yesterday')).toBe('yesterday');
  expect(formatTime(null)).toBe('None');
});

test('uses the plural for every number except 1', () => {
  expect(formatCount(0, 'version')).toBe('0 versions');
  expect(formatCount(1, 'version')).toBe('1 version');
  expect(formatCount(20000, 'version')).toBe('20,000 versions');
});
