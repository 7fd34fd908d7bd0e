/**
 * Renders panels in outputs: first the stored view, then the live panel if the kernel has it.
 *
 * JupyterLab selects one mimetype of an output and never falls back to another one. A widget that
 * the kernel no longer has would be shown as an error; this renderer keeps the stored view instead.
 */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IRenderMime, IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import type { Widget } from '@lumino/widgets';
import { Panel } from '@lumino/widgets';

import type { OutputHost } from './output_host';
import { findOutputHost } from './output_host';
import { StoredNote } from './stored_note';
import { drawnOrTimeout, isLoaded } from './widget_content';

export const PANEL_MIME = 'application/vnd.exo-nbregistry.panel+json';
const WIDGET_MIME = 'application/vnd.jupyter.widget-view+json';
// What ipywidgets shows for a widget that the kernel no longer has, or whose code does not load.
const FAILED = '.jupyter-widgets-disconnected, .jupyter-widgets-error-widget';

// A notebook gets its widget manager some time after it opens: check often at first, then less.
const MIN_PAUSE_MS = 25;
const MAX_PAUSE_MS = 250;
const TIMEOUT_MS = 60_000;
// A kernel that is only started replies sooner.
const NOTE_AFTER_MS = 1_500;

/** The renderer of ipywidgets, a panel that contains the widget. */
type LiveRenderer = IRenderMime.IRenderer & Pick<Panel, 'widgets'>;

/**
 * Return the factory of the renderer.
 *
 * It is not `safe`, so that an untrusted notebook shows its sanitised HTML instead.
 */
export function panelFactory(
  app: Pick<JupyterFrontEnd, 'shell'>,
  rendermime: IRenderMimeRegistry
): IRenderMime.IRendererFactory {
  // The registry of every front end has one, which is missing in its interface.
  const { translator } = rendermime as IRenderMimeRegistry & { translator: ITranslator };
  const trans = translator.load('exo_nbregistry');
  return {
    safe: false,
    mimeTypes: [PANEL_MIME],
    createRenderer: () => new PanelRenderer(app, rendermime, trans)
  };
}

export class PanelRenderer extends Panel implements IRenderMime.IRenderer {
  constructor(
    private readonly app: Pick<JupyterFrontEnd, 'shell'>,
    private readonly fallback: IRenderMimeRegistry,
    trans: TranslationBundle
  ) {
    super();
    this.addClass('exo-PanelOutput');
    this.note = new StoredNote(trans);
    this.addWidget(this.note);
    this.attached = new Promise(resolve => {
      this.setAttached = resolve;
    });
  }

  /** Render an output: the stored view at once, the live panel as soon as it is ready. */
  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this.model = model;
    await this.attached;
    this.follow(findOutputHost(this.app.shell, this.node));
    this.restart();
  }

  override dispose(): void {
    this.round += 1;
    this.follow(null);
    super.dispose();
  }

  protected override onAfterAttach(): void {
    this.setAttached();
  }

  private follow(host: OutputHost | null): void {
    const context = this.host?.sessionContext;
    context?.kernelChanged.disconnect(this.onKernelChanged, this);
    context?.statusChanged.disconnect(this.onStatusChanged, this);
    this.host = host;
    host?.sessionContext?.kernelChanged.connect(this.onKernelChanged, this);
    host?.sessionContext?.statusChanged.connect(this.onStatusChanged, this);
  }

  private onKernelChanged(): void {
    this.restart();
  }

  private onStatusChanged(_: unknown, status: string): void {
    if (status === 'restarting' || status === 'autorestarting' || status === 'dead') {
      this.restart();
    }
  }

  /** Show the stored view again, and look for the live panel. */
  private restart(): void {
    if (this.isDisposed || this.model === null) {
      return;
    }
    this.round += 1;
    const previous = this.widgets.filter(widget => widget !== this.note);
    this.note.reason = null;
    const stored = this.rendermime.createRenderer('text/html');
    this.addWidget(stored);
    void stored.renderModel(this.model).then(() => previous.forEach(widget => widget.dispose()));
    void this.waitForLive(this.model, stored, this.round);
  }

  private async waitForLive(
    model: IRenderMime.IMimeModel,
    stored: Widget,
    round: number
  ): Promise<void> {
    let pause = MIN_PAUSE_MS;
    let waitedForKernel = 0;
    let factory: IRenderMime.IRendererFactory | undefined;
    let live: LiveRenderer | null = null;
    for (let waited = 0; waited < TIMEOUT_MS; waited += this.isKernelOccupied ? 0 : pause) {
      const current = this.rendermime.getFactory(WIDGET_MIME);
      if (current !== factory) {
        factory = current;
        live?.dispose();
        live = this.startLive(model);
      }
      await drawnOrTimeout(live?.node, pause);
      if (this.round !== round || this.isDisposed) {
        live?.dispose();
        return;
      }
      if (live !== null && isLoaded(live.node)) {
        this.settle(live, stored);
        return;
      }
      waitedForKernel = this.isKernelOccupied ? waitedForKernel + pause : 0;
      this.note.reason = waitedForKernel > NOTE_AFTER_MS && live !== null ? 'waiting' : null;
      pause = Math.min(2 * pause, MAX_PAUSE_MS);
    }
    live?.dispose();
    this.note.reason = widgetOf(model) === null ? null : 'unavailable';
  }

  /** Keep the live panel if the kernel has it, otherwise the stored view. */
  private settle(live: LiveRenderer, stored: Widget): void {
    const view = live.widgets[0];
    if (view === undefined || live.node.querySelector(FAILED) !== null) {
      live.dispose();
      this.note.reason = 'unavailable';
      return;
    }
    this.note.reason = null;
    stored.dispose();
    live.show();
    view.disposed.connect(() => this.restart());
  }

  /**
   * Start the renderer of ipywidgets, hidden. It contains a widget once the kernel has replied.
   *
   * It is not awaited: a renderer that is created before the widget manager never resolves.
   */
  private startLive(model: IRenderMime.IMimeModel): LiveRenderer | null {
    const widget = widgetOf(model);
    if (widget === null || !this.rendermime.mimeTypes.includes(WIDGET_MIME)) {
      return null;
    }
    const live = this.rendermime.createRenderer(WIDGET_MIME) as LiveRenderer;
    live.hide();
    this.addWidget(live);
    void live.renderModel(widget);
    return live;
  }

  /** Whether the kernel cannot reply now: it runs a cell, starts, or is not connected yet. */
  private get isKernelOccupied(): boolean {
    const kernel = this.host?.sessionContext?.session?.kernel;
    return !!kernel && !['idle', 'dead'].includes(kernel.status);
  }

  private get rendermime(): IRenderMimeRegistry {
    return this.host?.rendermime ?? this.fallback;
  }

  private readonly note: StoredNote;
  private readonly attached: Promise<void>;
  private setAttached: () => void = () => undefined;
  private host: OutputHost | null = null;
  private model: IRenderMime.IMimeModel | null = null;
  private round = 0;
}

/**
 * Return an output as ipywidgets expects it, or null if it has no widget.
 *
 * The id of a widget is in the metadata if only this extension can show it: other front ends then
 * choose the stored view. It is a copy, because ipywidgets clears the id when a view is closed.
 */
function widgetOf(model: IRenderMime.IMimeModel): IRenderMime.IMimeModel | null {
  const named = model.data[WIDGET_MIME] ?? model.metadata[PANEL_MIME];
  if (!hasModelId(named)) {
    return null;
  }
  return {
    data: { ...model.data, [WIDGET_MIME]: { version_major: 2, version_minor: 0, ...named } },
    metadata: model.metadata,
    trusted: model.trusted,
    setData: () => undefined
  };
}

function hasModelId(named: unknown): named is { model_id: string } {
  return (
    typeof named === 'object' &&
    named !== null &&
    typeof (named as { model_id?: unknown }).model_id === 'string'
  );
}
