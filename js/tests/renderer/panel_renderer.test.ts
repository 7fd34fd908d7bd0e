import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IRenderMime, IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { Panel, Widget } from '@lumino/widgets';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { PANEL_MIME, panelFactory } from '../../src/renderer/panel_renderer';

const WIDGET_MIME = 'application/vnd.jupyter.widget-view+json';
const MODEL = {
  data: { [PANEL_MIME]: { v: 1 }, [WIDGET_MIME]: { model_id: 'abc' }, 'text/html': 'stored' },
  metadata: {},
  trusted: true,
  setData: () => undefined
} as unknown as IRenderMime.IMimeModel;

class StoredRenderer extends Widget {
  renderModel(): Promise<void> {
    this.node.textContent = 'stored';
    return Promise.resolve();
  }
}

/** The renderer of ipywidgets: it shows `Loading` until the kernel has replied. */
class LiveRenderer extends Panel {
  rendered: IRenderMime.IMimeModel | null = null;

  renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this.rendered = model;
    this.node.textContent = 'Loading widget...';
    return new Promise(() => undefined);
  }

  /** Show the widget that the kernel has. */
  accept(): Widget {
    this.node.textContent = '';
    const view = new Widget();
    view.node.textContent = 'live';
    this.addWidget(view);
    return view;
  }

  /** Show that the kernel has no such widget, or that its code does not load. */
  refuse(className = 'jupyter-widgets-disconnected'): void {
    this.node.textContent = '';
    const view = new Widget();
    view.addClass(className);
    this.addWidget(view);
  }
}

/** A notebook with its session and its registry of renderers. */
class FakeNotebook {
  constructor() {
    this.widget.node.append(this.cell);
  }

  readonly cell = document.createElement('div');
  readonly widget = new Widget();
  readonly live: LiveRenderer[] = [];
  readonly kernel = { status: 'idle' };
  readonly sessionContext = {
    session: { kernel: this.kernel },
    kernelChanged: new Signal<object, void>({}),
    statusChanged: new Signal<object, string>({})
  };
  hasWidgetManager = true;

  readonly rendermime = {
    translator: nullTranslator,
    mimeTypes: [WIDGET_MIME],
    getFactory: () => (this.hasWidgetManager ? this.rendermime : undefined),
    createRenderer: (mimeType: string) =>
      mimeType === WIDGET_MIME ? this.addLive() : new StoredRenderer()
  };

  readonly app = {
    shell: {
      widgets: () =>
        [
          Object.assign(this.widget, {
            content: { rendermime: this.rendermime },
            sessionContext: this.sessionContext
          })
        ][Symbol.iterator]()
    }
  } as unknown as JupyterFrontEnd;

  private addLive(): LiveRenderer {
    this.live.push(new LiveRenderer());
    return this.live[this.live.length - 1]!;
  }
}

let notebook: FakeNotebook;
let output: Widget & IRenderMime.IRenderer;

beforeEach(async () => {
  vi.useFakeTimers();
  notebook = new FakeNotebook();
  Widget.attach(notebook.widget, document.body);
  const rendermime = notebook.rendermime as unknown as IRenderMimeRegistry;
  const options = {} as IRenderMime.IRendererOptions;
  output = panelFactory(notebook.app, rendermime).createRenderer(options);
  Widget.attach(output, notebook.cell);
  await output.renderModel(MODEL);
  await wait();
});

afterEach(() => {
  output.dispose();
  notebook.widget.dispose();
  vi.useRealTimers();
});

/** Wait until the renderer has checked its live panel again. */
async function wait(milliseconds = 300): Promise<void> {
  await vi.advanceTimersByTimeAsync(milliseconds);
}

function shown(): string {
  const widgets = [...(output as unknown as Panel).widgets];
  return widgets
    .filter(widget => !widget.isHidden && !widget.hasClass('exo-KernelNote'))
    .map(widget => widget.node.textContent)
    .join();
}

function note(): string {
  return output.node.querySelector('.exo-KernelNote')!.textContent;
}

test('shows the stored view until the kernel has replied', () => {
  expect(shown()).toBe('stored');
});

test('replaces the stored view by the live panel', async () => {
  notebook.live[0]!.accept();
  await wait();
  expect(shown()).toBe('live');
});

test('keeps the stored view if the kernel has no such widget', async () => {
  notebook.live[0]!.refuse();
  await wait();
  expect(shown()).toBe('stored');
  expect(notebook.live[0]!.isDisposed).toBe(true);
});

test('keeps the stored view if the code of the widget does not load', async () => {
  notebook.live[0]!.refuse('jupyter-widgets-error-widget');
  await wait();
  expect(shown()).toBe('stored');
});

test('keeps the stored view if the renderer of ipywidgets shows nothing', async () => {
  notebook.live[0]!.node.textContent = '';
  await wait();
  expect(shown()).toBe('stored');
});

test('gives up after a minute', async () => {
  await wait(61_000);
  expect(shown()).toBe('stored');
  expect(notebook.live[0]!.isDisposed).toBe(true);
});

test('waits longer than a minute for a kernel that runs a cell', async () => {
  notebook.kernel.status = 'busy';
  await wait(600_000);
  notebook.live[0]!.accept();
  await wait();
  expect(shown()).toBe('live');
});

test('explains that the stored view waits for a busy kernel', async () => {
  notebook.kernel.status = 'busy';
  await wait(5_000);
  expect(note()).toContain('The kernel is busy');
  notebook.live[0]!.accept();
  await wait();
  expect(note()).toBe('');
});

test('has no explanation while a kernel replies at once', async () => {
  await wait(5_000);
  expect(note()).toBe('');
});

test('explains how a panel becomes live that the kernel does not have', async () => {
  notebook.live[0]!.refuse();
  await wait();
  expect(note()).toBe('Stored view. Run the cell to use the panel.');
});

test('explains how a panel becomes live after a minute without a reply', async () => {
  await wait(61_000);
  expect(note()).toBe('Stored view. Run the cell to use the panel.');
});

test('removes the explanation when the kernel has the panel again', async () => {
  notebook.live[0]!.refuse();
  await wait();
  notebook.sessionContext.kernelChanged.emit();
  await wait();
  notebook.live[1]!.accept();
  await wait();
  expect(note()).toBe('');
});

test('starts again when the notebook gets a widget manager', async () => {
  notebook.hasWidgetManager = false;
  await wait();
  notebook.hasWidgetManager = true;
  await wait();
  expect(notebook.live[0]!.isDisposed).toBe(true);
  notebook.live[notebook.live.length - 1]!.accept();
  await wait();
  expect(shown()).toBe('live');
});

test('shows the stored view again when the kernel restarts', async () => {
  notebook.live[0]!.accept();
  await wait();
  notebook.sessionContext.statusChanged.emit('restarting');
  await wait();
  expect(shown()).toBe('stored');
});

test('keeps the live panel while the kernel is busy', async () => {
  notebook.live[0]!.accept();
  await wait();
  notebook.sessionContext.statusChanged.emit('busy');
  await wait();
  expect(shown()).toBe('live');
});

test('looks for the panel again in another kernel', async () => {
  notebook.live[0]!.refuse();
  await wait();
  notebook.sessionContext.kernelChanged.emit();
  await wait();
  notebook.live[1]!.accept();
  await wait();
  expect(shown()).toBe('live');
});

test('shows the stored view again when the kernel closes the panel', async () => {
  const view = notebook.live[0]!.accept();
  await wait();
  view.dispose();
  await wait();
  expect(shown()).toBe('stored');
});

test('does not follow the kernel after it is disposed', async () => {
  output.dispose();
  notebook.sessionContext.kernelChanged.emit();
  await wait();
  expect(notebook.live).toHaveLength(1);
});

test('gives ipywidgets a copy of the output, which it may change', () => {
  const copy = notebook.live[0]!.rendered!;
  (copy.data[WIDGET_MIME] as { model_id: string }).model_id = '';
  expect(MODEL.data[WIDGET_MIME]).toEqual({ model_id: 'abc' });
});

test('finds the id of a widget in the metadata of the output', async () => {
  const data = { [PANEL_MIME]: { v: 1 }, 'text/html': 'stored' };
  const metadata = { [PANEL_MIME]: { model_id: 'def' } };
  await output.renderModel({ ...MODEL, data, metadata });
  await wait();
  const live = notebook.live[notebook.live.length - 1]!;
  expect(live.rendered!.data[WIDGET_MIME]).toMatchObject({ model_id: 'def', version_major: 2 });
});

test('shows the stored view of an output without a widget', async () => {
  const data = { [PANEL_MIME]: { v: 1 }, 'text/html': 'stored' };
  const before = notebook.live.length;
  await output.renderModel({ ...MODEL, data });
  await wait();
  await wait(61_000);
  expect(shown()).toBe('stored');
  expect(note()).toBe('');
  expect(notebook.live).toHaveLength(before);
});

test('is not used for untrusted notebooks', () => {
  const rendermime = notebook.rendermime as unknown as IRenderMimeRegistry;
  expect(panelFactory(notebook.app, rendermime).safe).toBe(false);
});
