/** Tags as users type them. */

/** Parse a tag: `name` is true, `name=1` a number, `name=true` a boolean, `name=text` text. */
export function parseTag(text: string): [name: string, value: unknown] {
  const separator = text.indexOf('=');
  if (separator < 0) {
    return [text, true];
  }
  return [text.slice(0, separator).trim(), parseValue(text.slice(separator + 1).trim())];
}

function parseValue(text: string): unknown {
  if (text === 'true' || text === 'false') {
    return text === 'true';
  }
  const value = Number(text);
  return text === '' || Number.isNaN(value) ? text : value;
}
