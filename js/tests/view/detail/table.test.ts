import { expect, test } from 'vitest';

import { breakable, factTable, valueText } from '../../../src/view/detail/table';

function parts(text: string): string[] {
  return breakable(text).filter(part => typeof part === 'string');
}

test.each([
  ['prep__num.scale_by', ['prep__', 'num.', 'scale_', 'by']],
  ['models/registry', ['models/', 'registry']],
  ['0.5536', ['0.5536']],
  ['-3.7 to 3.06', ['-3.7 to 3.06']],
  ['1.9.1', ['1.9.1']],
  ['x', ['x']],
  ['', []]
])('%s breaks at its separators', (text, expected) => {
  expect(parts(text)).toEqual(expected);
});

test('a text keeps all its characters', () => {
  const text = '__a..b/_1.c__.';
  expect(parts(text).join('')).toBe(text);
});

test('a long name without separators is split in no time', () => {
  const text = `${'.'.repeat(20_000)}${'1.'.repeat(20_000)}`;
  expect(parts(text).join('')).toBe(text);
});

test('only a value with a long word breaks within a word', () => {
  expect(valueText('a'.repeat(64)).className).toBe('exo-mod-long');
  expect(valueText('CONFIRMED, FALSE POSITIVE').className).toBe('');
});

test('a table without rows is a sentence', () => {
  expect(factTable([], 'No lineage.').outerHTML).toBe(
    '<p class="exo-mod-secondary">No lineage.</p>'
  );
});
