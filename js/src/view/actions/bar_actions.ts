/** The actions that fit versions, and why some are not possible. */
import type { ViewContext } from '../context';
import { copyText } from '../detail/code_block';
import type { IconName } from '../icons';
import type { ActionBar } from './action_bar';
import { aliasForm } from './alias_form';
import { deleteForm, exportForm, restoreForm } from './life_form';
import { noteForm } from './note_form';
import type { Subject, Subjects } from './subject';
import { tagForm } from './tag_form';

export interface BarAction {
  name: string;
  label: string;
  icon: IconName;
  /** Why it is not possible, or null. */
  why: string | null;
  /** Whether it is in the menu if the bar is narrow. */
  isMinor: boolean;
  run: () => void;
}

/** Return the actions on versions, in the order in which they are shown. */
export function barActions(context: ViewContext, subjects: Subjects, bar: ActionBar): BarAction[] {
  const [only, ...others] = subjects.items;
  const isOne = only !== undefined && others.length === 0;
  return [
    ...(isOne ? codeActions(context, subjects, only) : []),
    ...changeActions(context, subjects, bar, isOne),
    ...(isOne ? otherActions(context, subjects) : [])
  ];
}

function codeActions(context: ViewContext, { detail }: Subjects, subject: Subject): BarAction[] {
  const { host, store, trans } = context;
  const { insertCode } = host;
  if (!insertCode) {
    return [];
  }
  const gone = subject.isDeleted ? trans.__('The version is deleted. Restore it first.') : null;
  const run = () => {
    const code =
      store.registry && host.loadingCode
        ? host.loadingCode(store.registry, subject)
        : (detail?.code ?? '');
    host.insertCode?.(code);
  };
  const label = trans.__('Insert code');
  return [{ name: 'insert', label, icon: 'code', why: gone, isMinor: false, run }];
}

function changeActions(
  context: ViewContext,
  subjects: Subjects,
  bar: ActionBar,
  isOne: boolean
): BarAction[] {
  const { trans, host } = context;
  const action = (
    name: string,
    label: string,
    symbol: IconName,
    form: Parameters<ActionBar['open']>[1],
    isMinor = true
  ): BarAction => ({
    name,
    label,
    icon: symbol,
    why: whyNot(context, subjects, name),
    isMinor,
    run: () => bar.open(name, form)
  });
  const alias = action('set_alias', trans.__('Set alias…'), 'bookmark', aliasForm, false);
  const tag = action('tag', trans.__('Tag…'), 'tag', tagForm, false);
  const note = action('note', trans.__('Note…'), 'edit', noteForm);
  const isRestore = subjects.items.every(({ isDeleted }) => isDeleted);
  const life = isRestore
    ? action('restore', trans.__('Restore…'), 'undo', restoreForm)
    : action('delete', trans.__('Delete…'), 'delete', deleteForm);
  const exporting = action('export', trans.__('Export…'), 'download', exportForm);
  return [
    ...(isOne ? [alias, tag, note, life] : [tag, life]),
    // A server cannot write to a folder of the user.
    ...(host.face === 'notebook' ? [exporting] : [])
  ];
}

/** Return why an action is not possible: by the detail of one version, or by the list. */
function whyNot(context: ViewContext, { items, detail }: Subjects, name: string): string | null {
  const { head, registry } = context.store;
  const known = detail?.actions[name];
  if (known) {
    const text = context.trans.__('This is not possible for this version.');
    return known.enabled ? null : (known.why ?? text);
  }
  const isReadOnly = head?.writable === false || registry?.writable === false;
  if (isReadOnly && name !== 'export') {
    return head?.why_read_only ?? context.trans.__('The registry is read-only.');
  }
  const isForDeleted = name === 'delete' || name === 'restore';
  return !isForDeleted && items.some(({ isDeleted }) => isDeleted)
    ? context.trans.__('Restore the deleted versions first.')
    : null;
}

function otherActions(context: ViewContext, { detail }: Subjects): BarAction[] {
  const { host, trans } = context;
  const actions: BarAction[] = [];
  if (detail) {
    const { reference, provenance } = detail;
    actions.push({
      name: 'copy',
      label: trans.__('Copy reference'),
      icon: 'copy',
      why: null,
      isMinor: true,
      run: () => copyText(context, reference, reference)
    });
    const { notebook_path: path, cell_number: cell, cell_source: source } = provenance;
    if (host.openNotebook) {
      const missing = path === null ? trans.__('The notebook was not found.') : null;
      actions.push({
        name: 'open_notebook',
        label: trans.__('Open notebook'),
        icon: 'notebook',
        why: detail.actions.open_notebook?.why ?? missing,
        isMinor: true,
        run: () => path !== null && host.openNotebook?.(path, cell, source)
      });
    }
  }
  return actions;
}
