/**
 * The plugins of the extension.
 *
 * Voila shares only some packages of JupyterLab, and a missing one would stop all plugins. This
 * module therefore imports only what every front end has; plugins import the rest when they start.
 */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';

import { panelFactory } from './renderer/panel_renderer';

const PLUGIN = 'exo-nbregistry:plugin';
// Before the renderer of ipywidgets (-10), whose mimetype the outputs of some panels also have.
const RENDERER_RANK = -20;
const VOILA = 'Voila';
const WIDGET_MANAGER = '@jupyter-widgets/jupyterlab-manager:plugin';

const renderer: JupyterFrontEndPlugin<void> = {
  id: 'exo-nbregistry:renderer',
  description: 'Renders the panels of the model registry in outputs.',
  autoStart: true,
  requires: [IRenderMimeRegistry],
  activate: (app, rendermime: IRenderMimeRegistry) => {
    rendermime.addFactory(panelFactory(app, rendermime), RENDERER_RANK);
  }
};

const widgets: JupyterFrontEndPlugin<void> = {
  id: 'exo-nbregistry:widgets',
  description: 'Shows live panels of the model registry in outputs.',
  autoStart: true,
  activate: async (app: JupyterFrontEnd) => {
    if (app.name !== VOILA && !app.hasPlugin(WIDGET_MANAGER)) {
      return;
    }
    const { register } = await import('./notebook_widget/register');
    await register(app, async trans => {
      if (app.name === VOILA) {
        return {};
      }
      const { outputCalls } = await import('./application/output_calls');
      return outputCalls(app, trans);
    });
  }
};

const browser: JupyterFrontEndPlugin<void> = {
  id: PLUGIN,
  description: 'Shows model registries in a sidebar, in tabs and as documents.',
  autoStart: true,
  activate: async (app: JupyterFrontEnd) => {
    if (app.name !== VOILA) {
      const { activate } = await import('./application/plugin');
      await activate(app, PLUGIN);
    }
  }
};

export default [renderer, widgets, browser];
