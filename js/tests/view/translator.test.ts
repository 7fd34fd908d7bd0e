import { describe, expect, it } from 'vitest';

import { english } from '../../src/view/translator';

describe('english', () => {
  it('fills in the arguments', () => {
    expect(english.__('%2 of %1', 'kepler_rf', 3)).toBe('3 of kepler_rf');
  });

  it('does not fill in what an argument contains', () => {
    expect(english.__('%1 and %2', '%2', 'b')).toBe('%2 and b');
  });

  it('leaves a place without an argument', () => {
    expect(english.__('100%1')).toBe('100%1');
  });

  it('chooses the plural by the number, which is the first argument', () => {
    expect(english._n('%1 version of %2', '%1 versions of %2', 1, 'm')).toBe('1 version of m');
    expect(english._n('%1 version of %2', '%1 versions of %2', 0, 'm')).toBe('0 versions of m');
  });
});
