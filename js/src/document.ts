/** A registry's own file, which opens as the registry that it describes. */
import { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { ABCWidgetFactory, DocumentRegistry, DocumentWidget } from '@jupyterlab/docregistry';

import { Application } from './application';
import { planetIcon } from './icon';
import { RegistryView } from './view';

const FILE_TYPE = 'exo-nbregistry';
const FACTORY = 'Model Registry';

type RegistryDocument = DocumentWidget<RegistryView>;

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
    const widget = new DocumentWidget({ content, context });
    widget.title.label = PathExt.basename(location) || FACTORY;
    widget.title.icon = planetIcon;
    return widget;
  }
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
    fileTypes: [FILE_TYPE],
    defaultFor: [FILE_TYPE],
    readOnly: true
  });
  const tracker = new WidgetTracker<RegistryDocument>({ namespace: 'exo-nbregistry-document' });
  factory.widgetCreated.connect((_, widget) => void tracker.add(widget));
  app.docRegistry.addWidgetFactory(factory);
  void restorer?.restore(tracker, {
    command: 'docmanager:open',
    args: widget => ({ path: widget.context.path, factory: FACTORY }),
    name: widget => widget.context.path
  });
}
