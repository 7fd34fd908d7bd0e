/** A registry's own file, which opens as the registry that it describes. */
import { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import {
  ABCWidgetFactory,
  DocumentRegistry,
  DocumentWidget,
  TextModelFactory
} from '@jupyterlab/docregistry';

import { Application } from './application';
import { planetIcon } from './icon';
import { RegistryView } from '../widgets/registry_view';

const FILE_TYPE = 'exo-nbregistry';
const FACTORY = 'Model Registry';

type RegistryDocument = DocumentWidget<RegistryView>;

/** Gives a registry's file a context of its own, which no text editor shares. */
class ModelFactory extends TextModelFactory {
  override get name(): string {
    return FILE_TYPE;
  }
}

class Factory extends ABCWidgetFactory<RegistryDocument> {
  constructor(
    private readonly own: Application,
    options: DocumentRegistry.IWidgetFactoryOptions<RegistryDocument>
  ) {
    super(options);
  }

  protected override createNewWidget(context: DocumentRegistry.Context): RegistryDocument {
    const location = PathExt.dirname(context.localPath) || '.';
    const content = this.own.makeView(
      places => places.find(place => place.location === location) ?? null
    );
    keepOut(context);
    // Its label stays: a document whose title is set anew is renamed on disk.
    const widget = new DocumentWidget({ content, context });
    widget.title.icon = planetIcon;
    return widget;
  }
}

/**
 * Let nothing be written beside the file.
 *
 * A Jupyter server makes a folder for checkpoints when it is asked for them, but a registry's
 * folder holds nothing that is no part of the registry; and what is not edited needs no saving.
 */
function keepOut(context: DocumentRegistry.Context): void {
  context.listCheckpoints = () => Promise.resolve([]);
  context.createCheckpoint = () => Promise.resolve({ id: '', last_modified: '' });
  context.save = () => Promise.resolve();
}

/** Teach the application the file type. */
export function addFileType(
  app: JupyterFrontEnd,
  own: Application,
  restorer: ILayoutRestorer | null
): void {
  app.docRegistry.addFileType({
    name: FILE_TYPE,
    displayName: 'Model registry',
    pattern: '^nbregistry\\.json$',
    extensions: [],
    mimeTypes: ['application/json'],
    contentType: 'file',
    fileFormat: 'text',
    icon: planetIcon
  });
  const factory = new Factory(own, {
    name: FACTORY,
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
