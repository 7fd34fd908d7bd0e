/** The widget that shows the view of a registry in an output. */
import type { ExportMap } from '@jupyter-widgets/base';
import { DOMWidgetModel, DOMWidgetView } from '@jupyter-widgets/base';

import type { Host } from '../view/host';
import type { Trans } from '../view/translator';
import type { MountedView } from './kernel_model';
import { mount } from './mount';

/** Return the classes of the widget, with texts in the language of the page and calls of the page. */
export function widgetClasses(trans: Trans, calls: Partial<Host> = {}): ExportMap {
  class PanelModel extends DOMWidgetModel {}

  class PanelView extends DOMWidgetView {
    override render(): void {
      super.render();
      this.mounted = mount(this.el, this.model, trans, calls);
    }

    override remove(): void {
      this.mounted?.dispose();
      super.remove();
    }

    private mounted: MountedView | null = null;
  }

  return { PanelModel, PanelView };
}
