/** Adds the sidebar, the tabs and the documents to JupyterLab or Notebook. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { ILabShell, ILayoutRestorer } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { SidePanel } from '@jupyterlab/ui-components';

import { Application } from './application';
import { CommandIds } from './command_ids';
import { CATEGORY, addCommands, addToPalette } from './commands';
import { planetIcon } from './icon';
import { Preferences } from './preferences';
import { addFileType } from './registry_document';

const SIDEBAR = 'exo-nbregistry-sidebar';
// After JupyterLab's own panels and before those of most extensions, whose default is 900.
const SIDEBAR_RANK = 850;

/**
 * Activate the plugin with this id.
 *
 * The services are looked up here and not listed in the plugin, because their packages are missing
 * in Voila, where this module is never loaded.
 */
export async function activate(app: JupyterFrontEnd, id: string): Promise<void> {
  const [labShell, restorer, palette, settings, state, launcher] = await Promise.all([
    app.resolveOptionalService(ILabShell),
    app.resolveOptionalService(ILayoutRestorer),
    app.resolveOptionalService(ICommandPalette),
    app.resolveOptionalService(ISettingRegistry),
    app.resolveOptionalService(IStateDB),
    app.resolveOptionalService(ILauncher)
  ]);
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
  void preferences.load(id, settings, state);
  app.shell.add(sidebar, 'left', { rank: SIDEBAR_RANK, type: CATEGORY });
}
