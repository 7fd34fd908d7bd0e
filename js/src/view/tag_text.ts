/** Tags as users type them, parsed as `parse_tag` of the Python package does. */

const WHOLE = /^[+-]?(?:0|[1-9][0-9]*)$/;
const NUMBER = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?$/;
// Such as 007, which a number would not keep.
const NOT_WHOLE = /^[+-]?0[0-9]+$/;
const QUOTED = /^(["'])([^]*)\1$/;

/**
 * Parse a tag: `name` is true, `name=1` a number, `name=true` a boolean, `name=text` text, and
 * `name="1"` text.
 */
export function parseTag(text: string): [name: string, value: unknown] {
  const separator = text.indexOf('=');
  if (separator < 0) {
    return [text.trim(), true];
  }
  return [text.slice(0, separator).trim(), parseValue(text.slice(separator + 1).trim())];
}

function parseValue(text: string): unknown {
  const quoted = QUOTED.exec(text)?.[2];
  if (quoted !== undefined) {
    return quoted;
  }
  const lower = text.toLowerCase();
  if (lower === 'true' || lower === 'false') {
    return lower === 'true';
  }
  const value = Number(text);
  if (WHOLE.test(text)) {
    // A larger number would lose digits.
    return Number.isSafeInteger(value) ? value : text;
  }
  return NUMBER.test(text) && !NOT_WHOLE.test(text) && Number.isFinite(value) ? value : text;
}
