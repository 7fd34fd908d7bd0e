/** Corrections of a search text that the user can apply with a click. */
import { ApiError } from '../registry/api_error';

/** A field that was probably meant, and the search text with it. */
export interface Suggestion {
  label: string;
  query: string;
}

const NAME = /^[\w.]+(?:\['[^']*'\])?/;
const HINT = /^No version has (.+?)\. Did you mean (.+)\?$/;

/** Return the corrections of an invalid filter. */
export function suggestionsOfError(error: unknown, query: string): Suggestion[] {
  if (!(error instanceof ApiError) || error.position === null) {
    return [];
  }
  const { suggestions } = error.fields;
  const { position } = error;
  const wrong = NAME.exec(query.slice(position))?.[0] ?? '';
  if (!Array.isArray(suggestions) || wrong === '') {
    return [];
  }
  return suggestions.map(String).map(label => ({
    label,
    query: query.slice(0, position) + label + query.slice(position + wrong.length)
  }));
}

/** Return the corrections that a hint names, such as "Did you mean metrics.f1_score?". */
export function suggestionsOfHint(hint: string, query: string): Suggestion[] {
  const [, wrong = '', meant = ''] = HINT.exec(hint) ?? [];
  if (wrong === '' || !query.includes(wrong)) {
    return [];
  }
  return meant
    .split(/, | or /)
    .filter(Boolean)
    .map(label => ({ label, query: query.replace(wrong, label) }));
}
