/** The fields of a registry by group, reduced to those that contain the searched words. */
import type { Field } from '../../registry/types';
import type { Trans } from '../translator';

/** More fields of a group are only found by a search. */
const MAX_FIELDS = 100;

export interface FieldGroup {
  title: string;
  fields: Field[];
  /** Number of matching fields that are not in `fields`. */
  hidden: number;
}

/** Return the groups that have a field with all words. */
export function searchFields(fields: readonly Field[], text: string, trans: Trans): FieldGroup[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const titles: [Field['group'], string][] = [
    ['version', trans.__('Version')],
    ['metrics', trans.__('Metrics')],
    ['hyperparameters', trans.__('Hyperparameters')],
    ['tags', trans.__('Tags')],
    ['results', trans.__('Results')],
    ['training_info', trans.__('Training info')],
    ['later_metrics', trans.__('Later metrics')]
  ];
  return titles
    .map(([group, title]) => {
      const found = fields.filter(field => field.group === group && hasWords(field, words));
      const hidden = Math.max(0, found.length - MAX_FIELDS);
      return { title, fields: found.slice(0, MAX_FIELDS), hidden };
    })
    .filter(group => group.fields.length > 0);
}

/** Return the title of a field, or its name if the registry no longer has it. */
export function fieldLabel(fields: readonly Field[], name: string): string {
  return fields.find(field => field.name === name)?.label ?? name.slice(name.indexOf('.') + 1);
}

function hasWords({ name, label }: Field, words: readonly string[]): boolean {
  const text = `${name} ${label}`.toLowerCase();
  return words.every(word => text.includes(word));
}
