/** Values of a record as text. */

const DIGITS = 4;
const PYTHON_WORDS = new Map<unknown, string>([
  [null, 'None'],
  [undefined, 'None'],
  [true, 'True'],
  [false, 'False']
]);

/** Format a metric; null is a metric that was not measured. */
export function formatMetric(value: unknown): string {
  if (typeof value === 'number') {
    return Number.isInteger(value) && Math.abs(value) > 1 ? String(value) : round(value);
  }
  return value === null ? '–' : formatValue(value);
}

/**
 * Format any value as Python does.
 *
 * A value that JSON lacks arrives as an object whose only key starts with `$`.
 */
export function formatValue(value: unknown): string {
  const word = PYTHON_WORDS.get(value);
  if (word !== undefined) {
    return word;
  }
  return typeof value === 'object' && value !== null ? formatObject(value) : String(value);
}

/** Format a timestamp in the local time zone. */
export function formatTime(value: unknown): string {
  const text = unwrap(value);
  const date = new Date(String(text));
  if (text === null || Number.isNaN(date.getTime())) {
    return formatValue(value);
  }
  return date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

/** Format a number of things, for example `1,200 versions`. */
export function formatCount(size: number, noun: string): string {
  return `${size.toLocaleString('en')} ${noun}${size === 1 ? '' : 's'}`;
}

function round(value: number): string {
  const magnitude = Math.abs(value);
  return value === 0 || (magnitude >= 1e-3 && magnitude < 1e6)
    ? value.toFixed(DIGITS)
    : value.toExponential(DIGITS - 1);
}

function formatObject(value: object): string {
  const inner = unwrap(value);
  if (inner !== value) {
    return Array.isArray(inner) ? `(${inner.map(formatValue).join(', ')})` : String(inner);
  }
  if (Array.isArray(value)) {
    return `[${value.map(formatValue).join(', ')}]`;
  }
  const items = Object.entries(value).map(([name, item]) => `${name}: ${formatValue(item)}`);
  return items.length > 0 ? items.join(', ') : 'none';
}

function unwrap(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return value;
  }
  const entries: [string, unknown][] = Object.entries(value);
  const [name, inner] = entries[0] ?? ['', null];
  return entries.length === 1 && name.startsWith('$') ? inner : value;
}
