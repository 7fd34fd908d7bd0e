/** The parts of @jupyterlab/apputils that the extension uses; the package needs a real browser. */
import type { Widget } from '@lumino/widgets';
import { Panel } from '@lumino/widgets';
import { vi } from 'vitest';

export const Clipboard = { copyToSystem: vi.fn() };
export const DOMUtils = { createDomID: () => 'id' };
export const Notification = {
  info: vi.fn<(text: string) => void>(),
  warning: vi.fn<(text: string) => void>()
};
export const InputDialog = { getItem: vi.fn() };

export class MainAreaWidget extends Panel {
  constructor({ content }: { content: Widget }) {
    super();
    this.content = content;
    this.addWidget(content);
  }

  readonly content: Widget;
  readonly toolbar = new Panel();
}

export class WidgetTracker {
  private readonly widgets: Widget[] = [];

  add(widget: Widget): Promise<void> {
    this.widgets.push(widget);
    return Promise.resolve();
  }

  save(): Promise<void> {
    return Promise.resolve();
  }

  find(test: (widget: Widget) => boolean): Widget | undefined {
    return this.widgets.find(test);
  }
}
