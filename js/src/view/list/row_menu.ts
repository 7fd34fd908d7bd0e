/** The menu of a row. */
import type { VersionDetail, VersionItem } from '../../registry/types';
import type { ActionName } from '../action_request';
import { requestAction } from '../action_request';
import type { ViewContext } from '../context';
import type { Point } from './floating';
import type { MenuItem } from './menu';
import { Menu } from './menu';
import { findVersion, selectableOf } from './selectable';

/** Show the menu of a version. What it cannot do is disabled, with the reason. */
export function rowMenu(context: ViewContext, ref: string, at: HTMLElement | Point): Menu {
  return new RowMenu(context, ref).show(at);
}

class RowMenu {
  constructor(
    private readonly context: ViewContext,
    private readonly ref: string
  ) {
    this.item = findVersion(context.store, ref);
    this.name = ref.slice(0, ref.lastIndexOf(':'));
    this.isDeleted = this.item?.is_deleted ?? false;
  }

  show(at: HTMLElement | Point): Menu {
    const { trans } = this.context;
    const owner =
      at instanceof HTMLElement
        ? at.closest<HTMLElement>('.exo-Row')
        : (document.activeElement as HTMLElement | null);
    const menu = new Menu(this.items(), trans.__('Actions of %1', this.ref), at, owner);
    this.detail = this.readDetail();
    this.detail.then(detail => this.update(menu, detail)).catch(() => undefined);
    return menu;
  }

  private items(): MenuItem[] {
    return [...this.viewItems(), ...this.changeItems(), ...this.codeItems(), ...this.markItems()];
  }

  private viewItems(): MenuItem[] {
    const { store, host, trans } = this.context;
    const others = store.state.selected.filter(ref => ref !== this.ref);
    const compared = [...others, this.ref];
    const items: MenuItem[] = [
      { label: trans.__('Open details'), run: () => store.select(this.ref, 'only'), why: null },
      {
        label: trans.__('Compare with selected'),
        run: () => store.update({ selected: compared }),
        why: others.length > 0 ? null : trans.__('Select other versions first.')
      }
    ];
    if (host.openInTab) {
      const refs = store.state.selected.includes(this.ref) ? store.state.selected : [this.ref];
      items.push({
        label: trans.__('Open in a tab'),
        run: () => host.openInTab?.(refs),
        why: null
      });
    }
    return items;
  }

  private changeItems(): MenuItem[] {
    const { trans } = this.context;
    const life: [ActionName, string] = this.isDeleted
      ? ['restore', trans.__('Restore…')]
      : ['delete', trans.__('Delete…')];
    const actions: [ActionName, string][] = [
      ['set_alias', trans.__('Set alias…')],
      ['tag', trans.__('Tag…')],
      ['note', trans.__('Note…')],
      life
    ];
    return actions.map(([action, label], index) => ({
      label,
      run: () => requestAction(this.context, this.ref, action),
      why: this.whyNot(action),
      starts: index === 0
    }));
  }

  private codeItems(): MenuItem[] {
    const { host, trans } = this.context;
    const items: MenuItem[] = [
      {
        label: trans.__('Copy reference'),
        run: () => this.run(this.copyReference()),
        why: null,
        starts: true
      }
    ];
    if (host.insertCode) {
      items.push({
        label: trans.__('Insert code'),
        run: () => this.run(this.insertCode()),
        why: this.isDeleted ? this.restoreFirst() : null
      });
    }
    if (host.openNotebook) {
      items.push({
        label: trans.__('Open notebook'),
        run: () => this.run(this.openNotebook()),
        why: null
      });
    }
    return items;
  }

  private markItems(): MenuItem[] {
    const { store, trans } = this.context;
    return [
      {
        label: trans.__('Select all of this model'),
        run: () => this.run(this.selectAll()),
        why: null,
        starts: true
      },
      {
        label: trans.__('Clear selection'),
        run: () => store.clearSelection(),
        why: store.state.selected.length > 0 ? null : trans.__('Nothing is selected.')
      }
    ];
  }

  /** Return why a change is not possible, by what the list knows. */
  private whyNot(action: ActionName): string | null {
    const { store, trans } = this.context;
    const { head, registry } = store;
    if (head?.writable === false || registry?.writable === false) {
      return head?.why_read_only ?? trans.__('The registry is read-only.');
    }
    return this.isDeleted && action !== 'restore' ? this.restoreFirst() : null;
  }

  private restoreFirst(): string {
    return this.context.trans.__('The version is deleted. Restore it first.');
  }

  /** Disable the commands that the details do not allow. */
  private update(menu: Menu, { actions }: VersionDetail): void {
    const { trans } = this.context;
    const labels: [string, string][] = [
      ['set_alias', trans.__('Set alias…')],
      ['tag', trans.__('Tag…')],
      ['note', trans.__('Note…')],
      ['delete', trans.__('Delete…')],
      ['restore', trans.__('Restore…')],
      ['open_notebook', trans.__('Open notebook')]
    ];
    for (const [name, label] of labels) {
      const action = actions[name];
      if (action) {
        const why = action.why ?? trans.__('This is not possible for this version.');
        menu.disable(label, action.enabled ? null : why);
      }
    }
  }

  private readDetail(): Promise<VersionDetail> {
    const { api, store, host } = this.context;
    const version = this.ref.slice(this.name.length + 1);
    const query = { notebook: host.notebookPath?.() ?? undefined };
    return api.get(store.route('models', this.name, 'versions', version), query);
  }

  private async copyReference(): Promise<void> {
    const { host, status, trans } = this.context;
    await host.copy(this.ref);
    status.report(trans.__('Copied %1.', this.ref));
  }

  private async insertCode(): Promise<void> {
    const { host, store } = this.context;
    const key = { name: this.name, version: Number(this.ref.slice(this.name.length + 1)) };
    const code =
      store.registry && host.loadingCode
        ? host.loadingCode(store.registry, key)
        : (await (this.detail ?? this.readDetail())).code;
    host.insertCode?.(code);
  }

  private async openNotebook(): Promise<void> {
    const { host, trans, status } = this.context;
    const { provenance } = await (this.detail ?? this.readDetail());
    if (provenance.notebook_path === null) {
      status.report(trans.__('The notebook of %1 was not found.', this.ref));
    } else {
      const { notebook_path, cell_number, cell_source } = provenance;
      host.openNotebook?.(notebook_path, cell_number, cell_source);
    }
  }

  private async selectAll(): Promise<void> {
    const { store, status, trans } = this.context;
    if (selectableOf(store, this.name).refs.length === 0) {
      await store.expand(this.name);
    }
    const { refs, isCut } = selectableOf(store, this.name);
    store.update({ selected: refs.length > 0 ? refs : [this.ref] });
    if (isCut) {
      status.report(trans.__('Selected the first %1 versions of %2.', refs.length, this.name));
    }
  }

  private run(work: Promise<void>): void {
    work.catch((error: unknown) => this.context.status.reportError(error));
  }

  private readonly item: VersionItem | null;
  private readonly name: string;
  private readonly isDeleted: boolean;
  private detail: Promise<VersionDetail> | null = null;
}
