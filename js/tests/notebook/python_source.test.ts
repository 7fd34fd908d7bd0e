import { expect, test } from 'vitest';

import { closingBracket, splitAt, statements } from '../../src/notebook/python_source';

const texts = (source: string, localScopes?: boolean) =>
  statements(source, localScopes).map(({ text }) => text);

test('splits code at ends of lines and semicolons, not within brackets or texts', () => {
  expect(texts('a = 1; b = f(\n  2,\n)\n\n"""x\ny;z"""\nc = "#;"  # d; e')).toEqual([
    'a = 1',
    'b = f(\n  2,\n)',
    '"""x\ny;z"""',
    'c = "#;"'
  ]);
});

test('joins continued lines', () => {
  expect(texts('a = \\\n  1')).toEqual(['a = \\\n  1']);
});

test('masks texts and comments without moving the code', () => {
  const [statement] = statements("f('a(b', # c)\n 'd')");
  expect(statement?.masked).toBe('f("___",     \n "_")');
});

test('leaves out the code of functions and classes on request', () => {
  const source = 'def f():\n    a = 1\n\n    b = 2\nc = 3\nclass D:\n  e = 4\nif c:\n  f = 5';
  expect(texts(source, false)).toEqual(['def f():', 'c = 3', 'class D:', 'if c:', 'f = 5']);
  expect(texts(source)).toContain('e = 4');
});

test('splits only outside of brackets', () => {
  expect(splitAt('a, f(b, c)', ',')).toEqual([
    [0, 1],
    [2, 10]
  ]);
});

test('finds the bracket that closes another one', () => {
  expect(closingBracket('f([1], (2))', 1)).toBe(10);
  expect(closingBracket('f(1', 1)).toBeNull();
});
