/** Texts of users, whose invisible characters could hide or reorder other text. */

// Lines and tabs of code are kept. In text that is not ASCII, joiners are part of words and emoji.
const INVISIBLE = /(?![\n\t])[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]|(?![\u200c\u200d])\p{Cf}/gu;
const JOINER = /(^|\p{ASCII})([\u200c\u200d]+)/gu;
const PLAIN = /^[\x20-\x7e\n]*$/;

/** Return a text with its control and formatting characters as escapes, such as `\u202e`. */
export function visible(text: string): string {
  if (PLAIN.test(text)) {
    return text;
  }
  return text.replace(INVISIBLE, escaped).replace(JOINER, (_, before: string, joiners: string) => {
    return before + joiners.replace(/./gu, escaped);
  });
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  if (code > 0xffff) {
    return `\\U${digits.padStart(8, '0')}`;
  }
  return code > 0xff ? `\\u${digits.padStart(4, '0')}` : `\\x${digits.padStart(2, '0')}`;
}
