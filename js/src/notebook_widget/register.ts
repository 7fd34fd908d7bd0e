/** Registers the widget of the panels with the widget manager of the page. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { IJupyterWidgetRegistry } from '@jupyter-widgets/base';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import type { Host } from '../view/host';
import { widgetClasses } from './panel_widget';

const MODULE = 'exo-nbregistry';
// Kernel and server can have different releases of the package. The messages have their own
// version, and this one never changes, so that a widget always finds its module.
const MODULE_VERSION = '1.0.0';

/**
 * Register the widget; without a widget manager, outputs show their stored view.
 *
 * `callsIn` returns the calls of the view that the page answers, in its language.
 */
export async function register(
  app: JupyterFrontEnd,
  callsIn: (trans: TranslationBundle) => Promise<Partial<Host>>
): Promise<void> {
  const [registry, translator] = await Promise.all([
    app.resolveOptionalService(IJupyterWidgetRegistry),
    app.resolveOptionalService(ITranslator)
  ]);
  const trans = (translator ?? nullTranslator).load('exo_nbregistry');
  const calls = await callsIn(trans);
  registry?.registerWidget({
    name: MODULE,
    version: MODULE_VERSION,
    exports: () => widgetClasses(trans, calls)
  });
}
