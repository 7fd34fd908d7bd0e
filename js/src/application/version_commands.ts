/** The commands about a version, which apply to the current row of the panel that was used last. */
import type { CommandRegistry } from '@lumino/commands';

import { referenceOf } from '../notebook/code_snippets';
import type { RegistryPanel } from '../widgets/registry_panel';
import type { Application } from './application';
import { CommandIds } from './command_ids';
import { findVersion } from './find_version';
import { notify, notifyProblem } from './notifier';

const NO_ARGUMENTS = { args: { type: 'object', properties: {} } } as const;

interface Target {
  panel: RegistryPanel;
  ref: string;
}

export function addVersionCommands(commands: CommandRegistry, registryApp: Application): void {
  const { trans } = registryApp;
  const add = (
    id: string,
    label: string,
    run: (target: Target) => unknown,
    isEnabled: () => boolean = () => targetOf(registryApp) !== null
  ) =>
    commands.addCommand(id, {
      label,
      isEnabled,
      describedBy: NO_ARGUMENTS,
      execute: async () => {
        const target = targetOf(registryApp);
        try {
          await (target && run(target));
        } catch (error) {
          notifyProblem(error);
        }
      }
    });

  add(CommandIds.details, trans.__('Show Model Details'), ({ panel, ref }) =>
    panel.view?.store.select(ref, 'only')
  );
  add(
    CommandIds.insert,
    trans.__('Insert Loading Code'),
    ({ panel, ref }) => registryApp.insertLoadingCode(panel, ref),
    () => targetOf(registryApp) !== null && registryApp.hasNotebook
  );
  add(CommandIds.copy, trans.__('Copy Model Reference'), async ({ panel, ref }) => {
    const store = panel.view?.store;
    const reference = store ? referenceOf(findVersion(store, ref)) : ref;
    await panel.view?.host.copy(reference);
    notify(trans.__('Copied %1.', reference));
  });
  add(CommandIds.notebook, trans.__('Open Source Notebook'), ({ panel, ref }) =>
    registryApp.openSourceNotebook(panel, ref)
  );
  commands.addCommand(CommandIds.clear, {
    label: trans.__('Clear Selected Models'),
    isEnabled: () => (registryApp.current?.view?.store.state.selected.length ?? 0) > 0,
    describedBy: NO_ARGUMENTS,
    execute: () => registryApp.current?.view?.store.clearSelection()
  });
}

function targetOf({ current: panel }: Application): Target | null {
  const ref = panel?.current ?? null;
  return panel === null || ref === null ? null : { panel, ref };
}
