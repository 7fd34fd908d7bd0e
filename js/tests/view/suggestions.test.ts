import { describe, expect, it } from 'vitest';

import { ApiError } from '../../src/registry/api_error';
import { suggestionsOfError, suggestionsOfHint } from '../../src/view/suggestions';

function invalid(position: number, suggestions: unknown): ApiError {
  return new ApiError(400, 'invalid_query', 'Unknown field.', null, { position, suggestions });
}

describe('suggestionsOfError', () => {
  it('replaces the wrong field at its position', () => {
    const error = invalid(6, ['metrics.f1_score', 'metrics.f1_macro']);
    expect(suggestionsOfError(error, 'churn f1 > 0.5')).toEqual([
      { label: 'metrics.f1_score', query: 'churn metrics.f1_score > 0.5' },
      { label: 'metrics.f1_macro', query: 'churn metrics.f1_macro > 0.5' }
    ]);
  });

  it('is empty for an error without a field', () => {
    expect(suggestionsOfError(invalid(9, []), 'version >')).toEqual([]);
    expect(suggestionsOfError(invalid(9, undefined), 'version >')).toEqual([]);
    expect(suggestionsOfError(new Error('no'), 'version >')).toEqual([]);
  });
});

describe('suggestionsOfHint', () => {
  it('replaces the field that the hint names', () => {
    const suggestions = ['metrics.f1_score', "metrics['f1, or $&']"];
    const hint = { text: 'No version has it.', field: 'metrics.f1', suggestions };
    expect(suggestionsOfHint(hint, 'metrics.f1 > 0.5').map(({ query }) => query)).toEqual([
      'metrics.f1_score > 0.5',
      "metrics['f1, or $&'] > 0.5"
    ]);
  });

  it('is empty for a hint without a correction', () => {
    const hint = { text: 'No version has it.', field: 'metrics.f1', suggestions: [] };
    expect(suggestionsOfHint(hint, 'metrics.f1 > 0.5')).toEqual([]);
  });

  it('is empty for a field that the search does not contain', () => {
    const hint = { text: 'No version has it.', field: 'metrics.f1', suggestions: ['metrics.f2'] };
    expect(suggestionsOfHint(hint, 'churn')).toEqual([]);
  });
});
