/** The plugins of the extension. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILabShell, ILayoutRestorer } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { SidePanel } from '@jupyterlab/ui-components';

/* eslint-disable jupyter/prefer-lazy-imports -- The sidebar is created at activation. */
import { Application } from './application/application';
import { CommandIds } from './application/command_ids';
import { CATEGORY, addCommands, addToPalette } from './application/commands';
import { planetIcon } from './application/icon';
import { Preferences } from './application/preferences';
import { addFileType } from './application/registry_document';
import { panelFactory } from './renderer/panel_renderer';
/* eslint-enable jupyter/prefer-lazy-imports */

const PLUGIN = 'exo-nbregistry:plugin';
const SIDEBAR = 'exo-nbregistry-sidebar';
// After JupyterLab's own panels and before those of most extensions, whose default is 900.
const SIDEBAR_RANK = 850;
// Before the renderer of ipywidgets (-10), whose mimetype the outputs of panels also have.
const RENDERER_RANK = -20;

const renderer: JupyterFrontEndPlugin<void> = {
  id: 'exo-nbregistry:renderer',
  description: 'Renders the panels of the model registry in outputs.',
  autoStart: true,
  requires: [IRenderMimeRegistry],
  activate: (app, rendermime: IRenderMimeRegistry) => {
    rendermime.addFactory(panelFactory(app, rendermime), RENDERER_RANK);
  }
};

const browser: JupyterFrontEndPlugin<void> = {
  id: PLUGIN,
  description: 'Shows model registries in a sidebar, in tabs and as documents.',
  autoStart: true,
  optional: [ILabShell, ILayoutRestorer, ICommandPalette, ISettingRegistry, IStateDB, ILauncher],
  activate
};

function activate(
  app: JupyterFrontEnd,
  labShell: ILabShell | null,
  restorer: ILayoutRestorer | null,
  palette: ICommandPalette | null,
  settings: ISettingRegistry | null,
  state: IStateDB | null,
  launcher: ILauncher | null
): void {
  const preferences = new Preferences();
  const registryApp = new Application(app, labShell !== null, preferences);
  const content = registryApp.makeView();
  const sidebar = new SidePanel({ content });
  sidebar.id = SIDEBAR;
  sidebar.title.caption = CATEGORY;
  sidebar.title.icon = planetIcon;

  addCommands(app, registryApp, SIDEBAR, content);
  addFileType(app, registryApp, restorer);
  registryApp.restore(restorer);
  if (palette !== null) {
    addToPalette(palette);
  }
  launcher?.add({ command: CommandIds.open, category: 'Other' });
  restorer?.add(sidebar, SIDEBAR);
  // Not awaited: the saved state can be read only after all plugins are activated.
  void preferences.load(PLUGIN, settings, state);
  app.shell.add(sidebar, 'left', { rank: SIDEBAR_RANK, type: CATEGORY });
}

export default [renderer, browser];
