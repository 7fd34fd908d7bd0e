import { describe, expect, it } from 'vitest';

import { queryParts, withoutPart } from '../../src/view/query_parts';

const texts = (query: string) => queryParts(query).map(({ text }) => text);

describe('queryParts', () => {
  it.each([
    ['', []],
    ['   ', []],
    ['churn forest', ['churn', 'forest']],
    ['"two words" churn', ['"two words"', 'churn']],
    ['metrics.f1_score > 0.8', ['metrics.f1_score > 0.8']],
    ['metrics.f1_score>0.8', ['metrics.f1_score>0.8']],
    ['metrics.f1_score >0.8', ['metrics.f1_score >0.8']],
    ['churn metrics.f1_score > 0.8', ['churn', 'metrics.f1_score > 0.8']],
    ['churn and metrics.f1_score > 0.8', ['churn', 'metrics.f1_score > 0.8']],
    ["version > 1 and 'reviewed' in tags", ['version > 1', "'reviewed' in tags"]],
    ["'a and b' in tags and version > 1", ["'a and b' in tags", 'version > 1']],
    ["'reviewed' not in tags", ["'reviewed' not in tags"]],
    ["churn not 'reviewed' in tags", ['churn', "not 'reviewed' in tags"]],
    ["name.startswith('k') and version > 1", ["name.startswith('k')", 'version > 1']],
    [
      '(version > 1 or version < 9) and name == "k"',
      ['(version > 1 or version < 9)', 'name == "k"']
    ],
    ['version > 1 or version < 9', ['version > 1 or version < 9']],
    ["tags['a b'] == 1", ["tags['a b'] == 1"]],
    ["name == 'unclosed", ["name == 'unclosed"]]
  ])('of %j are %j', (query, expected) => {
    expect(texts(query)).toEqual(expected);
  });

  it('tells words from filters', () => {
    expect(queryParts('churn version > 1').map(({ kind }) => kind)).toEqual(['word', 'filter']);
  });
});

describe('withoutPart', () => {
  it.each([
    ['churn forest', 0, 'forest'],
    ['churn version > 1', 0, 'version > 1'],
    ['churn version > 1', 1, 'churn'],
    ["churn version > 1 and 'x' in tags", 1, "churn 'x' in tags"],
    ["version > 1 and 'x' in tags and version < 9", 1, 'version > 1 and version < 9'],
    ['version > 1', 0, '']
  ])('of %j at %i is %j', (query, index, expected) => {
    expect(withoutPart(queryParts(query), index)).toBe(expected);
  });
});
