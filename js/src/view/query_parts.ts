/**
 * The parts of a search text that a user can remove one by one: words, and filters that `and` joins.
 *
 * The kernel or the server parses the text; this only finds where its parts begin and end.
 */

export interface QueryPart {
  text: string;
  kind: 'word' | 'filter';
}

const OPERATOR = /^(?:[<>=!]|(?:in|is|not)$)/;
const HAS_OPERATOR = /[<>=]|\)$/;
const OPENING = '([{';
const CLOSING = ')]}';

/** Return the parts of a text. A text that cannot be taken apart, such as with `or`, is one part. */
export function queryParts(query: string): QueryPart[] {
  const chunks = chunksOf(query);
  if (chunks === null) {
    return [{ text: query.trim(), kind: 'filter' }];
  }
  if (!chunks.some(isOperator)) {
    return chunks.map(text => ({ text, kind: 'word' }));
  }
  if (chunks.includes('or')) {
    return [{ text: query.trim(), kind: 'filter' }];
  }
  return segmentsOf(chunks).flatMap(partsOf);
}

/** Return the text without one of its parts. */
export function withoutPart(parts: readonly QueryPart[], index: number): string {
  const kept = parts.filter((_, position) => position !== index);
  const texts = (kind: QueryPart['kind']) =>
    kept.filter(part => part.kind === kind).map(({ text }) => text);
  return [texts('word').join(' '), texts('filter').join(' and ')].filter(Boolean).join(' ');
}

/** Split at blanks outside of quotes and brackets; null if a quote or bracket is not closed. */
function chunksOf(query: string): string[] | null {
  const chunks: string[] = [];
  let chunk = '';
  let quote = '';
  let depth = 0;
  for (const character of query) {
    if (quote === '' && depth === 0 && /\s/.test(character)) {
      chunks.push(chunk);
      chunk = '';
      continue;
    }
    chunk += character;
    if (quote !== '') {
      quote = character === quote ? '' : quote;
    } else if (character === '"' || character === "'") {
      quote = character;
    } else if (OPENING.includes(character)) {
      depth += 1;
    } else if (CLOSING.includes(character)) {
      depth -= 1;
    }
  }
  return quote !== '' || depth !== 0 ? null : [...chunks, chunk].filter(Boolean);
}

function isOperator(chunk: string): boolean {
  return OPERATOR.test(chunk) || HAS_OPERATOR.test(withoutQuotes(chunk));
}

function withoutQuotes(chunk: string): string {
  return chunk.replace(/'[^']*'|"[^"]*"/g, '');
}

function segmentsOf(chunks: string[]): string[][] {
  const segments: string[][] = [[]];
  for (const chunk of chunks) {
    if (chunk === 'and') {
      segments.push([]);
    } else {
      segments[segments.length - 1]?.push(chunk);
    }
  }
  return segments;
}

/** Return the words before a filter, and the filter. */
function partsOf(segment: string[]): QueryPart[] {
  const start = filterStart(segment);
  const words = segment.slice(0, start).map((text): QueryPart => ({ text, kind: 'word' }));
  const filter = segment.slice(start).join(' ');
  return filter === '' ? words : [...words, { text: filter, kind: 'filter' }];
}

/** Return where the filter of a segment starts: at the value before its first operator. */
function filterStart(segment: string[]): number {
  const operator = segment.findIndex(isOperator);
  if (operator < 0) {
    return segment.length;
  }
  const chunk = segment[operator] ?? '';
  const isPrefix = chunk === 'not' && segment[operator + 1] !== 'in';
  return OPERATOR.test(chunk) && !isPrefix ? Math.max(0, operator - 1) : operator;
}
