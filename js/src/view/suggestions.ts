/** Corrections of a search text that the user can apply with a click. */
import { ApiError } from '../registry/api_error';
import type { Hint } from '../registry/types';

/** A field that was probably meant, and the search text with it. */
export interface Suggestion {
  label: string;
  query: string;
}

const NAME = /^[\w.]+(?:\['[^']*'\])?/;

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

/** Return the corrections of a field that no version has; none if the search does not contain it. */
export function suggestionsOfHint({ field, suggestions }: Hint, query: string): Suggestion[] {
  return query.includes(field)
    ? suggestions.map(label => ({ label, query: query.replace(field, () => label) }))
    : [];
}
