/** What the views need of the application they are in. */
import { ILabShell, ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { Clipboard, MainAreaWidget, Notification, WidgetTracker } from '@jupyterlab/apputils';

import { Api, sentence } from '../registry/api';
import { ID } from './command_ids';
import { ComparisonView } from '../widgets/comparison_view';
import { Subject, Use } from '../widgets/version_detail';
import { lastEstimator } from '../notebook/find_estimator';
import { planetIcon } from './icon';
import { activeSource, insertCode, notebookInFront, openAtCell } from '../notebook/notebook';
import { Preferences } from './preferences';
import { loadingCode, referenceOf, registeringCode } from '../notebook/code_snippets';
import { Chooser, Detail, Place } from '../registry/types';
import { Outside, RegistryView } from '../widgets/registry_view';

const AUTO_CLOSE_MS = 6000;
const NO_NOTEBOOK = 'Open a notebook first: the code goes to its active cell.';
const NO_ESTIMATOR =
  'No model was found in the active cell: a line such as `model = SVC().fit(X, y)` names one.';

export class Application implements Outside {
  constructor(
    private readonly app: JupyterFrontEnd,
    private readonly labShell: ILabShell | null,
    readonly preferences: Preferences
  ) {
    this.api = new Api(app.serviceManager.serverSettings);
  }

  readonly comparisons = new WidgetTracker<MainAreaWidget<ComparisonView>>({
    namespace: 'exo-nbregistry-comparison'
  });
  readonly views = new WidgetTracker<MainAreaWidget<RegistryView>>({
    namespace: 'exo-nbregistry'
  });

  /** The view that commands are about: the one that was touched last. */
  current: RegistryView | null = null;

  /** Make a view; `fixed` chooses its registry, which users cannot change then. */
  makeView(fixed?: Chooser): RegistryView {
    const view = new RegistryView(this.api, this.preferences, this, fixed);
    const touch = () => {
      this.current = view;
      this.app.commands.notifyCommandChanged();
    };
    view.touched.connect(touch);
    view.store.changed.connect(() => this.app.commands.notifyCommandChanged());
    view.disposed.connect(() => {
      this.current = this.current === view ? null : this.current;
    });
    this.current ??= view;
    return view;
  }

  /** The code that loads a version in the notebook in front. */
  codeOf(place: Place, version: Subject): string {
    return loadingCode(place, version, this.notebookPath());
  }

  /** Use a version: in a notebook, in the clipboard, or to find where it came from. */
  use(view: RegistryView, use: Use, version: Subject): void {
    const uses: Record<Use, () => Promise<void>> = {
      insert: () => this.insert(view, version),
      copy: () => this.copy(view, version),
      notebook: () => this.openNotebook(view, version)
    };
    uses[use]().catch(error => view.status.complain(error));
  }

  /** Show versions side by side in a tab, where there are tabs. */
  compare(place: Place, refs: string[]): boolean {
    if (this.labShell === null) {
      return false;
    }
    this.compareIn(place.id, refs);
    return true;
  }

  /** Show versions of a registry side by side in a tab; the one that is there comes to front. */
  compareIn(registry: string, refs: string[]): void {
    const id = `exo-nbregistry-comparison:${registry}:${refs.join()}`;
    if (!this.comparisons.find(widget => widget.id === id)) {
      this.addComparison(id, registry, refs);
    }
    this.app.shell.activateById(id);
  }

  /** Open again what was open when the page was left. */
  restore(restorer: ILayoutRestorer | null): void {
    void restorer?.restore(this.views, { command: ID.open, name: widget => widget.id });
    void restorer?.restore(this.comparisons, {
      command: ID.compareAgain,
      args: ({ content }) => ({ registry: content.registry, refs: content.refs }),
      name: widget => widget.id
    });
  }

  /** Write the call that registers the last estimator of the active cell below it. */
  async registerModel(view: RegistryView): Promise<void> {
    const notebook = notebookInFront(this.app.shell);
    const variable = notebook && lastEstimator(activeSource(notebook) ?? '');
    if (!notebook || !variable) {
      this.complain(view, notebook ? NO_ESTIMATOR : NO_NOTEBOOK);
      return;
    }
    if (view.store.place === null) {
      await view.store.findPlaces().catch(() => undefined);
    }
    const code = registeringCode(view.store.place, variable, this.notebookPath());
    await insertCode(this.app.commands, notebook, code);
    view.status.say(`The call that registers ${variable} is in the cell below: run it.`);
  }

  /** Whether a notebook is in front. */
  get hasNotebook(): boolean {
    return notebookInFront(this.app.shell) !== null;
  }

  private async insert(view: RegistryView, version: Subject): Promise<void> {
    const notebook = notebookInFront(this.app.shell);
    if (notebook === null) {
      this.complain(view, NO_NOTEBOOK);
      return;
    }
    await insertCode(this.app.commands, notebook, this.codeOf(view.store.place!, version));
    view.status.say(`The code that loads ${referenceOf(version)} is in the active cell.`);
  }

  private async copy(view: RegistryView, version: Subject): Promise<void> {
    const reference = referenceOf(version);
    Clipboard.copyToSystem(reference);
    view.status.say(`${reference} is in the clipboard.`);
  }

  private async openNotebook(view: RegistryView, { name, version }: Subject): Promise<void> {
    const route = view.store.route('models', name, 'versions', String(version));
    const { metadata, notebook_path } = await this.api.get<Detail>(route);
    const made = metadata.provenance;
    if (notebook_path === null) {
      const known = made.notebook && `${made.notebook} is not below the folder of this server.`;
      this.complain(view, known || `Which notebook made ${name}:${version} was not recorded.`);
      return;
    }
    const cell = made.cell_number === null ? 'a cell' : `cell ${made.cell_number}`;
    const found = await openAtCell(this.app.commands, notebook_path, made);
    view.status.say(
      found
        ? `${name}:${version} was made by this cell.`
        : `${name}:${version} was made by ${cell}, which is no longer in the notebook.`
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

  private notebookPath(): string | null {
    const path = notebookInFront(this.app.shell)?.context.path;
    return path === undefined ? null : this.app.serviceManager.contents.localPath(path);
  }

  /** In the view if it can be seen, for that is where the reader looks. */
  private complain(view: RegistryView, text: string): void {
    if (view.isVisible) {
      view.status.complain(text);
    } else {
      Notification.warning(sentence(text), { autoClose: AUTO_CLOSE_MS });
    }
  }

  private readonly api: Api;
}
