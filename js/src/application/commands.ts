/** The commands, which menus, the palette and the launcher offer. */
import { ILabShell, JupyterFrontEnd } from '@jupyterlab/application';
import { DOMUtils, ICommandPalette, MainAreaWidget } from '@jupyterlab/apputils';
import { CommandRegistry } from '@lumino/commands';

import { Application } from './application';
import { ID } from './command_ids';
import { Subject, Use } from '../widgets/version_detail';
import { planetIcon } from './icon';
import { RegistryView } from '../widgets/registry_view';

export const CATEGORY = 'Model Registry';

/** Add the commands; those about a version go by the view that was touched last. */
export function addCommands(
  app: JupyterFrontEnd,
  labShell: ILabShell | null,
  own: Application,
  sidebarId: string,
  sidebarView: RegistryView
): void {
  const { commands, shell } = app;
  const showSidebar = () => shell.activateById(sidebarId);

  commands.addCommand(ID.show, { label: 'Show Model Registry', execute: showSidebar });
  commands.addCommand(ID.open, {
    label: args => (args.isPalette ? 'Open Model Registry in a Tab' : 'Model Registry'),
    caption: 'Browse the models of a registry',
    icon: args => (args.isPalette ? undefined : planetIcon),
    execute: () => (labShell === null ? showSidebar() : openTab(app, own))
  });
  commands.addCommand(ID.compareAgain, {
    label: 'Compare Models Again',
    isVisible: () => false,
    execute: ({ registry, refs }) =>
      own.compareIn(String(registry), (refs as string[]).map(String))
  });
  addVersionCommands(commands, own);
  commands.addCommand(ID.compare, {
    label: 'Compare Selected Models',
    isEnabled: () => (own.current?.store.selected.size ?? 0) > 1,
    execute: () => own.current?.compare()
  });
  commands.addCommand(ID.register, {
    label: 'Register the Model in This Cell',
    isEnabled: () => own.hasNotebook,
    execute: () => own.registerModel(own.current ?? sidebarView)
  });
  commands.addCommand(ID.refresh, {
    label: 'Refresh Model Registry',
    execute: () => own.current?.store.refresh().catch(() => undefined)
  });
}

/** Offer the commands in the palette. */
export function addToPalette(palette: ICommandPalette): void {
  for (const command of Object.values(ID)) {
    if (command !== ID.compareAgain) {
      palette.addItem({ command, category: CATEGORY, args: { isPalette: true } });
    }
  }
}

function addVersionCommands(commands: CommandRegistry, own: Application): void {
  const add = (
    id: string,
    label: string,
    execute: (view: RegistryView, version: Subject) => void
  ) =>
    commands.addCommand(id, {
      label,
      isEnabled: () => subjectOf(own.current) !== null,
      execute: () => {
        const version = subjectOf(own.current);
        if (own.current !== null && version !== null) {
          execute(own.current, version);
        }
      }
    });
  const use = (kind: Use) => (view: RegistryView, version: Subject) =>
    own.use(view, kind, version);

  add(ID.details, 'Show Model Details', (view, version) => void view.open(version));
  add(ID.history, 'Show Model History', (view, version) => view.open(version).showHistory());
  add(ID.insert, 'Insert Code That Loads the Model', use('insert'));
  add(ID.copy, 'Copy Model Reference', use('copy'));
  add(ID.notebook, 'Open the Notebook That Made the Model', use('notebook'));
}

function subjectOf(view: RegistryView | null): Subject | null {
  return view?.current ?? view?.detail?.subject ?? null;
}

function openTab(app: JupyterFrontEnd, own: Application): MainAreaWidget<RegistryView> {
  const content = own.makeView();
  const widget = new MainAreaWidget({ content });
  widget.id = DOMUtils.createDomID();
  widget.title.label = 'Model Registry';
  widget.title.icon = planetIcon;
  widget.title.closable = true;
  app.shell.add(widget, 'main');
  void own.views.add(widget);
  return widget;
}
