/** Values of a record as people read them. */

const DIGITS = 4;
const WORDS = new Map<unknown, string>([
  [null, 'None'],
  [undefined, 'None'],
  [true, 'True'],
  [false, 'False']
]);

/** Tell a number as metrics are told; null is one that was not measured. */
export function number(value: unknown): string {
  if (typeof value === 'number') {
    return Number.isInteger(value) && Math.abs(value) > 1 ? String(value) : rounded(value);
  }
  return value === null ? '–' : tell(value);
}

/**
 * Tell any value as Python does.
 *
 * Those that JSON lacks come as objects whose only key begins with `$`.
 */
export function tell(value: unknown): string {
  const word = WORDS.get(value);
  if (word !== undefined) {
    return word;
  }
  if (typeof value === 'object' && value !== null) {
    return tellObject(value);
  }
  return String(value);
}

/** Tell an instant in the reader's own time. */
export function instant(value: unknown): string {
  const text = unwrapped(value);
  const date = new Date(String(text));
  if (text === null || Number.isNaN(date.getTime())) {
    return tell(value);
  }
  return date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

/** Say a number of things. */
export function count(size: number, noun: string): string {
  return `${size.toLocaleString('en')} ${noun}${size === 1 ? '' : 's'}`;
}

function rounded(value: number): string {
  const magnitude = Math.abs(value);
  return value === 0 || (magnitude >= 1e-3 && magnitude < 1e6)
    ? value.toFixed(DIGITS)
    : value.toExponential(DIGITS - 1);
}

function tellObject(value: object): string {
  const inner = unwrapped(value);
  if (inner !== value) {
    return Array.isArray(inner) ? `(${inner.map(tell).join(', ')})` : String(inner);
  }
  if (Array.isArray(value)) {
    return `[${value.map(tell).join(', ')}]`;
  }
  const items = Object.entries(value).map(([name, item]) => `${name}: ${tell(item)}`);
  return items.length > 0 ? items.join(', ') : 'none';
}

function unwrapped(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return value;
  }
  const entries = Object.entries(value);
  const [name, inner] = entries[0] ?? ['', null];
  return entries.length === 1 && name.startsWith('$') ? inner : value;
}
