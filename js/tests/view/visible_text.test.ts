import { expect, test } from 'vitest';

import { visible } from '../../src/view/visible_text';

test.each([
  ['kepler_rf', 'kepler_rf'],
  ['a\u202eb', 'a\\u202eb'],
  ['\u0007\u001b[31m', '\\x07\\x1b[31m'],
  ['a\u{e0041}', 'a\\U000e0041'],
  ['half \ud800 pair', 'half \\ud800 pair'],
  ['rf\u200d', 'rf\\u200d'],
  ['\u200c\u200drf', '\\u200c\\u200drf'],
  ['line\n\tline', 'line\n\tline'],
  ['مدل\u200cها 👩\u200d🔬 – ë', 'مدل\u200cها 👩\u200d🔬 – ë']
])('writes %j as %j', (text, shown) => {
  expect(visible(text)).toBe(shown);
});
