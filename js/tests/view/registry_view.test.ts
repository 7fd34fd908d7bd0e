import { afterEach, describe, expect, it, vi } from 'vitest';

import type { ViewOptions } from '../../src/view/registry_view';
import { RegistryView } from '../../src/view/registry_view';
import { fakeHost } from '../fake_host';
import { FakeServer, settle } from '../fake_server';
import { replies } from '../samples';
import { press, scenario, shownText } from '../scenario';

let view: RegistryView | null = null;

async function open(
  server = new FakeServer(replies()),
  options: ViewOptions = {}
): Promise<RegistryView> {
  view = new RegistryView(server.transport, fakeHost(), options);
  document.body.replaceChildren(view.node);
  await settle();
  return view;
}

afterEach(() => {
  view?.dispose();
  view = null;
});

describe('RegistryView', () => {
  it('shows the registry, the search field and the models', async () => {
    const { node } = await open();
    expect(shownText(node)).toContain('registry | models/registry | 2 models, 5 versions');
    expect(shownText(node)).toContain('kepler_rf');
  });

  it('draws primed replies without a request', async () => {
    const server = new FakeServer();
    const stored = Object.entries(replies()).map(([route, reply]) => {
      const query = route.endsWith('/models') ? '?offset=0&limit=25' : '';
      return [`${route.replace('GET ', '')}${query}`, [200, {}, JSON.stringify(reply)]];
    });
    const primed = Object.fromEntries(stored) as ViewOptions['primed'];
    const { node } = await open(server, { primed });
    expect(shownText(node)).toContain('kepler_rf');
    expect(server.takeRoutes()).toEqual([]);
  });

  it('sends nothing while it is paused, and reads when it resumes', async () => {
    const server = new FakeServer(replies());
    const hidden = new RegistryView(server.transport, fakeHost());
    hidden.pause();
    await settle();
    expect(server.takeRoutes()).toEqual([]);
    hidden.resume();
    await settle();
    expect(server.takeRoutes()).toContain('GET /registries/r1/models');
    hidden.dispose();
  });
});

describe('the pane of a RegistryView', () => {
  it('shows what is selected', async () => {
    const opened = await open();
    expect(opened.node.querySelector('.exo-mod-open')).toBeNull();
    opened.store.select('kepler_rf:3', 'only');
    expect(opened.node.querySelector('.exo-Pane-title')?.textContent).toBe('kepler_rf:3');
    expect(opened.node.querySelector('.exo-mod-open')).not.toBeNull();
  });

  it('closes with Escape', async () => {
    const opened = await open();
    opened.store.select('kepler_rf:3', 'only');
    press(opened.node.querySelector('.exo-Pane-body')!, 'Escape');
    expect(opened.store.state.selected).toEqual([]);
  });
});

describe('RegistryView with keys and other transports', () => {
  it('moves the focus to the search field with a slash', async () => {
    const { node } = await open();
    const event = press(node.querySelector('[data-level]')!, '/');
    expect(document.activeElement).toBe(node.querySelector('[role="combobox"]'));
    expect(event.defaultPrevented).toBe(true);
  });

  it('leaves a slash in the search field to the text', async () => {
    const { node } = await open();
    expect(press(node.querySelector('[role="combobox"]')!, '/').defaultPrevented).toBe(false);
  });

  it('is the same scenario for every transport', async () => {
    const server = new FakeServer(replies());
    const opened = await open(server);
    const slow = new FakeServer(replies());
    const transport = async (path: string, init: RequestInit) => {
      await Promise.resolve();
      return slow.transport(path, init);
    };
    const other = new RegistryView(transport, fakeHost());
    await settle();
    const wait = async () => {
      await settle();
      await settle();
    };
    expect(await scenario(other, wait)).toEqual(await scenario(opened, wait));
    other.dispose();
  });

  it('stops to listen when it is disposed', async () => {
    const opened = await open();
    const changed = vi.fn();
    opened.store.changed.connect(changed);
    opened.dispose();
    opened.store.changed.emit();
    expect(changed).not.toHaveBeenCalled();
    expect(opened.node.isConnected).toBe(false);
  });
});
