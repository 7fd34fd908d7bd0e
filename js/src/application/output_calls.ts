/** The calls of a view in an output that JupyterLab and Notebook answer. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { currentNotebook } from '../notebook/notebook';
import type { Host } from '../view/host';
import { LabHost } from './lab_host';
import { notifyProblem } from './notifier';

/** The calls of the page around an output. */
export type OutputCalls = Pick<Host, 'insertCode' | 'openNotebook'>;

/** Return the calls. The kernel sends paths relative to the notebook of the output. */
export function outputCalls(app: JupyterFrontEnd, trans: TranslationBundle): OutputCalls {
  const host = new LabHost(app, trans);
  return {
    insertCode: code => host.insertCode(code),
    openNotebook: (relative, cell, source) => {
      const current = currentNotebook(app.shell)?.context.path;
      if (current === undefined) {
        notifyProblem(trans.__('Select a cell of the notebook first, then open the link again.'));
        return;
      }
      const path = PathExt.join(PathExt.dirname(current), relative);
      if (path.startsWith('..')) {
        notifyProblem(trans.__('%1 is outside the folder of the Jupyter server.', relative));
        return;
      }
      host.openNotebook(path, cell, source);
    }
  };
}
