/** What shows outputs (a notebook, a console), known by its shape to need no package of its own. */
import { JupyterFrontEnd } from '@jupyterlab/application';
import { ISessionContext } from '@jupyterlab/apputils';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { Widget } from '@lumino/widgets';

export interface PanelHost {
  rendermime?: IRenderMimeRegistry;
  sessionContext?: ISessionContext;
}

/** Find the main-area widget that holds a node. */
export function findHost(shell: JupyterFrontEnd.IShell, node: Node): PanelHost | null {
  for (const widget of shell.widgets('main')) {
    if (widget.node.contains(node)) {
      return hostOf(widget);
    }
  }
  return null;
}

function hostOf(widget: Widget): PanelHost {
  const { content, console, sessionContext } = widget as Widget & {
    content?: PanelHost;
    console?: PanelHost;
    sessionContext?: ISessionContext;
  };
  return {
    rendermime: content?.rendermime ?? console?.rendermime,
    sessionContext: sessionContext ?? console?.sessionContext
  };
}
