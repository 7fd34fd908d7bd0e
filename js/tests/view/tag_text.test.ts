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
  ['empty=', ['empty', '']]
])('parses %s', (text, tag) => {
  expect(parseTag(text)).toEqual(tag);
});
