/**
 * Icons as inline SVG, for places that have no LabIcon, such as an output of a notebook.
 *
 * Source: the icons of @jupyterlab/ui-components 4.6 (BSD-3-Clause), except bookmark, columns, plot.
 */
import { svg } from './dom';

type Shape = [box: string, ...paths: string[]];

const WIDE = '0 0 24 24';
const NARROW = '0 0 18 18';

const SHAPES = {
  add: [WIDE, 'M19 13h-6v6h-2v-6H5v-2h6V5h2v6h6z'],
  bookmark: [WIDE, 'M17 3H7a2 2 0 0 0-2 2v16l7-3 7 3V5a2 2 0 0 0-2-2'],
  caretDown: [NARROW, 'M5.2 7.5 9 11.2l3.8-3.8H5.2z'],
  caretLeft: [NARROW, 'M10.8 12.8 7.1 9l3.8-3.8v7.6z'],
  caretRight: [NARROW, 'M7.2 5.2 10.9 9l-3.8 3.8V5.2z'],
  caretUp: [NARROW, 'M5.2 10.5 9 6.8l3.8 3.8H5.2z'],
  check: [WIDE, 'M9 16.17 4.83 12l-1.42 1.41L9 19 21 7l-1.41-1.41z'],
  close: [
    WIDE,
    'M19 6.41 17.59 5 12 10.59 6.41 5 5 6.41 10.59 12 5 17.59 6.41 19 12 13.41 17.59 19 19 17.59 13.41 12z'
  ],
  code: [
    '0 0 28 28',
    'M11.4 18.6 6.8 14l4.6-4.6L10 8l-6 6 6 6zm5.2 0 4.6-4.6-4.6-4.6L18 8l6 6-6 6z'
  ],
  columns: [WIDE, 'M4 4h4v16H4zm6 0h4v16h-4zm6 0h4v16h-4z'],
  copy: [
    NARROW,
    'M11.9 1H3.2c-.8 0-1.5.7-1.5 1.5v10.2h1.5V2.5h8.7zm2.2 2.9h-8c-.8 0-1.5.7-1.5 1.5v10.2c0 .8.7 1.5 ' +
      '1.5 1.5h8c.8 0 1.5-.7 1.5-1.5V5.4c-.1-.8-.7-1.5-1.5-1.5m0 11.6h-8V5.4h8z'
  ],
  delete: [WIDE, 'M6 19c0 1.1.9 2 2 2h8c1.1 0 2-.9 2-2V7H6zM19 4h-3.5l-1-1h-5l-1 1H5v2h14z'],
  download: [WIDE, 'M19 9h-4V3H9v6H5l7 7zM5 18v2h14v-2z'],
  edit: [
    WIDE,
    'M3 17.25V21h3.75L17.81 9.94l-3.75-3.75zM20.71 7.04a.996.996 0 0 0 0-1.41l-2.34-2.34a.996.996 0 ' +
      '0 0-1.41 0l-1.83 1.83 3.75 3.75z'
  ],
  filter: [WIDE, 'M10 18h4v-2h-4zM3 6v2h18V6zm3 7h12v-2H6z'],
  history: [
    WIDE,
    'M13.5 8H12v5l4.28 2.54.72-1.21-3.5-2.08zM13 3a9 9 0 0 0-9 9H1l3.96 4.03L9 12H6a7 7 0 0 1 7-7 7 7 ' +
      '0 0 1 7 7 7 7 0 0 1-7 7c-1.93 0-3.68-.79-4.94-2.06l-1.42 1.42A8.9 8.9 0 0 0 13 21a9 9 0 0 0 ' +
      '9-9 9 9 0 0 0-9-9'
  ],
  launch: [
    '0 0 32 32',
    'M26 28H6a2.003 2.003 0 0 1-2-2V6a2.003 2.003 0 0 1 2-2h10v2H6v20h20V16h2v10a2.003 2.003 0 0 1-2 2',
    'M20 2v2h6.586L18 12.586 19.414 14 28 5.414V12h2V2z'
  ],
  link: [
    WIDE,
    'M3.9 12c0-1.71 1.39-3.1 3.1-3.1h4V7H7c-2.76 0-5 2.24-5 5s2.24 5 5 5h4v-1.9H7c-1.71 0-3.1-1.39-3.1-' +
      '3.1M8 13h8v-2H8zm9-6h-4v1.9h4c1.71 0 3.1 1.39 3.1 3.1s-1.39 3.1-3.1 3.1h-4V17h4c2.76 0 5-2.24 ' +
      '5-5s-2.24-5-5-5'
  ],
  lock: [
    '0 0 24 23',
    'M12 17a2 2 0 0 0 2-2 2 2 0 0 0-2-2 2 2 0 0 0-2 2 2 2 0 0 0 2 2m6-9a2 2 0 0 1 2 2v10a2 2 0 0 1-2 ' +
      '2H6a2 2 0 0 1-2-2V10a2 2 0 0 1 2-2h1V6a5 5 0 0 1 5-5 5 5 0 0 1 5 5v2zm-6-5a3 3 0 0 0-3 3v2h6V6' +
      'a3 3 0 0 0-3-3'
  ],
  menu: [
    WIDE,
    'M12 7a2 2 0 1 0 0-4 2 2 0 0 0 0 4m0 7a2 2 0 1 0 0-4 2 2 0 0 0 0 4m0 7a2 2 0 1 0 0-4 2 2 0 0 0 0 4'
  ],
  notebook: [
    '0 0 22 22',
    'M18.7 3.3v15.4H3.3V3.3zm1.5-1.5H1.8v18.3h18.3z',
    'm16.5 16.5-5.4-4.3-5.6 4.3v-11h11z'
  ],
  plot: [WIDE, 'M5 20V10h3v10zm5.5 0V4h3v16zm5.5 0v-7h3v7z'],
  refresh: [
    NARROW,
    'M9 13.5c-2.49 0-4.5-2.01-4.5-4.5S6.51 4.5 9 4.5c1.24 0 2.36.52 3.17 1.33L10 8h5V3l-1.76 1.76A6 6 0 ' +
      '0 0 9 3C5.69 3 3.01 5.69 3.01 9S5.69 15 9 15a5.98 5.98 0 0 0 5.9-5h-1.52c-.46 2-2.24 3.5-4.38 3.5'
  ],
  search: [
    NARROW,
    'M12.1 10.9h-.7l-.2-.2c.8-.9 1.3-2.2 1.3-3.5 0-3-2.4-5.4-5.4-5.4S1.8 4.2 1.8 7.1s2.4 5.4 5.4 5.4c1.3 ' +
      '0 2.5-.5 3.5-1.3l.2.2v.7l4.1 4.1 1.2-1.2zm-5 0c-2.1 0-3.7-1.7-3.7-3.7s1.7-3.7 3.7-3.7 3.7 1.7 ' +
      '3.7 3.7-1.6 3.7-3.7 3.7'
  ],
  tag: [
    WIDE,
    'M21.4 11.6l-9-9A2 2 0 0 0 11 2H4a2 2 0 0 0-2 2v7c0 .6.2 1 .6 1.4l9 9a2 2 0 0 0 2.8 0l7-7a2 2 0 0 0 ' +
      '0-2.8M5.5 7a1.5 1.5 0 1 1 0-3 1.5 1.5 0 0 1 0 3'
  ],
  undo: [
    WIDE,
    'M12.5 8c-2.65 0-5.05.99-6.9 2.6L2 7v9h9l-3.62-3.62c1.39-1.16 3.16-1.88 5.12-1.88 3.54 0 6.55 2.31 ' +
      '7.6 5.5l2.37-.78C21.08 11.03 17.15 8 12.5 8'
  ],
  warning: [WIDE, 'M12 17a2 2 0 1 0 0 4 2 2 0 0 0 0-4M10 3h4v12h-4z']
} satisfies Record<string, Shape>;

export type IconName = keyof typeof SHAPES;

/** Create an icon in the color of the text around it, hidden from screen readers. */
export function icon(name: IconName): SVGElement {
  const [viewBox, ...paths] = SHAPES[name];
  return svg(
    'svg',
    {
      class: 'exo-Icon-svg',
      viewBox,
      width: 16,
      height: 16,
      'aria-hidden': 'true',
      focusable: 'false'
    },
    ...paths.map(d => svg('path', { d, fill: 'currentColor' }))
  );
}
