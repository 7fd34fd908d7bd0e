/**
 * Panels in outputs: the stored view at once, the live panel in its place while the kernel has it.
 *
 * JupyterLab chooses one mimetype of an output and never tries another. A widget that its kernel
 * has forgotten would therefore end as an error line; here it stays the view that was stored.
 */
import { JupyterFrontEnd } from '@jupyterlab/application';
import { IRenderMime, IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { Panel, Widget } from '@lumino/widgets';

import { PanelHost, findHost } from './output_host';

export const PANEL_MIME = 'application/vnd.exo-nbregistry.panel+json';
const WIDGET_MIME = 'application/vnd.jupyter.widget-view+json';
const DISCONNECTED = 'jupyter-widgets-disconnected';

// The widget manager of a notebook comes some time after the notebook: look soon, then seldom.
const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 250;
const PATIENCE_MS = 60_000;

/** The factory of the renderer; unsafe, so that untrusted notebooks keep to sanitised HTML. */
export function panelFactory(
  app: JupyterFrontEnd,
  rendermime: IRenderMimeRegistry
): IRenderMime.IRendererFactory {
  return {
    safe: false,
    mimeTypes: [PANEL_MIME],
    createRenderer: () => new PanelRenderer(app, rendermime)
  };
}

class PanelRenderer extends Panel implements IRenderMime.IRenderer {
  constructor(
    private readonly app: JupyterFrontEnd,
    private readonly fallback: IRenderMimeRegistry
  ) {
    super();
    this.addClass('exo-PanelOutput');
    this.attached = new Promise(resolve => {
      this.announce = resolve;
    });
  }

  /** Show a model: what is stored at once, what is live as soon as it answers. */
  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this.model = model;
    await this.attached;
    this.follow(findHost(this.app.shell, this.node));
    this.restart();
  }

  override dispose(): void {
    this.round += 1;
    this.follow(null);
    super.dispose();
  }

  protected override onAfterAttach(): void {
    this.announce();
  }

  private follow(host: PanelHost | null): void {
    const context = this.host?.sessionContext;
    context?.kernelChanged.disconnect(this.restart, this);
    context?.statusChanged.disconnect(this.onStatus, this);
    this.host = host;
    host?.sessionContext?.kernelChanged.connect(this.restart, this);
    host?.sessionContext?.statusChanged.connect(this.onStatus, this);
  }

  private onStatus(_: unknown, status: string): void {
    if (status === 'restarting' || status === 'autorestarting' || status === 'dead') {
      this.restart();
    }
  }

  private restart(): void {
    if (this.isDisposed || this.model === null) {
      return;
    }
    this.round += 1;
    const before = [...this.widgets];
    const stored = this.rendermime.createRenderer('text/html');
    this.addWidget(stored);
    void stored.renderModel(this.model).then(() => before.forEach(widget => widget.dispose()));
    void this.goLive(this.model, stored, this.round);
  }

  private async goLive(
    model: IRenderMime.IMimeModel,
    stored: Widget,
    round: number
  ): Promise<void> {
    let pause = FIRST_PAUSE_MS;
    let factory: IRenderMime.IRendererFactory | undefined;
    let live: Panel | null = null;
    for (let waited = 0; waited < PATIENCE_MS; waited += pause) {
      const current = this.rendermime.getFactory(WIDGET_MIME);
      if (current !== factory) {
        factory = current;
        live?.dispose();
        live = this.startLive(model);
      }
      await sleep(pause);
      if (this.round !== round || this.isDisposed) {
        live?.dispose();
        return;
      }
      if (live !== null && !live.node.textContent?.startsWith('Loading')) {
        this.settle(live, stored);
        return;
      }
      pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
    }
    live?.dispose();
  }

  /** Choose between the two: a widget that is served, or what is stored. */
  private settle(live: Panel, stored: Widget): void {
    const view = live.widgets[0];
    if (view === undefined || live.node.querySelector(`.${DISCONNECTED}`) !== null) {
      live.dispose();
      return;
    }
    stored.dispose();
    live.show();
    view.disposed.connect(() => this.restart());
  }

  /**
   * Start the renderer of ipywidgets, hidden: it holds a widget once the kernel has answered.
   *
   * Not awaited: it waits for a widget manager, and one made before the manager waits for ever.
   */
  private startLive(model: IRenderMime.IMimeModel): Panel | null {
    if (!this.rendermime.mimeTypes.includes(WIDGET_MIME)) {
      return null;
    }
    const live = this.rendermime.createRenderer(WIDGET_MIME) as Panel & IRenderMime.IRenderer;
    live.hide();
    this.addWidget(live);
    void live.renderModel(copied(model));
    return live;
  }

  private get rendermime(): IRenderMimeRegistry {
    return this.host?.rendermime ?? this.fallback;
  }

  private readonly attached: Promise<void>;
  private announce: () => void = () => undefined;
  private host: PanelHost | null = null;
  private model: IRenderMime.IMimeModel | null = null;
  private round = 0;
}

/** A copy for ipywidgets, which empties the id in the model once the view is closed. */
function copied(model: IRenderMime.IMimeModel): IRenderMime.IMimeModel {
  return {
    data: { ...model.data, [WIDGET_MIME]: { ...(model.data[WIDGET_MIME] as object) } },
    metadata: model.metadata,
    trusted: model.trusted,
    setData: () => undefined
  };
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise(resolve => window.setTimeout(resolve, milliseconds));
}
