/** Splits Python code into statements without running it, for the commands that read cells. */

// One character for each character of a text or comment, so that positions stay the same.
const LITERAL = /("""|''')[\s\S]*?\1|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|#[^\n]*|\\\n/g;
const LOCAL_SCOPE = /^(?:async\s+)?(?:def|class)\b/;

/** A statement, with the lines within brackets joined. */
export interface Statement {
  /** The code as it is written. */
  text: string;
  /** The same code with its literal texts and comments masked; positions are the same. */
  masked: string;
}

/** Return the statements of a cell in order; `localScopes` includes those of functions and classes. */
export function statements(source: string, localScopes = true): Statement[] {
  const masked = source.replace(LITERAL, mask);
  const found: Statement[] = [];
  let scope: number | null = null;
  let start = 0;
  for (const end of ends(masked)) {
    const indent = start + masked.slice(start, end).search(/\S|$/);
    const code = masked.slice(indent, end).trimEnd();
    const column = indent - (masked.lastIndexOf('\n', indent - 1) + 1);
    if (code !== '') {
      scope = scope !== null && column > scope ? scope : null;
      const isLocal = scope !== null;
      scope ??= LOCAL_SCOPE.test(code) ? column : null;
      if (localScopes || !isLocal) {
        found.push({ text: source.slice(indent, indent + code.length), masked: code });
      }
    }
    start = end + 1;
  }
  return found;
}

/** Split masked code at a character that is not within brackets; return the ranges of the parts. */
export function splitAt(masked: string, separator: string): [start: number, end: number][] {
  const parts: [number, number][] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index <= masked.length; index++) {
    const character = masked.charAt(index);
    if (index === masked.length || (depth === 0 && character === separator)) {
      parts.push([start, index]);
      start = index + 1;
    }
    depth += step(character);
  }
  return parts;
}

/** Return the position of the bracket that closes the one at `open`, or null. */
export function closingBracket(masked: string, open: number): number | null {
  let depth = 0;
  for (let index = open; index < masked.length; index++) {
    depth += step(masked.charAt(index));
    if (depth === 0) {
      return index;
    }
  }
  return null;
}

/** Return where the statements of masked code end. */
function ends(masked: string): number[] {
  const found: number[] = [];
  let depth = 0;
  for (let index = 0; index < masked.length; index++) {
    const character = masked.charAt(index);
    depth += step(character);
    if (character === ';' || (character === '\n' && depth <= 0)) {
      found.push(index);
    }
  }
  return [...found, masked.length];
}

function step(character: string): number {
  return Number('([{'.includes(character)) - Number(')]}'.includes(character));
}

function mask(literal: string): string {
  const isText = literal.startsWith('"') || literal.startsWith("'");
  return isText ? `"${'_'.repeat(literal.length - 2)}"` : ' '.repeat(literal.length);
}
