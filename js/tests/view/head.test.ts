import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Store } from '../../src/registry/store';
import { Head } from '../../src/view/head';
import { context } from '../context';
import { FakeServer, settle } from '../fake_server';
import { OTHER_REGISTRY, REGISTRY, head, replies } from '../samples';
import { shownText } from '../scenario';

let server: FakeServer;
let view: Head | null = null;

async function open(): Promise<{ node: HTMLElement; store: Store }> {
  const store = new Store(server.api);
  view = new Head(context(store));
  await store.poll();
  return { node: view.node, store };
}

beforeEach(() => {
  server = new FakeServer(replies());
});
afterEach(() => view?.dispose());

describe('Head', () => {
  it('shows name, location, counts and signer', async () => {
    const { node } = await open();
    expect(shownText(node)).toBe(
      'registry | models/registry | 2 models, 5 versions, 1 deleted | ' +
        'You can write, signed as ada | Trusts 2 other signers'
    );
  });

  it('names the trusted signers', async () => {
    const { node } = await open();
    expect(node.querySelector('.exo-Head-trust')?.getAttribute('title')).toBe('ben, eva');
  });

  it('shows a head without trusted signers, as of an older kernel', async () => {
    server.on('GET /registries/r1', { ...head({ trust: undefined }) });
    expect(shownText((await open()).node)).toMatch(/signed as ada$/);
  });

  it('shows one model and one version without a plural', async () => {
    const counts = { models: 1, versions: 1, deleted: 0 };
    server.on('GET /registries/r1', { ...head({ counts }) });
    expect(shownText((await open()).node)).toContain('1 model, 1 version |');
  });

  it('separates the thousands', async () => {
    const counts = { models: 60, versions: 3000, deleted: 0 };
    server.on('GET /registries/r1', { ...head({ counts }) });
    expect(shownText((await open()).node)).toContain('60 models, 3,000 versions |');
  });

  it('says why a registry is read-only', async () => {
    const why_read_only = 'The server is configured as read-only.';
    server.on('GET /registries/r1', { ...head({ writable: false, why_read_only }) });
    const text = shownText((await open()).node);
    expect(text).toContain(`Read-only | ${why_read_only}`);
    expect(text).not.toContain('You can write');
  });

  it('says that the key of the user signs, if it has no name', async () => {
    const signer = { name: '', fingerprint: 'SHA256:abc' };
    server.on('GET /registries/r1', { ...head({ signer }) });
    expect(shownText((await open()).node)).toContain('You can write, signed with your key');
  });
});

describe('the registries of a Head', () => {
  it('offers the other registries', async () => {
    server.on('GET /registries', { registries: [REGISTRY, OTHER_REGISTRY] });
    const { node, store } = await open();
    const chooser = node.querySelector('select')!;
    expect([...chooser.options].map(({ text }) => text)).toEqual([
      'registry (models/registry)',
      'team (/shared/team), read-only'
    ]);
    chooser.value = 'r2';
    chooser.dispatchEvent(new Event('change'));
    expect(store.registry?.id).toBe('r2');
  });

  it('has no menu for one registry', async () => {
    expect((await open()).node.querySelector('select')!.hidden).toBe(true);
  });

  it('lists registries again when the menu gets the focus', async () => {
    server.on('GET /registries', { registries: [REGISTRY, OTHER_REGISTRY] });
    const { node } = await open();
    server.takeRequests();
    node.querySelector('select')!.dispatchEvent(new Event('focus'));
    await settle();
    expect(server.takeRoutes()).toEqual(['GET /registries']);
  });

  it('refreshes', async () => {
    const { node, store } = await open();
    const refresh = vi.spyOn(store, 'refresh');
    node.querySelector<HTMLElement>('[aria-label="Refresh"]')!.click();
    expect(refresh).toHaveBeenCalledOnce();
    await settle();
  });

  it('shows hostile names as text', async () => {
    const name = '<img src=x onerror=alert(1)>';
    server.on('GET /registries', { registries: [{ ...REGISTRY, name }] });
    const { node } = await open();
    expect(node.querySelector('img')).toBeNull();
    expect(shownText(node)).toContain(name);
  });
});
