/** Adds a note to a version. */
import type { ViewContext } from '../context';
import { h } from '../dom';
import type { FormOptions } from './action_form';
import type { Subject, Subjects } from './subject';
import { versionPath } from './subject';

export function noteForm(
  context: ViewContext,
  { items }: Subjects,
  onClose: FormOptions['onClose']
): FormOptions {
  const { memory, store, trans } = context;
  const [subject] = items as [Subject];
  // The text outlives the form, which is closed when another version is selected.
  const draft = `note ${store.registry?.id ?? ''} ${subject.model_id}`;
  const text = h('textarea', { rows: 3, class: 'jp-mod-styled' });
  text.value = (memory.get(draft) as string | undefined) ?? '';
  text.addEventListener('input', () => memory.set(draft, text.value));
  const hint = trans.__('Markdown. Notes are permanent.');
  return {
    title: trans.__('Note on %1', subject.model_id),
    fields: [
      h('label', { class: 'exo-Field' }, h('span', {}, trans.__('Note')), text),
      h('p', { class: 'exo-mod-secondary' }, hint)
    ],
    choices: [
      {
        label: trans.__('Add note'),
        plan: () =>
          text.value.trim() === ''
            ? trans.__('Enter the text of the note.')
            : [{ method: 'POST', path: versionPath(subject, 'notes'), body: { text: text.value } }]
      }
    ],
    onClose: isDone => {
      if (isDone) {
        memory.delete(draft);
      }
      onClose(isDone);
    }
  };
}
