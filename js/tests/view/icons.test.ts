import { expect, test } from 'vitest';

import { icon } from '../../src/view/icons';

test('an icon is drawn in the color of the text and is not read aloud', () => {
  const drawn = icon('launch');
  expect(drawn.namespaceURI).toBe('http://www.w3.org/2000/svg');
  expect(drawn.getAttribute('aria-hidden')).toBe('true');
  const paths = [...drawn.querySelectorAll('path')];
  expect(paths.map(path => path.getAttribute('fill'))).toEqual(['currentColor', 'currentColor']);
  expect(paths.every(path => path.getAttribute('d'))).toBe(true);
});
