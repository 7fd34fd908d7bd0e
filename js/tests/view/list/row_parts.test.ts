import { expect, test } from 'vitest';

import { aliasBadges } from '../../../src/view/list/cells';
import { hiddenColumns } from '../../../src/view/list/fit';
import { nameText } from '../../../src/view/list/name_text';
import { Progress } from '../../../src/view/list/progress';
import { trendLine } from '../../../src/view/list/trend';
import { english } from '../../../src/view/translator';
import { version } from '../../samples';
import { textOf } from './fixture';

test('a long name can be shortened before its end and its version', () => {
  const node = nameText('fraud-detection-eu-west', 12);
  expect([...node.children].map(child => [child.className, child.textContent])).toEqual([
    ['exo-Name-start', 'fraud-detection'],
    ['exo-Name-end', '-eu-west'],
    ['exo-Name-version', ':12']
  ]);
  expect(node.title).toBe('fraud-detection-eu-west:12');
});

test('a character of two code units is not split', () => {
  const node = nameText('🪐'.repeat(20));
  expect(node.querySelector('.exo-Name-end')?.textContent).toBe('🪐'.repeat(8));
});

test('at most two aliases are shown, with the number of the others', () => {
  const badges = aliasBadges(version(1, { aliases: ['a', 'b', 'c', 'd'] }));
  expect(textOf(badges)).toBe('@a@b+2');
  expect(badges?.title).toBe('@a, @b, @c, @d');
  expect(aliasBadges(version(1))).toBeNull();
});

test('a trend names its metric and versions, and its dot is at the version', () => {
  const series: [number, number | null][] = [
    [1, 0.5],
    [2, null],
    [3, 0.7]
  ];
  const line = trendLine('auc', series, english, 1);
  expect(line?.getAttribute('aria-label')).toBe('auc over versions 1 to 3');
  expect(line?.querySelector('polyline')?.getAttribute('points')).toBe('2,12 46,2');
  expect(line?.querySelector('circle')?.getAttribute('cx')).toBe('2');
});

test('one value is not a trend', () => {
  expect(
    trendLine(
      'auc',
      [
        [1, 0.5],
        [2, null]
      ],
      english
    )
  ).toBeNull();
});

test('a constant trend is in the middle', () => {
  const line = trendLine(
    'auc',
    [
      [1, 0.5],
      [2, 0.5]
    ],
    english
  );
  expect(line?.querySelector('polyline')?.getAttribute('points')).toBe('2,7 46,7');
});

test('columns of the highest ranks are hidden until the table fits', () => {
  const widths: Record<string, number> = { sorted: 80, a: 100, b: 60, c: 50 };
  const heads = Object.keys(widths).map((name, rank) => {
    const head = document.createElement('th');
    head.dataset.column = name;
    head.dataset.rank = String(rank);
    Object.defineProperty(head, 'offsetWidth', { value: widths[name] });
    return head;
  });
  const hiddenAt = (width: number) => [
    ...hiddenColumns(
      heads,
      width,
      () => 490,
      () => undefined
    )
  ];
  expect(hiddenAt(500)).toEqual([]);
  expect(hiddenAt(450)).toEqual(['c']);
  expect(hiddenAt(400)).toEqual(['c', 'b']);
  expect(hiddenAt(100)).toEqual(['c', 'b', 'a']);
  // Not in the document.
  expect(hiddenAt(0)).toEqual([]);
});

test('the progress of the index is shown only while the list is read', () => {
  const progress = new Progress(english);
  const text = progress.node.querySelector<HTMLElement>('.exo-Progress-text');
  const indexing = { read: 5, total: 20 };
  progress.show({ loading: true, empty: true, indexing });
  expect([text?.hidden, text?.textContent]).toEqual([false, 'Reading 5 of 20 versions']);
  const line = progress.node.querySelector<HTMLElement>('.exo-Progress-line');
  expect(line?.style.getPropertyValue('--exo-share')).toBe('0.25');
  progress.show({ loading: false, empty: true, indexing });
  expect(text?.hidden).toBe(true);
});
