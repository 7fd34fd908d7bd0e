/** Opens the file of a registry, nbregistry.json, as a view of that registry. */
import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { ABCWidgetFactory, DocumentWidget, TextModelFactory } from '@jupyterlab/docregistry';

import type { RegistryPanel } from '../widgets/registry_panel';
import type { Application } from './application';
import { planetIcon } from './icon';

const FILE_TYPE = 'exo-nbregistry';
// Saved workspaces contain it, so it is not translated.
const FACTORY = 'Model Registry';

type RegistryDocument = DocumentWidget<RegistryPanel>;

/** Gives the file its own document context, which is not shared with text editors. */
class ModelFactory extends TextModelFactory {
  override get name(): string {
    return FILE_TYPE;
  }
}

class RegistryDocumentFactory extends ABCWidgetFactory<RegistryDocument> {
  constructor(
    private readonly registryApp: Application,
    options: DocumentRegistry.IWidgetFactoryOptions<RegistryDocument>
  ) {
    super(options);
  }

  protected override createNewWidget(context: DocumentRegistry.Context): RegistryDocument {
    const location = PathExt.dirname(context.localPath) || '.';
    const content = this.registryApp.makePanel({ location });
    makeReadOnly(context);
    // The label is not set: setting the label of a document renames its file.
    const widget = new DocumentWidget({ content, context });
    widget.title.icon = planetIcon;
    return widget;
  }
}

/**
 * Prevent JupyterLab from writing beside the file.
 *
 * A Jupyter server creates a folder when it lists checkpoints, but the folder of a registry
 * must contain only the registry.
 */
function makeReadOnly(context: DocumentRegistry.Context): void {
  context.listCheckpoints = () => Promise.resolve([]);
  context.createCheckpoint = () => Promise.resolve({ id: '', last_modified: '' });
  context.save = () => Promise.resolve();
}

/** Register the file type, and restore the documents of the last session. */
export function addFileType(
  app: JupyterFrontEnd,
  registryApp: Application,
  restorer: ILayoutRestorer | null
): void {
  app.docRegistry.addFileType({
    name: FILE_TYPE,
    displayName: registryApp.trans.__('Model Registry'),
    pattern: '^nbregistry\\.json$',
    extensions: [],
    mimeTypes: ['application/json'],
    contentType: 'file',
    fileFormat: 'text',
    icon: planetIcon
  });
  const factory = new RegistryDocumentFactory(registryApp, {
    name: FACTORY,
    label: registryApp.trans.__('Model Registry'),
    modelName: FILE_TYPE,
    fileTypes: [FILE_TYPE],
    defaultFor: [FILE_TYPE],
    readOnly: true
  });
  const tracker = new WidgetTracker<RegistryDocument>({ namespace: 'exo-nbregistry-document' });
  factory.widgetCreated.connect((_, widget) => void tracker.add(widget));
  app.docRegistry.addModelFactory(new ModelFactory());
  app.docRegistry.addWidgetFactory(factory);
  void restorer?.restore(tracker, {
    command: 'docmanager:open',
    args: widget => ({ path: widget.context.path, factory: FACTORY }),
    name: widget => widget.context.path
  });
}
