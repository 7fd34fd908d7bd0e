/** A metric over the versions of a model, as a line the size of a word. */
import { svg } from '../dom';
import type { Trans } from '../translator';

const WIDTH = 48;
const HEIGHT = 14;
const PADDING = 2;

type Point = [version: number, value: number];
export type Series = readonly (readonly [version: number, value: number | null])[];

/**
 * Draw the line, or return null if there are fewer than two values. The dot marks `version`, or the
 * last one.
 */
export function trendLine(
  title: string,
  series: Series,
  trans: Trans,
  version: number | null = null
): SVGElement | null {
  const points = series.filter(isPoint);
  const [first, last] = [points[0], points[points.length - 1]];
  if (points.length < 2 || !first || !last) {
    return null;
  }
  const project = projection(points);
  const [x, y] = project(points.find(([number]) => number === version) ?? last);
  const label = trans.__('%1 over versions %2 to %3', title, first[0], last[0]);
  return svg(
    'svg',
    { class: 'exo-Trend', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': label },
    svg('title', {}, label),
    svg('polyline', { points: points.map(point => project(point).join(',')).join(' ') }),
    svg('circle', { cx: x, cy: y, r: PADDING })
  );
}

function isPoint(point: readonly [number, number | null]): point is Point {
  return point[1] !== null;
}

function projection(points: readonly Point[]): (point: Point) => [x: number, y: number] {
  const versions = points.map(([version]) => version);
  const values = points.map(([, value]) => value);
  const [left, right] = [Math.min(...versions), Math.max(...versions)];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const scale = (part: number, whole: number, size: number) =>
    PADDING + (whole > 0 ? part / whole : 0.5) * (size - 2 * PADDING);
  return ([version, value]) => [
    roundToTenth(scale(version - left, right - left, WIDTH)),
    roundToTenth(HEIGHT - scale(value - low, high - low, HEIGHT))
  ];
}

function roundToTenth(value: number): number {
  return Math.round(10 * value) / 10;
}
