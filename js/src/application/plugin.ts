/** Adds the sidebar, the tabs and the documents to JupyterLab or Notebook. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { ILabShell, ILayoutRestorer } from '@jupyterlab/application';
import {
  ICommandPalette,
  IToolbarWidgetRegistry,
  createToolbarFactory,
  setToolbar
} from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { SidePanel } from '@jupyterlab/ui-components';

import { Application } from './application';
import { CommandIds } from './command_ids';
import { addCommands, addToPalette } from './commands';
import { planetIcon } from './icon';
import { Preferences } from './preferences';
import { addFileType } from './registry_document';
import { StatusItem } from './status_item';

const SIDEBAR = 'exo-nbregistry-sidebar';
const DOMAIN = 'exo_nbregistry';
// The name of the toolbar in schema/plugin.json, which is not translated.
const TOOLBAR = 'Model Registry';
// After JupyterLab's own panels and before those of most extensions, whose default is 900.
const SIDEBAR_RANK = 850;

interface Services {
  settings: ISettingRegistry | null;
  toolbars: IToolbarWidgetRegistry | null;
  translator: ITranslator;
}

/**
 * Activate the plugin with this id.
 *
 * The services are looked up here and not listed in the plugin, because their packages are missing
 * in Voila, where this module is never loaded.
 */
export async function activate(app: JupyterFrontEnd, id: string): Promise<void> {
  const [labShell, restorer, palette, settings, state, launcher, statusBar, toolbars, found] =
    await Promise.all([
      app.resolveOptionalService(ILabShell),
      app.resolveOptionalService(ILayoutRestorer),
      app.resolveOptionalService(ICommandPalette),
      app.resolveOptionalService(ISettingRegistry),
      app.resolveOptionalService(IStateDB),
      app.resolveOptionalService(ILauncher),
      app.resolveOptionalService(IStatusBar),
      app.resolveOptionalService(IToolbarWidgetRegistry),
      app.resolveOptionalService(ITranslator)
    ]);
  const translator = found ?? nullTranslator;
  const trans = translator.load(DOMAIN);
  const category = trans.__('Model Registry');
  const preferences = new Preferences();
  const registryApp = new Application(app, labShell !== null, preferences, trans);

  addCommands(app, registryApp, SIDEBAR);
  const sidebar = makeSidebar(registryApp, id, { settings, toolbars, translator });
  addFileType(app, registryApp, restorer);
  registryApp.restore(restorer);
  if (palette !== null) {
    addToPalette(palette, category);
  }
  launcher?.add({ command: CommandIds.open, category: trans.__('Other') });
  if (statusBar !== null && registryApp.sidebar !== null) {
    const item = new StatusItem(registryApp.sidebar, trans, () => {
      app.shell.activateById(SIDEBAR);
    });
    statusBar.registerStatusItem(id, {
      item,
      align: 'left',
      isActive: () => item.isActive,
      activeStateChanged: item.activeChanged
    });
    // Without the server extension the item stays hidden.
    registryApp.findKnown().then(
      found => found && item.showFirst(...found),
      () => undefined
    );
  }
  restorer?.add(sidebar, SIDEBAR);
  // Not awaited: the saved state can be read only after all plugins are activated.
  void preferences.load(id, settings, state);
  app.shell.add(sidebar, 'left', { rank: SIDEBAR_RANK, type: category });
}

function makeSidebar(registryApp: Application, id: string, services: Services): SidePanel {
  const content = registryApp.makePanel();
  registryApp.sidebar = content;
  const { settings, toolbars, translator } = services;
  const sidebar = new SidePanel({ content, translator });
  sidebar.id = SIDEBAR;
  sidebar.title.caption = registryApp.trans.__('Model Registry');
  sidebar.title.icon = planetIcon;
  if (settings !== null && toolbars !== null) {
    setToolbar(sidebar, createToolbarFactory(toolbars, settings, TOOLBAR, id, translator));
  }
  return sidebar;
}
