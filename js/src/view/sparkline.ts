/** A metric over the versions of a model, as a line the size of a word. */
import type { MetricSeries } from '../registry/old_types';
import { svg } from './dom';
import { formatMetric } from './format';

const WIDTH = 48;
const HEIGHT = 14;
const PADDING = 2;

type Point = [version: number, value: number];

/** Draw the line, or return null if there are fewer than two values. */
export function sparkline(metric: MetricSeries): SVGElement | null {
  const points = metric.series.filter((point): point is Point => point[1] !== null);
  const first = points[0];
  const last = points[points.length - 1];
  if (points.length < 2 || !first || !last) {
    return null;
  }
  const project = projection(points);
  const [x, y] = project(last);
  const label =
    `${metric.name} from ${formatMetric(first[1])} in version ${first[0]} ` +
    `to ${formatMetric(last[1])} in version ${last[0]}`;
  return svg(
    'svg',
    { class: 'exo-Sparkline', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': label },
    svg('title', {}, label),
    svg('polyline', { points: points.map(point => project(point).join(',')).join(' ') }),
    svg('circle', { cx: x, cy: y, r: PADDING })
  );
}

function projection(points: Point[]): (point: Point) => [x: number, y: number] {
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
