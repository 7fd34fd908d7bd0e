import { describe, expect, it } from 'vitest';

import { completionsAt, fieldExpression } from '../../src/view/completion';
import { FIELDS, field } from '../samples';

/** Return the text with each completion. */
function complete(before: string, fields = FIELDS): string[] {
  return completionsAt(before, fields).map(({ insert, start }) => before.slice(0, start) + insert);
}

describe('completionsAt', () => {
  it('offers fields by their name and by their label', () => {
    expect(complete('f1')).toEqual(['metrics.f1_score ']);
    expect(complete('metrics.')).toEqual(['metrics.f1_score ', 'metrics.log_loss ']);
  });

  it('offers a field after words and other filters', () => {
    expect(complete('churn version > 1 and log_')).toEqual([
      'churn version > 1 and metrics.log_loss '
    ]);
  });

  it('offers the values of a field that is compared', () => {
    expect(complete('algorithm == ')).toEqual([
      "algorithm == 'LogisticRegression' ",
      "algorithm == 'RandomForestClassifier' "
    ]);
    expect(complete("tags.team == 've")).toEqual(["tags.team == 'vetting' "]);
  });

  it('offers the filter of an alias, an algorithm or a tag', () => {
    expect(complete('cham')).toEqual(["'champion' in aliases "]);
    expect(complete('Rand')).toEqual(["algorithm == 'RandomForestClassifier' "]);
    expect(complete('ops')).toEqual(["tags.team == 'ops' "]);
  });

  it('offers only texts after a quote', () => {
    expect(complete("'a")).toEqual([]);
    expect(complete("'cha")).toEqual(["'champion' in aliases "]);
  });

  it('offers nothing after a blank', () => {
    expect(complete('metrics.f1_score ')).toEqual([]);
    expect(complete('')).toEqual([]);
  });

  it('offers no columns that are not fields of filters', () => {
    expect(complete('tre', [field('trend', 'number', 'version')])).toEqual([]);
  });

  it('offers at most eight', () => {
    const many = Array.from({ length: 30 }, (_, index) =>
      field(`metrics.m${index}`, 'number', 'metrics')
    );
    expect(complete('m', many)).toHaveLength(8);
  });

  it('escapes quotes of values', () => {
    const owner = field('tags.owner', 'tag', 'tags', { values: ["o'neil\\"] });
    expect(complete('o', [owner])).toContain("tags.owner == 'o\\'neil\\\\' ");
  });
});

describe('fieldExpression', () => {
  it('writes names that are no identifiers in brackets', () => {
    expect(fieldExpression('metrics.f1_score')).toBe('metrics.f1_score');
    expect(fieldExpression('created_at')).toBe('created_at');
    expect(fieldExpression('tags.data set')).toBe("tags['data set']");
    expect(fieldExpression('metrics.f1_score.0')).toBe("metrics['f1_score.0']");
  });
});
