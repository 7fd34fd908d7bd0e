/** Deletes, restores and exports versions. */
import type { ViewContext } from '../context';
import type { FormOptions } from './action_form';
import { textField } from './fields';
import type { Subjects } from './subject';
import { versionPath } from './subject';
import { titleOf } from './tag_form';

/** Return the form that deletes the versions that are not deleted. */
export function deleteForm(
  context: ViewContext,
  { items }: Subjects,
  onClose: FormOptions['onClose']
): FormOptions {
  return lifeForm(
    context,
    items.filter(({ isDeleted }) => !isDeleted),
    'delete',
    onClose
  );
}

/** Return the form that restores the versions that are deleted. */
export function restoreForm(
  context: ViewContext,
  { items }: Subjects,
  onClose: FormOptions['onClose']
): FormOptions {
  return lifeForm(
    context,
    items.filter(({ isDeleted }) => isDeleted),
    'restore',
    onClose
  );
}

function lifeForm(
  context: ViewContext,
  items: Subjects['items'],
  action: 'delete' | 'restore',
  onClose: FormOptions['onClose']
): FormOptions {
  const { trans } = context;
  const isDelete = action === 'delete';
  const what = titleOf(context, items);
  return {
    title: isDelete ? trans.__('Delete %1', what) : trans.__('Restore %1', what),
    fields: [],
    choices: [
      {
        label: isDelete ? trans.__('Delete') : trans.__('Restore'),
        plan: () =>
          items.map(subject => ({ method: 'POST', path: versionPath(subject, action), body: {} })),
        isSerious: isDelete
      }
    ],
    onClose
  };
}

/** Return the form that exports versions to a folder of the kernel's machine. */
export function exportForm(
  context: ViewContext,
  { items }: Subjects,
  onClose: FormOptions['onClose']
): FormOptions {
  const { trans } = context;
  const folder = textField(trans.__('Folder'), 'exports');
  return {
    title: trans.__('Export %1', titleOf(context, items)),
    fields: [folder.node],
    choices: [
      {
        label: trans.__('Export'),
        plan: () => {
          const directory = folder.input.value.trim();
          return directory === ''
            ? trans.__('Enter the folder to export to.')
            : items.map(subject => ({
                method: 'POST',
                path: versionPath(subject, 'export'),
                body: { directory }
              }));
        }
      }
    ],
    onClose
  };
}
