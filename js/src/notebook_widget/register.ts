/** Registers the widget of the panels with the widget manager of the page. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { IJupyterWidgetRegistry } from '@jupyter-widgets/base';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { widgetClasses } from './panel_widget';

const MODULE = 'exo-nbregistry';
// Kernel and server can have different releases of the package. The messages have their own
// version, and this one never changes, so that a widget always finds its module.
const MODULE_VERSION = '1.0.0';

/** Register the widget; without a widget manager, outputs show their stored view. */
export async function register(app: JupyterFrontEnd): Promise<void> {
  const [registry, translator] = await Promise.all([
    app.resolveOptionalService(IJupyterWidgetRegistry),
    app.resolveOptionalService(ITranslator)
  ]);
  const trans = (translator ?? nullTranslator).load('exo_nbregistry');
  registry?.registerWidget({
    name: MODULE,
    version: MODULE_VERSION,
    exports: () => widgetClasses(trans)
  });
}
