/** Which variable of a cell holds a model: read off the text, as nothing may be run for it. */

const TEXT = /("""|''')[\s\S]*?\1|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|#[^\n]*/g;
const FITTED = /^([A-Za-z_]\w*)\s*\.\s*(?:partial_)?fit\s*\(/;
const ASSIGNED = /^([A-Za-z_]\w*)\s*(?::[^=]*)?=\s*(?!=)(.*)$/s;
const MAKES_MODEL = /^(?:make_\w+|clone|(?:[a-z_]\w*\.)*[A-Z]\w*)\s*\(/;
const NO_MODEL = /^(?:pd|np|plt|pandas|numpy)\s*\./;
const GIVES_DATA = /\.\s*(?:fit_)?(?:transform|predict\w*|score)\s*\(/;
const IS_FITTED = /\.\s*(?:partial_)?fit\s*\(/;

/** Return the variable of the last estimator that is fitted, or else made, in a cell. */
export function lastEstimator(source: string): string | null {
  const lines = statements(source);
  return lastMatch(lines, fitted) ?? lastMatch(lines, made);
}

function lastMatch(
  lines: string[],
  read: (statement: string) => string | null
): string | null {
  return lines.map(read).reduce((last, name) => name ?? last, null);
}

function fitted(statement: string): string | null {
  const call = FITTED.exec(statement);
  return call ? call[1]! : assigned(statement, value => IS_FITTED.test(value));
}

function made(statement: string): string | null {
  return assigned(statement, value => MAKES_MODEL.test(value) && !NO_MODEL.test(value));
}

function assigned(statement: string, isModel: (value: string) => boolean): string | null {
  const [, name, value = ''] = ASSIGNED.exec(statement) ?? [];
  return name !== undefined && isModel(value) && !GIVES_DATA.test(value) ? name : null;
}

/** Split code into statements, with what stands in brackets on one line. */
function statements(source: string): string[] {
  const plain = source
    .replace(TEXT, text => (text.startsWith('#') ? '' : '""'))
    .replace(/\\\n/g, ' ');
  let depth = 0;
  let joined = '';
  for (const character of plain) {
    depth += Number('([{'.includes(character)) - Number(')]}'.includes(character));
    joined += character === '\n' && depth > 0 ? ' ' : character;
  }
  return joined
    .split(/[\n;]/)
    .map(line => line.trim())
    .filter(line => line !== '');
}
