/** The commands that menus, the palette and the launcher offer. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ICommandPalette } from '@jupyterlab/apputils';
import { DOMUtils, MainAreaWidget } from '@jupyterlab/apputils';
import type { CommandRegistry } from '@lumino/commands';

import type { VersionSubject } from '../registry/types';
import type { RegistryView } from '../widgets/registry_view';
import type { VersionAction } from '../widgets/version_detail';
import type { Application } from './application';
import { CommandIds } from './command_ids';
import { planetIcon } from './icon';

export const CATEGORY = 'Model Registry';

const NO_ARGUMENTS = { args: { type: 'object', properties: {} } } as const;
const PALETTE_ARGUMENTS = {
  args: {
    type: 'object',
    properties: {
      isPalette: { type: 'boolean', description: 'Whether the palette shows the command' }
    }
  }
} as const;
const COMPARE_ARGUMENTS = {
  args: {
    type: 'object',
    properties: {
      registry: { type: 'string', description: 'The id of the registry' },
      refs: {
        type: 'array',
        items: { type: 'string' },
        description: 'The references of the versions, for example kepler_rf:3'
      }
    },
    required: ['registry', 'refs']
  }
} as const;

/** Add the commands. Those about a version apply to the view that was used last. */
export function addCommands(
  app: JupyterFrontEnd,
  registryApp: Application,
  sidebarId: string,
  sidebarView: RegistryView
): void {
  const { commands, shell } = app;
  const showSidebar = () => {
    shell.activateById(sidebarId);
  };

  commands.addCommand(CommandIds.show, {
    label: 'Show Model Registry',
    describedBy: NO_ARGUMENTS,
    execute: showSidebar
  });
  commands.addCommand(CommandIds.open, {
    label: args => (args.isPalette ? 'Open Model Registry in Tab' : 'Model Registry'),
    caption: 'Browse the models of a registry',
    icon: args => (args.isPalette ? undefined : planetIcon),
    describedBy: PALETTE_ARGUMENTS,
    execute: () => (registryApp.hasTabs ? openTab(app, registryApp) : showSidebar())
  });
  addComparisonCommands(commands, registryApp);
  addVersionCommands(commands, registryApp);
  commands.addCommand(CommandIds.register, {
    label: 'Register Model in Cell',
    isEnabled: () => registryApp.hasNotebook,
    describedBy: NO_ARGUMENTS,
    execute: () => registryApp.registerModel(registryApp.current ?? sidebarView)
  });
  commands.addCommand(CommandIds.refresh, {
    label: 'Refresh Model Registry',
    describedBy: NO_ARGUMENTS,
    execute: () => registryApp.current?.store.refresh().catch(() => undefined)
  });
}

/** Add the commands to the palette. */
export function addToPalette(palette: ICommandPalette): void {
  for (const command of Object.values(CommandIds)) {
    if (command !== CommandIds.compareAgain) {
      palette.addItem({ command, category: CATEGORY, args: { isPalette: true } });
    }
  }
}

function addComparisonCommands(commands: CommandRegistry, registryApp: Application): void {
  commands.addCommand(CommandIds.compareAgain, {
    label: 'Restore Comparison',
    isVisible: () => false,
    describedBy: COMPARE_ARGUMENTS,
    execute: ({ registry, refs }) => {
      registryApp.openComparison(registry as string, refs as string[]);
    }
  });
  commands.addCommand(CommandIds.compare, {
    label: 'Compare Selected Models',
    isEnabled: () => (registryApp.current?.store.selected.size ?? 0) > 1,
    describedBy: NO_ARGUMENTS,
    execute: () => registryApp.current?.compare()
  });
}

function addVersionCommands(commands: CommandRegistry, registryApp: Application): void {
  const add = (
    id: string,
    label: string,
    run: (view: RegistryView, version: VersionSubject) => void
  ) =>
    commands.addCommand(id, {
      label,
      isEnabled: () => currentVersion(registryApp.current) !== null,
      describedBy: NO_ARGUMENTS,
      execute: () => {
        const version = currentVersion(registryApp.current);
        if (registryApp.current !== null && version !== null) {
          run(registryApp.current, version);
        }
      }
    });
  const action = (name: VersionAction) => (view: RegistryView, version: VersionSubject) => {
    registryApp.run(view, name, version);
  };

  add(CommandIds.details, 'Show Model Details', (view, version) => {
    view.open(version);
  });
  add(CommandIds.history, 'Show Model History', (view, version) => {
    view.open(version).showHistory();
  });
  add(CommandIds.insert, 'Insert Loading Code', action('insert'));
  add(CommandIds.copy, 'Copy Model Reference', action('copy'));
  add(CommandIds.notebook, 'Open Source Notebook', action('notebook'));
}

function currentVersion(view: RegistryView | null): VersionSubject | null {
  return view?.current ?? view?.detail?.subject ?? null;
}

function openTab(app: JupyterFrontEnd, registryApp: Application): MainAreaWidget<RegistryView> {
  const content = registryApp.makeView();
  const widget = new MainAreaWidget({ content });
  widget.id = DOMUtils.createDomID();
  widget.title.label = CATEGORY;
  widget.title.icon = planetIcon;
  widget.title.closable = true;
  app.shell.add(widget, 'main');
  void registryApp.views.add(widget);
  return widget;
}
