/** Connects the panels to the application: its notebooks, its tabs and its settings. */
import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { DOMUtils, MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { currentNotebook, insertCode } from '../notebook/notebook';
import { Api } from '../registry/api';
import type {
  ModelItem,
  RegistryHead,
  RegistryInfo,
  VersionDetail,
  VersionKey
} from '../registry/types';
import type { ViewState } from '../registry/view_state';
import { restTransport } from '../transport/rest';
import type { Transport } from '../transport/transport';
import { apiTexts } from '../view/api_texts';
import { RegistryView } from '../view/registry_view';
import { RegistryPanel } from '../widgets/registry_panel';
import { CommandIds } from './command_ids';
import { findVersion } from './find_version';
import { planetIcon } from './icon';
import { LabHost } from './lab_host';
import { notifyProblem } from './notifier';
import type { Preferences } from './preferences';
import type { Target } from './register_model';
import { registerModel } from './register_model';

const MAX_NAMES = 200;

/** The first state of a panel. */
export interface PanelContent {
  state?: Partial<ViewState>;
  /** The location of the only registry that the panel shows. */
  location?: string;
}

export class Application {
  constructor(
    private readonly app: JupyterFrontEnd,
    /** Whether the application has tabs: JupyterLab does, Notebook does not. */
    readonly hasTabs: boolean,
    readonly preferences: Preferences,
    readonly trans: TranslationBundle
  ) {
    this.transport = restTransport(app.serviceManager.serverSettings);
    this.api = new Api(this.transport, apiTexts(trans));
    this.host = new LabHost(app, trans);
  }

  readonly tabs = new WidgetTracker<MainAreaWidget<RegistryPanel>>({ namespace: 'exo-nbregistry' });

  /** The panel that was used last, to which commands apply. */
  current: RegistryPanel | null = null;

  /** The panel of the sidebar, whose registry code registers models in. */
  sidebar: RegistryPanel | null = null;

  /** Whether a notebook is the current widget. */
  get hasNotebook(): boolean {
    return currentNotebook(this.app.shell) !== null;
  }

  /** Create a panel. */
  makePanel(content: PanelContent = {}): RegistryPanel {
    const panel: RegistryPanel = new RegistryPanel({
      createView: () => this.createView(content),
      codeOf: (_, ref) => this.codeOf(panel, ref),
      preferences: this.preferences
    });
    panel.touched.connect(this.onTouched, this);
    panel.changed.connect(this.onChanged, this);
    panel.disposed.connect(this.onDisposed, this);
    this.current ??= panel;
    return panel;
  }

  /** Show a registry in a tab: with the state of a panel, or the usual one. */
  openTab(
    state?: Partial<ViewState>,
    id: string = DOMUtils.createDomID()
  ): MainAreaWidget<RegistryPanel> {
    const panel = this.makePanel({ state: { ...state } });
    const tab = new MainAreaWidget({ content: panel });
    tab.toolbar.hide();
    tab.id = id;
    tab.title.icon = planetIcon;
    tab.title.closable = true;
    this.nameTab(tab);
    panel.changed.connect(() => {
      this.nameTab(tab);
      void this.tabs.save(tab);
    });
    this.app.shell.add(tab, 'main');
    void this.tabs.add(tab);
    return tab;
  }

  /** Restore the tabs of the last session. */
  restore(restorer: ILayoutRestorer | null): void {
    void restorer?.restore(this.tabs, {
      command: CommandIds.open,
      // JupyterLab finds the place of a restored tab by its ID.
      args: ({ id, content }) => ({ id, state: { ...content.view?.store.state } }),
      name: tab => tab.id
    });
  }

  /** Insert the code that loads a version. */
  async insertLoadingCode(panel: RegistryPanel, ref: string): Promise<void> {
    const notebook = currentNotebook(this.app.shell);
    const code = this.codeOf(panel, ref);
    if (notebook !== null && code !== null) {
      await insertCode(this.app.commands, notebook, code);
    }
  }

  /** Open the notebook that registered a version at its cell. */
  async openSourceNotebook({ view }: RegistryPanel, ref: string): Promise<void> {
    if (view === null) {
      return;
    }
    const { name, version } = findVersion(view.store, ref);
    const route = view.store.route('models', name, 'versions', String(version));
    const { actions, provenance } = await this.api.get<VersionDetail>(route);
    const { notebook_path: path, cell_number, cell_source } = provenance;
    if (path === null) {
      const why = actions.open_notebook?.why;
      notifyProblem(why || this.trans.__('No notebook is recorded for %1.', ref));
      return;
    }
    this.host.openNotebook(path, cell_number, cell_source);
  }

  /**
   * Return the registry that the sidebar will show, and its counts.
   *
   * No request is sent if no registry is known, or the sidebar shows one.
   */
  async findKnown(): Promise<[RegistryInfo, RegistryHead | null] | null> {
    await this.preferences.ready;
    if (!this.preferences.knowsRegistry || (this.sidebar?.view ?? null) !== null) {
      return null;
    }
    const registry = this.preferences.chooseKnown(await this.listRegistries());
    if (registry === null) {
      return null;
    }
    const head = await this.api.get<RegistryHead>(['registries', registry.id]).catch(() => null);
    return [registry, head];
  }

  /** Insert the code that registers the model of the current cell in the sidebar's registry. */
  registerModel(): Promise<void> {
    const path = () => this.host.notebookPath();
    return registerModel(this.app, this.trans, () => this.findTarget(), path);
  }

  private async findTarget(): Promise<Target> {
    const shown = this.sidebar?.view?.store.registry ?? null;
    const registry = shown ?? this.preferences.choose(await this.listRegistries());
    if (registry === null) {
      return { registry, names: [] };
    }
    const query = { limit: MAX_NAMES, order_by: '-registered_at' };
    const route = ['registries', registry.id, 'models'];
    // Without names to choose from, the user can still type one.
    const page = await this.api.get<{ items: ModelItem[] }>(route, query).catch(() => null);
    return { registry, names: page?.items.map(({ name }) => name) ?? [] };
  }

  private createView({ state, location }: PanelContent): RegistryView {
    const openInTab = (refs: string[]) => {
      this.openTab({ ...view.store.state, selected: refs });
    };
    const find = ({ name, version }: VersionKey) => findVersion(view.store, `${name}:${version}`);
    const host = new LabHost(this.app, this.trans, this.hasTabs ? openInTab : undefined, find);
    const view: RegistryView = new RegistryView(this.transport, host, {
      state,
      fixedRegistry: location,
      preferences: this.preferences
    });
    return view;
  }

  private async listRegistries(): Promise<RegistryInfo[]> {
    const reply = await this.api.get<{ registries: RegistryInfo[] }>(['registries']);
    return reply.registries;
  }

  private codeOf({ view }: RegistryPanel, ref: string): string | null {
    const registry = view?.store.registry ?? null;
    if (view === null || registry === null) {
      return null;
    }
    return view.host.loadingCode?.(registry, findVersion(view.store, ref)) ?? null;
  }

  private nameTab({ content, title }: MainAreaWidget<RegistryPanel>): void {
    const { state, registry } = content.view?.store ?? {};
    const [first, ...others] = state?.selected ?? [];
    title.label =
      first === undefined
        ? (registry?.name ?? this.trans.__('Model Registry'))
        : others.length === 0
          ? first
          : this.trans.__('%1 and %2 more', first, others.length);
    title.caption = [registry?.location ?? '', ...(state?.selected ?? [])].join('\n').trim();
  }

  private onTouched(panel: RegistryPanel): void {
    this.current = panel;
    this.app.commands.notifyCommandChanged();
  }

  private onChanged(panel: RegistryPanel): void {
    const registry = panel === this.sidebar ? panel.view?.store.registry : null;
    if (registry) {
      this.preferences.see(registry);
    }
    this.app.commands.notifyCommandChanged();
  }

  private onDisposed(panel: RegistryPanel): void {
    this.current = this.current === panel ? this.sidebar : this.current;
  }

  private readonly transport: Transport;
  private readonly api: Api;
  /** The host of commands, which have no view. */
  private readonly host: LabHost;
}
