/** Finds the data that a model was trained and tested on, from the source of the cells alone. */
import type { Statement } from './python_source';
import { closingBracket, splitAt, statements } from './python_source';

const NAME = /^[A-Za-z_]\w*$/;
// An expression that can be evaluated again: a variable, its columns or attributes, but no call.
const REPEATABLE = /^[A-Za-z_][^()\n#]*$/;
const KEYWORD = /^([A-Za-z_]\w*)\s*=(?!=)/;
const LOOP = /^for\s+(.+?)\s+in\b/s;
const IMPORT = /^from\s+\S+\s+import\s+(.+)$/s;
// Everything with an equals sign that is not an assignment of a new variable.
const OTHER_EQUALS = /(?:\/\/|\*\*|<<|>>|[=!<>:+\-*/%&|^@])=/g;
const FIT = /\.\s*(?:partial_)?fit\s*\(/g;
const TRAINING: Pair[] = [
  ['X_train', 'y_train'],
  ['x_train', 'y_train'],
  ['X', 'y'],
  ['x', 'y']
];
// In the order of preference. A validation set is used only if there is no test set.
const HELD_OUT = ['test', 'val', 'valid', 'validation', 'holdout'];

type Pair = [X: string, y: string];

/** The arguments of `register_model` that are data, as code. */
export type DataArguments = Partial<Record<'X' | 'y' | 'X_test' | 'y_test', string>>;

/**
 * Return the data of an estimator.
 *
 * `cells` is the source of the code cells, the one with the estimator first, then the earlier ones
 * from the nearest to the first. The rows that the estimator is fitted on are known from its call
 * of `fit`; otherwise the usual names are searched.
 */
export function findData(cells: readonly string[], estimator: string): DataArguments {
  const fitted = firstOf(cells, cell => fittedData(statements(cell), estimator));
  if (fitted !== undefined && (fitted.X === undefined || fitted.y === undefined)) {
    // Test data could be of another form than the data that the model was fitted on.
    return fitted.X === undefined ? {} : fitted;
  }
  const known = cells.map(cell => assignedNames(statements(cell, false)));
  const all = new Set(known.flatMap(names => [...names]));
  const trained = fitted ?? firstOf([...known, all], names => pairOf(names, TRAINING));
  return { ...trained, ...testData(trained, all) };
}

/** Return the rows that are passed to the last call of `fit`; nothing if they cannot be repeated. */
function fittedData(cell: Statement[], estimator: string): DataArguments | null {
  const fits = cell.filter(({ masked }) => {
    const [variable] = splitAt(masked, '.').map(([start, end]) => masked.slice(start, end).trim());
    const assigned = new RegExp(`^${estimator}\\s*(?::[^=]*)?=(?!=)`).test(masked);
    return (variable === estimator || assigned) && masked.search(FIT) >= 0;
  });
  const last = fits[fits.length - 1];
  return last === undefined ? null : argumentsOfFit(last);
}

function argumentsOfFit({ text, masked }: Statement): DataArguments {
  const call = [...masked.matchAll(FIT)].pop();
  const open = (call?.index ?? 0) + (call?.[0].length ?? 0) - 1;
  const close = closingBracket(masked, open) ?? masked.length;
  const passed = splitAt(masked.slice(open + 1, close), ',').map(([start, end]) => {
    const code = masked.slice(open + 1 + start, open + 1 + end);
    const offset = open + 1 + start + code.search(/\S|$/);
    return text.slice(offset, offset + code.trim().length);
  });
  const data: DataArguments = {};
  passed.forEach((code, index) => {
    const keyword = KEYWORD.exec(code);
    const name = keyword?.[1] ?? ['X', 'y'][index];
    const value = code.slice(keyword?.[0].length ?? 0).trim();
    if ((name === 'X' || name === 'y') && REPEATABLE.test(value)) {
      data[name] = value;
    }
  });
  return data;
}

function testData({ X, y }: DataArguments = {}, known: Set<string>): DataArguments {
  // Fitted on all rows although there is a split: the test set was learned from.
  const isRefitted = X !== undefined && NAME.test(X) && known.has(`${X}_train`);
  if (isRefitted) {
    return {};
  }
  const pairs = HELD_OUT.flatMap((part): Pair[] => {
    const pair = [renamed(X ?? 'X', part), renamed(y ?? 'y', part)] as const;
    return pair[0] === null || pair[1] === null ? [] : [[pair[0], pair[1]]];
  });
  const { X: X_test, y: y_test } = pairOf(known, pairs) ?? {};
  return X_test === undefined ? {} : { X_test, y_test };
}

/** Return the expression for another part of the rows, or null if it has no such name. */
function renamed(code: string, part: string): string | null {
  const other = code.replace(/train(?:ing)?/, part);
  return other !== code ? other : NAME.test(code) ? `${code}_${part}` : null;
}

function pairOf(names: Set<string>, pairs: Pair[]): DataArguments | null {
  const found = pairs.find(pair => pair.every(code => names.has(/^\w*/.exec(code)?.[0] ?? '')));
  return found === undefined ? null : { X: found[0], y: found[1] };
}

/** Return the global variables that statements assign. */
function assignedNames(cell: Statement[]): Set<string> {
  const parts = cell.flatMap(({ masked }) => targets(masked));
  return new Set(parts.flatMap(part => part.split(/[\s()[\]*,]+/)));
}

function targets(masked: string): string[] {
  const [, names] = LOOP.exec(masked) ?? IMPORT.exec(masked) ?? [];
  if (names !== undefined) {
    return [names.replace(/\w+\s+as\s+/g, '')];
  }
  const code = masked.replace(OTHER_EQUALS, other => ' '.repeat(other.length));
  const parts = splitAt(code, '=').map(([start, end]) => code.slice(start, end));
  return parts.slice(0, -1).map(part => part.replace(/:.*$/s, ''));
}

function firstOf<T, R>(items: readonly T[], read: (item: T) => R | null): R | undefined {
  for (const item of items) {
    const found = read(item);
    if (found !== null) {
      return found;
    }
  }
  return undefined;
}
