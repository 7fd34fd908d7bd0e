/** Completions of a search text at the caret: fields, their values, aliases and models. */
import type { Field } from '../registry/types';

/** A text that replaces the characters from `start` to the caret. */
export interface Completion {
  label: string;
  /** The kind of the completion, such as `metrics`. */
  group: string;
  insert: string;
  start: number;
}

const MAX_COMPLETIONS = 8;
const COMPARED = /([A-Za-z_]\w*(?:\.\w+)?|[A-Za-z_]\w*\['[^']*'\])\s*(?:==|!=)\s*(['"]?)([^'"]*)$/;
const WORD = /(['"]?)([\w.-]*)$/;
// The other fields of versions are columns only.
const FILTERED = new Set([
  'name',
  'model_name',
  'version',
  'created_at',
  'status',
  'algorithm',
  'description',
  'parent',
  'training_dataset',
  'training_samples',
  'test_samples',
  'aliases',
  'tags'
]);
const IDENTIFIER = /^[A-Za-z_]\w*$/;

/** Return the completions at the end of `before`, the text before the caret. */
export function completionsAt(before: string, fields: readonly Field[]): Completion[] {
  const compared = COMPARED.exec(before);
  if (compared !== null) {
    const [, name = '', quote = '', typed = ''] = compared;
    const start = before.length - typed.length - quote.length;
    return valuesOf(name, typed, start, fields).slice(0, MAX_COMPLETIONS);
  }
  const [found = '', quote = '', typed = ''] = WORD.exec(before) ?? [];
  if (typed === '') {
    return [];
  }
  const start = before.length - found.length;
  const members = membersOf(typed, start, fields);
  // A quote starts a text, which a field cannot be.
  const all = quote === '' ? [...namesOf(typed, start, fields), ...members] : members;
  return all.filter(({ insert }) => insert !== found).slice(0, MAX_COMPLETIONS);
}

/** Return a field as it is written in a filter. */
export function fieldExpression(name: string): string {
  const [group = '', ...rest] = name.split('.');
  const inner = rest.join('.');
  return rest.length === 0 || IDENTIFIER.test(inner) ? name : `${group}[${quoted(inner)}]`;
}

function namesOf(typed: string, start: number, fields: readonly Field[]): Completion[] {
  const wanted = typed.toLowerCase();
  const rank = ({ name, label }: Field) => {
    const texts = [label.toLowerCase(), name.toLowerCase()];
    return texts.some(text => text.startsWith(wanted))
      ? 0
      : texts.some(text => text.includes(wanted))
        ? 1
        : 2;
  };
  return fields
    .filter(({ name, group }) => group !== 'version' || FILTERED.has(name))
    .map(field => ({ field, order: rank(field) }))
    .filter(({ order }) => order < 2)
    .sort((one, other) => one.order - other.order)
    .map(({ field }) => ({
      label: field.name,
      group: field.group,
      insert: `${fieldExpression(field.name)} `,
      start
    }));
}

function valuesOf(
  name: string,
  typed: string,
  start: number,
  fields: readonly Field[]
): Completion[] {
  const field = fields.find(one => one.name === name || fieldExpression(one.name) === name);
  return matching(field?.values ?? [], typed).map(value => ({
    label: value,
    group: name,
    insert: `${quoted(value)} `,
    start
  }));
}

/** Return filters for an alias, an algorithm or a tag of which the user types the value. */
function membersOf(typed: string, start: number, fields: readonly Field[]): Completion[] {
  return fields.flatMap(field =>
    matching(field.values ?? [], typed).map(value => ({
      label: value,
      group: field.label,
      insert: `${filterOf(field, value)} `,
      start
    }))
  );
}

function filterOf(field: Field, value: string): string {
  return field.kind === 'alias' || field.kind === 'list' || field.name === 'tags'
    ? `${quoted(value)} in ${field.name}`
    : `${fieldExpression(field.name)} == ${quoted(value)}`;
}

function matching(values: readonly string[], typed: string): string[] {
  const wanted = typed.toLowerCase();
  return values.filter(value => value.toLowerCase().startsWith(wanted));
}

function quoted(value: string): string {
  return `'${value.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;
}
