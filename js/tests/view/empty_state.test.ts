import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Store } from '../../src/registry/store';
import type { ViewContext } from '../../src/view/context';
import { EmptyState } from '../../src/view/empty_state';
import { context } from '../context';
import { FakeServer, settle } from '../fake_server';
import { head, modelPage, replies } from '../samples';
import { shownText } from '../scenario';

let server: FakeServer;
let view: EmptyState | null = null;

interface Opened {
  node: HTMLElement;
  store: Store;
  shared: ViewContext;
}

async function open(fixedRegistry?: string, insertCode?: () => void): Promise<Opened> {
  const store = new Store(server.api, { fixedRegistry });
  const shared = context(store, { insertCode });
  view = new EmptyState(shared);
  await store.poll();
  return { node: view.node, store, shared };
}

function press(node: HTMLElement, label: string): void {
  [...node.querySelectorAll('button')].find(({ textContent }) => textContent === label)!.click();
}

beforeEach(() => {
  const counts = { models: 0, versions: 0, deleted: 0 };
  server = new FakeServer({
    ...replies(modelPage([])),
    'GET /registries/r1': { ...head({ counts }) }
  });
});
afterEach(() => view?.dispose());

describe('EmptyState of a registry', () => {
  it('shows how to create a registry if there is none', async () => {
    server.on('GET /registries', { registries: [] });
    const { node } = await open();
    expect(shownText(node)).toContain('There is no registry in the folder of this server.');
    expect(shownText(node)).toContain('registry = ModelRegistry("models/registry")');
  });

  it('says that a registry is gone, and tries again', async () => {
    server.on('GET /registries', { registries: [] });
    const { node } = await open('r1');
    expect(shownText(node)).toContain('This folder is not a registry any more');
    server.on('GET /registries', replies()['GET /registries']!);
    press(node, 'Try again');
    await settle();
    expect(shownText(node)).toContain('No models yet.');
  });

  it('shows the code that registers the first model, and copies it', async () => {
    const { node, shared } = await open();
    expect(shownText(node)).toContain('No models yet. Register the first one:');
    press(node, 'Copy');
    await settle();
    expect(shared.host.copy).toHaveBeenCalledExactlyOnceWith(
      'registry.register_model(model=model, model_name="my_model")'
    );
    expect(shared.status.report).toHaveBeenCalledExactlyOnceWith('The code was copied.');
  });

  it('inserts the code if the host can', async () => {
    const insertCode = vi.fn();
    const { node } = await open(undefined, insertCode);
    press(node, 'Insert into notebook');
    expect(insertCode).toHaveBeenCalledOnce();
    expect(shownText((await open()).node)).not.toContain('Insert into notebook');
  });
});

describe('EmptyState of a list', () => {
  it('is hidden while there are models', async () => {
    server.on('GET /registries/r1/models', { ...modelPage() });
    expect((await open()).node.hidden).toBe(true);
  });

  it('clears a search that matches nothing', async () => {
    const { node, store } = await open();
    store.update({ query: 'nothing' });
    await settle();
    expect(shownText(node)).toBe('No matching models. | Clear search');
    press(node, 'Clear search');
    expect(store.state.query).toBe('');
  });

  it('shows deleted versions if there are no others', async () => {
    const counts = { models: 0, versions: 0, deleted: 2 };
    server.on('GET /registries/r1', { ...head({ counts }) });
    const { node, store } = await open();
    expect(shownText(node)).toBe('All versions are deleted. | Show deleted');
    press(node, 'Show deleted');
    expect(store.state).toMatchObject({ view: 'versions', show_deleted: true });
    await settle();
  });

  it('says nothing while the list is read', async () => {
    const { node, store } = await open();
    store.update({ query: 'nothing' });
    expect(node.hidden).toBe(true);
    await settle();
  });
});
