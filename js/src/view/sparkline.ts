/** A metric over the versions of a model, as a line the size of a word. */
import { svg } from './dom';
import { Series } from '../registry/types';
import { number } from './format';

const WIDTH = 48;
const HEIGHT = 14;
const PAD = 2;

/** Draw the line; null where there are less than two numbers. */
export function sparkline(metric: Series): SVGElement | null {
  const known = metric.series.filter((point): point is [number, number] => point[1] !== null);
  const first = known[0];
  const last = known[known.length - 1];
  if (known.length < 2 || !first || !last) {
    return null;
  }
  const place = placing(known);
  const points = known.map(point => place(point).join(',')).join(' ');
  const [x, y] = place(last);
  const label =
    `${metric.name} from ${number(first[1])} in version ${first[0]} ` +
    `to ${number(last[1])} in version ${last[0]}`;
  return svg(
    'svg',
    { class: 'exo-Sparkline', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': label },
    svg('title', {}, label),
    svg('polyline', { points }),
    svg('circle', { cx: x, cy: y, r: PAD })
  );
}

function placing(known: [number, number][]): (point: [number, number]) => [number, number] {
  const versions = known.map(([version]) => version);
  const values = known.map(([, value]) => value);
  const [left, right] = [Math.min(...versions), Math.max(...versions)];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const between = (part: number, whole: number, size: number) =>
    PAD + (whole > 0 ? part / whole : 0.5) * (size - 2 * PAD);
  return ([version, value]) => [
    tenths(between(version - left, right - left, WIDTH)),
    tenths(HEIGHT - between(value - low, high - low, HEIGHT))
  ];
}

function tenths(value: number): number {
  return Math.round(10 * value) / 10;
}
