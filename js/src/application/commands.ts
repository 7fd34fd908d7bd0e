/** The commands that menus, the palette, the toolbar and the launcher offer. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ICommandPalette } from '@jupyterlab/apputils';
import { addIcon, launchIcon, refreshIcon } from '@jupyterlab/ui-components';

import type { ViewState } from '../registry/view_state';
import type { Application } from './application';
import { CommandIds } from './command_ids';
import { planetIcon } from './icon';
import { notifyProblem } from './notifier';
import { addVersionCommands } from './version_commands';

const NO_ARGUMENTS = { args: { type: 'object', properties: {} } } as const;
const OPEN_ARGUMENTS = {
  args: {
    type: 'object',
    properties: {
      isPalette: { type: 'boolean', description: 'Whether the palette shows the command' },
      id: { type: 'string', description: 'The ID of a restored tab' },
      state: { type: 'object', description: 'The registry, the search and the selected versions' }
    }
  }
} as const;

/** Add the commands. Those about versions apply to the panel that was used last. */
export function addCommands(app: JupyterFrontEnd, registryApp: Application, sidebar: string): void {
  const { commands, shell } = app;
  const { trans } = registryApp;
  const showSidebar = () => {
    shell.activateById(sidebar);
  };

  commands.addCommand(CommandIds.show, {
    label: trans.__('Show Model Registry'),
    describedBy: NO_ARGUMENTS,
    execute: showSidebar
  });
  commands.addCommand(CommandIds.open, {
    label: args =>
      args.isPalette ? trans.__('Open Model Registry in Tab') : trans.__('Model Registry'),
    caption: trans.__('Browse the models of a registry in a tab'),
    icon: args => (args.isPalette ? undefined : planetIcon),
    describedBy: OPEN_ARGUMENTS,
    execute: ({ state, id }) =>
      registryApp.hasTabs
        ? registryApp.openTab(state as Partial<ViewState>, id as string | undefined)
        : showSidebar()
  });
  commands.addCommand(CommandIds.openSelected, {
    label: trans.__('Open in Tab'),
    caption: trans.__('Show this list and the selected versions in a tab'),
    icon: launchIcon,
    isEnabled: () => registryApp.hasTabs && Boolean(registryApp.current?.view),
    describedBy: NO_ARGUMENTS,
    execute: () => registryApp.openTab(registryApp.current?.view?.store.state)
  });
  commands.addCommand(CommandIds.register, {
    label: trans.__('Register Model in Cell'),
    caption: trans.__('Insert code that registers the model of the active cell'),
    icon: addIcon,
    isEnabled: () => registryApp.hasNotebook,
    describedBy: NO_ARGUMENTS,
    execute: () => registryApp.registerModel().catch(notifyProblem)
  });
  commands.addCommand(CommandIds.refresh, {
    label: trans.__('Refresh Model Registry'),
    caption: trans.__('Check for new registries, models and versions'),
    icon: refreshIcon,
    isEnabled: () => Boolean(registryApp.current?.view),
    describedBy: NO_ARGUMENTS,
    execute: () => registryApp.current?.view?.store.refresh()
  });
  addVersionCommands(commands, registryApp);
}

/** Add the commands to the palette. */
export function addToPalette(palette: ICommandPalette, category: string): void {
  for (const command of Object.values(CommandIds)) {
    palette.addItem({ command, category, args: { isPalette: true } });
  }
}
