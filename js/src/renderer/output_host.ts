/**
 * Finds the notebook or console that contains an output.
 *
 * They are recognised by their members, so that the extension needs no notebook package.
 */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ISessionContext } from '@jupyterlab/apputils';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { Widget } from '@lumino/widgets';

/** A widget that shows outputs. */
export interface OutputHost {
  rendermime?: IRenderMimeRegistry;
  sessionContext?: ISessionContext;
}

/** Return the main-area widget that contains a node. */
export function findOutputHost(shell: JupyterFrontEnd.IShell, node: Node): OutputHost | null {
  for (const widget of shell.widgets('main')) {
    if (widget.node.contains(node)) {
      return hostOf(widget);
    }
  }
  return null;
}

function hostOf(widget: Widget): OutputHost {
  const { content, console, sessionContext } = widget as Widget & {
    content?: OutputHost;
    console?: OutputHost;
    sessionContext?: ISessionContext;
  };
  return {
    rendermime: content?.rendermime ?? console?.rendermime,
    sessionContext: sessionContext ?? console?.sessionContext
  };
}
