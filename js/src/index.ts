/** The plugins of the extension. */
import { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';

import { panelFactory } from './renderer';

// Notebooks register the renderer of ipywidgets at rank -10; panels carry its mimetype too.
const RANK = -20;

const renderer: JupyterFrontEndPlugin<void> = {
  id: 'exo-nbregistry:renderer',
  description: 'Shows the panels of the model registry in outputs.',
  autoStart: true,
  requires: [IRenderMimeRegistry],
  activate: (app, rendermime: IRenderMimeRegistry) =>
    rendermime.addFactory(panelFactory(app, rendermime), RANK)
};

export default [renderer];
