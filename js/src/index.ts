/** The plugins of the extension. */
import {
  ILabShell,
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { SidePanel } from '@jupyterlab/ui-components';

import { Application } from './application/application';
import { ID } from './application/command_ids';
import { CATEGORY, addCommands, addToPalette } from './application/commands';
import { addFileType } from './application/registry_document';
import { planetIcon } from './application/icon';
import { Preferences } from './application/preferences';
import { panelFactory } from './renderer/panel_renderer';

const PLUGIN = 'exo-nbregistry:plugin';
const SIDEBAR = 'exo-nbregistry-sidebar';
// After JupyterLab's own and those of most extensions, which have 900 if they do not say.
const SIDEBAR_RANK = 850;
// Notebooks register the renderer of ipywidgets at rank -10; panels carry its mimetype too.
const RENDERER_RANK = -20;

const renderer: JupyterFrontEndPlugin<void> = {
  id: 'exo-nbregistry:renderer',
  description: 'Shows the panels of the model registry in outputs.',
  autoStart: true,
  requires: [IRenderMimeRegistry],
  activate: (app, rendermime: IRenderMimeRegistry) =>
    rendermime.addFactory(panelFactory(app, rendermime), RENDERER_RANK)
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
  const own = new Application(app, labShell, preferences);
  const content = own.makeView();
  const sidebar = new SidePanel({ content });
  sidebar.id = SIDEBAR;
  sidebar.title.caption = CATEGORY;
  sidebar.title.icon = planetIcon;

  addCommands(app, labShell, own, SIDEBAR, content);
  addFileType(app, own, restorer);
  own.restore(restorer);
  if (palette !== null) {
    addToPalette(palette);
  }
  launcher?.add({ command: ID.open, category: 'Other' });
  restorer?.add(sidebar, SIDEBAR);
  // Not awaited: what is remembered can be read only after all plugins are active.
  void preferences.follow(PLUGIN, settings, state);
  app.shell.add(sidebar, 'left', { rank: SIDEBAR_RANK, type: CATEGORY });
}

export default [renderer, browser];
