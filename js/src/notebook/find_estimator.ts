/** Finds the variable of a cell that holds a model, from the source alone: no code is run. */
import { statements } from './python_source';

const FITTED = /^([A-Za-z_]\w*)\s*\.\s*(?:partial_)?fit\s*\(/;
const ASSIGNED = /^([A-Za-z_]\w*)\s*(?::[^=]*)?=\s*(?!=)(.*)$/s;
const CREATES_MODEL = /^(?:make_\w+|clone|(?:[a-z_]\w*\.)*[A-Z]\w*)\s*\(/;
const NOT_A_MODEL = /^(?:pd|np|plt|pandas|numpy)\s*\./;
const RETURNS_DATA = /\.\s*(?:fit_)?(?:transform|predict\w*|score)\s*\(/;
const IS_FITTED = /\.\s*(?:partial_)?fit\s*\(/;

/** Return the variable of the last estimator that a cell fits, or else creates. */
export function findEstimator(source: string): string | null {
  const lines = statements(source).map(({ masked }) => masked);
  return lastMatch(lines, fittedVariable) ?? lastMatch(lines, createdVariable);
}

function lastMatch(lines: string[], read: (statement: string) => string | null): string | null {
  return lines.map(read).reduce((last, name) => name ?? last, null);
}

function fittedVariable(statement: string): string | null {
  const [, name] = FITTED.exec(statement) ?? [];
  return name ?? assignedVariable(statement, value => IS_FITTED.test(value));
}

function createdVariable(statement: string): string | null {
  return assignedVariable(
    statement,
    value => CREATES_MODEL.test(value) && !NOT_A_MODEL.test(value)
  );
}

function assignedVariable(statement: string, isModel: (value: string) => boolean): string | null {
  const [, name, value = ''] = ASSIGNED.exec(statement) ?? [];
  return name !== undefined && isModel(value) && !RETURNS_DATA.test(value) ? name : null;
}
