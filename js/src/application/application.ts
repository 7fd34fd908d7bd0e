/** Connects the views to the application: its notebooks, its tabs and its clipboard. */
import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { Clipboard, MainAreaWidget, Notification, WidgetTracker } from '@jupyterlab/apputils';

import { loadingCode, referenceOf, registeringCode } from '../notebook/code_snippets';
import { findEstimator } from '../notebook/find_estimator';
import { activeSource, currentNotebook, insertCode, openAtCell } from '../notebook/notebook';
import { Api } from '../registry/api';
import { errorMessage } from '../registry/api_error';
import type { Detail, RegistryChooser, RegistryInfo, VersionSubject } from '../registry/types';
import { restTransport } from '../transport/rest';
import { ComparisonView } from '../widgets/comparison_view';
import type { ViewHost } from '../widgets/registry_view';
import { RegistryView } from '../widgets/registry_view';
import type { VersionAction } from '../widgets/version_detail';
import { CommandIds } from './command_ids';
import { planetIcon } from './icon';
import type { Preferences } from './preferences';

const NOTIFICATION_MS = 6000;
const NO_NOTEBOOK = 'The current tab is not a notebook. Open a notebook and select a cell.';
const NO_ESTIMATOR =
  'No model found in the active cell. Assign it to a variable, as in model = SVC().fit(X, y).';

export class Application implements ViewHost {
  constructor(
    private readonly app: JupyterFrontEnd,
    /** Whether the application has tabs: JupyterLab does, Notebook does not. */
    readonly hasTabs: boolean,
    readonly preferences: Preferences
  ) {
    this.api = new Api(restTransport(app.serviceManager.serverSettings));
  }

  readonly comparisons = new WidgetTracker<MainAreaWidget<ComparisonView>>({
    namespace: 'exo-nbregistry-comparison'
  });
  readonly views = new WidgetTracker<MainAreaWidget<RegistryView>>({
    namespace: 'exo-nbregistry'
  });

  /** The view that was used last, to which commands apply. */
  current: RegistryView | null = null;

  /** Whether a notebook is the current widget. */
  get hasNotebook(): boolean {
    return currentNotebook(this.app.shell) !== null;
  }

  /** Create a view. If `fixed` is passed, it chooses the registry, and users cannot change it. */
  makeView(fixed?: RegistryChooser): RegistryView {
    const view = new RegistryView(this.api, this.preferences, this, fixed);
    view.touched.connect(this.onTouched, this);
    view.store.changed.connect(this.onStoreChanged, this);
    view.disposed.connect(this.onViewDisposed, this);
    this.current ??= view;
    return view;
  }

  /** Return the code that loads a version in the current notebook. */
  loadingCode(registry: RegistryInfo, version: VersionSubject): string {
    return loadingCode(registry, version, this.notebookPath());
  }

  /** Insert the code of a version, copy its reference, or open its notebook. */
  run(view: RegistryView, action: VersionAction, version: VersionSubject): void {
    if (action === 'copy') {
      copyReference(view, version);
      return;
    }
    const work =
      action === 'insert' ? this.insert(view, version) : this.openNotebook(view, version);
    work.catch((error: unknown) => {
      view.status.reportError(error);
    });
  }

  /** Compare versions in a tab; return false if the application has no tabs. */
  compare({ id }: RegistryInfo, refs: string[]): boolean {
    if (this.hasTabs) {
      this.openComparison(id, refs);
    }
    return this.hasTabs;
  }

  /** Compare versions of a registry in a tab, or activate the tab that does. */
  openComparison(registry: string, refs: string[]): void {
    const id = `exo-nbregistry-comparison:${registry}:${refs.join()}`;
    if (!this.comparisons.find(widget => widget.id === id)) {
      this.addComparison(id, registry, refs);
    }
    this.app.shell.activateById(id);
  }

  /** Restore the tabs of the last session. */
  restore(restorer: ILayoutRestorer | null): void {
    void restorer?.restore(this.views, { command: CommandIds.open, name: widget => widget.id });
    void restorer?.restore(this.comparisons, {
      command: CommandIds.compareAgain,
      args: ({ content }) => ({ registry: content.registry, refs: content.refs }),
      name: widget => widget.id
    });
  }

  /** Insert the code that registers the last estimator of the active cell below that cell. */
  async registerModel(view: RegistryView): Promise<void> {
    const notebook = currentNotebook(this.app.shell);
    const variable = notebook && findEstimator(activeSource(notebook) ?? '');
    if (!notebook || !variable) {
      this.reportProblem(view, notebook ? NO_ESTIMATOR : NO_NOTEBOOK);
      return;
    }
    if (view.store.registry === null) {
      await view.store.listRegistries().catch(() => undefined);
    }
    const code = registeringCode(view.store.registry, variable, this.notebookPath());
    await insertCode(this.app.commands, notebook, code);
    view.status.report(`Inserted code that registers ${variable}. Run the cell to register it.`);
  }

  private async insert(view: RegistryView, version: VersionSubject): Promise<void> {
    const { registry } = view.store;
    const notebook = currentNotebook(this.app.shell);
    if (notebook === null || registry === null) {
      this.reportProblem(view, NO_NOTEBOOK);
      return;
    }
    await insertCode(this.app.commands, notebook, this.loadingCode(registry, version));
    view.status.report(`Inserted code that loads ${referenceOf(version)}.`);
  }

  private async openNotebook(
    view: RegistryView,
    { name, version, model_id }: VersionSubject
  ): Promise<void> {
    const route = view.store.route('models', name, 'versions', String(version));
    const { metadata, notebook_path } = await this.api.get<Detail>(route);
    const { provenance } = metadata;
    const { notebook, cell_number } = provenance;
    if (notebook_path === null) {
      const outside = notebook && `${notebook} is outside the folder of this server.`;
      this.reportProblem(view, outside || `No notebook is recorded for ${model_id}.`);
      return;
    }
    const cell = cell_number === null ? 'the cell' : `cell ${cell_number}`;
    const found = await openAtCell(this.app.commands, notebook_path, provenance);
    view.status.report(
      found
        ? `${model_id} was registered in this cell.`
        : `${model_id} was registered in ${cell}, which is no longer in the notebook.`
    );
  }

  private addComparison(id: string, registry: string, refs: string[]): void {
    const content = new ComparisonView(this.api, registry, refs);
    const widget = new MainAreaWidget({ content });
    widget.id = id;
    widget.title.label = refs.join(' | ');
    widget.title.caption = `Comparison of ${refs.join(', ')}`;
    widget.title.icon = planetIcon;
    widget.title.closable = true;
    this.app.shell.add(widget, 'main');
    void this.comparisons.add(widget);
  }

  private onTouched(view: RegistryView): void {
    this.current = view;
    this.app.commands.notifyCommandChanged();
  }

  private onStoreChanged(): void {
    this.app.commands.notifyCommandChanged();
  }

  private onViewDisposed(view: RegistryView): void {
    this.current = this.current === view ? null : this.current;
  }

  private notebookPath(): string | null {
    const path = currentNotebook(this.app.shell)?.context.path;
    return path === undefined ? null : this.app.serviceManager.contents.localPath(path);
  }

  /** Report a problem in the view if the user can see it, otherwise as a notification. */
  private reportProblem(view: RegistryView, text: string): void {
    if (view.isVisible) {
      view.status.reportError(text);
    } else {
      Notification.warning(errorMessage(text), { autoClose: NOTIFICATION_MS });
    }
  }

  private readonly api: Api;
}

function copyReference(view: RegistryView, version: VersionSubject): void {
  const reference = referenceOf(version);
  Clipboard.copyToSystem(reference);
  view.status.report(`Copied ${reference}.`);
}
