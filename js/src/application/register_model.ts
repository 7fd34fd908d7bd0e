/** The command that writes the code which registers the model of the current cell. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { InputDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { isModelName, modelName, registeringCode } from '../notebook/code_snippets';
import { findData } from '../notebook/find_data';
import { findEstimator } from '../notebook/find_estimator';
import { currentNotebook, insertCode, sourcesUpToActive } from '../notebook/notebook';
import type { RegistryInfo } from '../registry/types';
import { notify, notifyProblem } from './notifier';

/** The registry to register in. */
export interface Target {
  registry: RegistryInfo | null;
  /** The models that it has, of which the user can choose one. */
  names: string[];
}

/**
 * Prompt for a name, and insert the code below the current cell.
 *
 * No code is run: the model and its data are found in the source of the cells.
 */
export async function registerModel(
  app: JupyterFrontEnd,
  trans: TranslationBundle,
  findTarget: () => Promise<Target>,
  notebookPath: () => string | null
): Promise<void> {
  const notebook = currentNotebook(app.shell);
  if (notebook === null) {
    notifyProblem(
      trans.__('The current tab is not a notebook. Open a notebook and select a cell.')
    );
    return;
  }
  const [cell = '', ...earlier] = sourcesUpToActive(notebook);
  const variable = findEstimator(cell);
  if (variable === null) {
    notifyProblem(
      trans.__(
        'No model found in the active cell. Assign it to a variable, as in model = SVC().fit(X, y).'
      )
    );
    return;
  }
  const target = await findTarget();
  const name = await askForName(trans, target, modelName(variable));
  if (name === null) {
    return;
  }
  const data = findData([cell, ...earlier], variable);
  const code = registeringCode(target.registry, { variable, name, data }, notebookPath());
  await insertCode(app.commands, notebook, code);
  notify(
    data.X === undefined
      ? trans.__('Add X= and y= to the inserted code to store a signature, then run the cell.')
      : trans.__('Run the inserted cell to register %1.', name)
  );
}

/** Prompt until the name is valid; return null if the user cancels. */
async function askForName(
  trans: TranslationBundle,
  { registry, names }: Target,
  suggested: string
): Promise<string | null> {
  let label =
    registry === null
      ? trans.__('Name of the model, in a new registry beside the notebook.')
      : trans.__('Name of the model in %1. An existing name adds a version.', registry.location);
  for (let text = suggested; ;) {
    const { button, value } = await InputDialog.getItem({
      title: trans.__('Register Model in Cell'),
      label,
      items: names,
      editable: true,
      current: text || suggested,
      okLabel: trans.__('Insert Code')
    });
    if (!button.accept || value === null) {
      return null;
    }
    text = value.trim();
    if (isModelName(text)) {
      return text;
    }
    label = trans.__(
      'A name has 1 to 64 letters, digits, ".", "_" or "-", and begins and ends with a letter or digit.'
    );
  }
}
