/** Translations, with the calls of JupyterLab's TranslationBundle. */
export interface Trans {
  /** Return a translated text with `%1`, `%2` … replaced. */
  __(text: string, ...args: (string | number)[]): string;
  /** Return the text for `n` things; `%1` is `n`, and `%2` the first of `args`. */
  _n(one: string, many: string, n: number, ...args: (string | number)[]): string;
}

/** English, for pages without translations. */
export const english: Trans = {
  __: (text, ...args) => fill(text, args),
  _n: (one, many, n, ...args) => fill(n === 1 ? one : many, [n, ...args])
};

function fill(text: string, args: (string | number)[]): string {
  return text.replace(/%(\d+)/g, (place, index: string) => {
    const value = args[Number(index) - 1];
    return value === undefined ? place : String(value);
  });
}
