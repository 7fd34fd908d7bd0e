import { expect, test } from 'vitest';

import { parseTag } from '../../src/view/tag_text';

test.each([
  ['reviewed', ['reviewed', true]],
  ['sigma=7.1', ['sigma', 7.1]],
  ['sigma = 7', ['sigma', 7]],
  ['flag=true', ['flag', true]],
  ['flag=false', ['flag', false]],
  ['team=vetting', ['team', 'vetting']],
  ['url=a=b', ['url', 'a=b']],
  ['empty=', ['empty', '']],
  [' reviewed ', ['reviewed', true]],
  ['ok=TRUE', ['ok', true]],
  ['ok=no', ['ok', 'no']],
  ["run='7'", ['run', '7']],
  ['run="true"', ['run', 'true']],
  ['run=007', ['run', '007']],
  ['run=1e3', ['run', 1000]],
  ['run=0x10', ['run', '0x10']],
  ['run=Infinity', ['run', 'Infinity']],
  ['run=1e999', ['run', '1e999']],
  ['id=12345678901234567890', ['id', '12345678901234567890']]
])('parses %s', (text, tag) => {
  expect(parseTag(text)).toEqual(tag);
});
