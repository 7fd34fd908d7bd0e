/** Adds and removes a tag of versions. */
import type { ViewContext } from '../context';
import { parseTag } from '../tag_text';
import type { FormOptions } from './action_form';
import type { Change } from './change';
import { textField } from './fields';
import type { Subject, Subjects } from './subject';
import { versionPath } from './subject';

export function tagForm(
  context: ViewContext,
  { items, detail }: Subjects,
  onClose: FormOptions['onClose']
): FormOptions {
  const { store, trans } = context;
  const tag = textField(trans.__('Tag'), trans.__('reviewed, or team=vetting'));
  tag.input.title = trans.__(
    'name, or name=value; the value is a boolean, a number or text, and always text if it is quoted'
  );
  const own = detail?.tags.map(({ name }) => name) ?? [];
  tag.offer(own);
  store.fields().then(
    fields => {
      const known = fields.filter(({ group }) => group === 'tags').map(({ label }) => label);
      tag.offer([...new Set([...own, ...known])]);
    },
    // Without it, only the tags of the version are offered.
    () => undefined
  );
  const missing = trans.__('Enter a tag, such as reviewed or team=vetting.');
  const planned = (change: (subject: Subject, name: string, value: unknown) => Change) => () => {
    const [name, value] = parseTag(tag.input.value);
    return name === '' ? missing : items.map(subject => change(subject, name, value));
  };
  return {
    title: trans.__('Tag of %1', titleOf(context, items)),
    fields: [tag.node],
    choices: [
      { label: trans.__('Add tag'), plan: planned(tagChange) },
      { label: trans.__('Remove tag'), plan: planned(untagChange), isSerious: true }
    ],
    onClose
  };
}

function tagChange(subject: Subject, name: string, value: unknown): Change {
  const body = { tags: { [name]: value } };
  return { method: 'POST', path: versionPath(subject, 'tags'), body };
}

function untagChange(subject: Subject, name: string): Change {
  return { method: 'DELETE', path: versionPath(subject, 'tags', name), body: {} };
}

/** Return a form that removes a tag after confirmation. */
export function removeTagForm(name: string) {
  return (
    context: ViewContext,
    { items }: Subjects,
    onClose: FormOptions['onClose']
  ): FormOptions => ({
    title: context.trans.__('Remove tag %1 of %2', name, titleOf(context, items)),
    fields: [],
    choices: [
      {
        label: context.trans.__('Remove'),
        plan: () => items.map(subject => untagChange(subject, name)),
        isSerious: true
      }
    ],
    onClose
  });
}

/** Return the versions in a title. */
export function titleOf({ trans }: ViewContext, items: readonly Subject[]): string {
  const [first] = items;
  return items.length === 1 && first
    ? first.model_id
    : trans._n('%1 version', '%1 versions', items.length);
}
