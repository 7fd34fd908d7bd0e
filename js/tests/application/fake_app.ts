/** An application with a shell, commands and, on request, a notebook. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { ServerConnection } from '@jupyterlab/services';
import { vi } from 'vitest';

import { json, problem } from '../fake_server';

interface FakeCell {
  type?: string;
  source: string;
}

export class FakeApp {
  /** The replies of the server by path, without query. */
  readonly replies: Record<string, object> = {};
  readonly requests: string[] = [];
  readonly sources: string[] = [];
  readonly shell = { currentWidget: null as unknown, add: vi.fn(), activateById: vi.fn() };
  readonly execute = vi.fn((id: string): Promise<unknown> => {
    if (id === 'notebook:insert-cell-below') {
      this.insertBelow();
    }
    return Promise.resolve(this.shell.currentWidget);
  });
  readonly app = {
    shell: this.shell,
    commands: { execute: this.execute, notifyCommandChanged: vi.fn() },
    serviceManager: {
      contents: { localPath: (path: string) => path },
      serverSettings: ServerConnection.makeSettings({
        baseUrl: 'http://localhost/',
        token: '',
        fetch: (request: RequestInfo | URL) => Promise.resolve(this.reply(request))
      })
    }
  } as unknown as JupyterFrontEnd;

  /** Make a notebook the current widget; its last cell is active. */
  openNotebook(...cells: (string | FakeCell)[]): void {
    cells.forEach((cell, index) => {
      this.sources[index] = typeof cell === 'string' ? cell : cell.source;
    });
    const widgets = cells.map((cell, index) =>
      this.makeCell(index, typeof cell === 'string' ? 'code' : (cell.type ?? 'code'))
    );
    this.content = {
      activeCell: widgets[widgets.length - 1],
      activeCellIndex: widgets.length - 1,
      widgets
    };
    const context = { path: 'work/run.ipynb', ready: Promise.resolve() };
    this.shell.currentWidget = { content: this.content, context, revealed: Promise.resolve() };
  }

  get activeIndex(): number {
    return this.content.activeCellIndex;
  }

  private insertBelow(): void {
    const { widgets } = this.content;
    this.sources.push('');
    widgets.push(this.makeCell(widgets.length, 'code'));
    this.content.activeCell = widgets[widgets.length - 1];
    this.content.activeCellIndex = widgets.length - 1;
  }

  private makeCell(index: number, type: string) {
    const sharedModel = {
      getSource: () => this.sources[index] ?? '',
      setSource: (text: string) => (this.sources[index] = text)
    };
    return { model: { type, executionCount: index + 1, sharedModel } };
  }

  private reply(request: RequestInfo | URL): Response {
    const url = new URL(request instanceof Request ? request.url : String(request));
    const path = url.pathname.replace('/exo-nbregistry/api', '');
    this.requests.push(path);
    const body = this.replies[path];
    return body === undefined ? problem(404, 'not_found', `${path} does not exist.`) : json(body);
  }

  private content = {
    activeCell: undefined as unknown,
    activeCellIndex: 0,
    widgets: [] as unknown[]
  };
}
