/** A component of the pane over a fake server, for tests of what is shown. */
import { vi } from 'vitest';

import { Store } from '../../../src/registry/store';
import type { StateChange } from '../../../src/registry/store';
import type { Component } from '../../../src/view/component';
import type { ViewContext } from '../../../src/view/context';
import { VersionDetail } from '../../../src/view/detail/version_detail';
import type { Host } from '../../../src/view/host';
import { english } from '../../../src/view/translator';
import { FakeServer, settle } from '../../fake_server';
import { detail, replies } from '../../samples';

export const DETAIL = '/registries/r1/models/kepler_rf/versions/3';

/** JSON, or a function that replies. */
type Replies = Record<string, object>;

export interface Page {
  server: FakeServer;
  store: Store;
  context: ViewContext;
  status: { report: ReturnType<typeof vi.fn>; reportError: ReturnType<typeof vi.fn> };
}

/** Return a view with its list read. */
export async function page(given: Replies = {}, offered: Partial<Host> = {}): Promise<Page> {
  const found = emptyPage(given, offered);
  await found.store.poll();
  await settle();
  found.server.takeRoutes();
  return found;
}

/** Return a view that has read nothing. */
export function emptyPage(
  given: Replies = {},
  offered: Partial<Host> = {},
  state: StateChange = {}
): Page {
  document.body.replaceChildren();
  const all = { ...replies(), [`GET ${DETAIL}`]: { ...detail() }, ...given };
  const server = new FakeServer(all);
  const store = new Store(server.api, { state });
  const host: Host = {
    face: 'lab',
    trans: english,
    copy: () => Promise.resolve(),
    download: () => undefined,
    ...offered
  };
  const status = { report: vi.fn(), reportError: vi.fn() };
  const memory = new Map<string, unknown>();
  const context = { api: server.api, store, host, trans: english, status, memory };
  return { server, store, context, status };
}

/** Show a component in the document. */
export async function show<T extends Component>(component: T): Promise<T> {
  document.body.append(component.node);
  await settle();
  return component;
}

/** Show the details of kepler_rf:3. */
export async function showDetail(found: Page, ref = 'kepler_rf:3'): Promise<VersionDetail> {
  return show(new VersionDetail(found.context, ref));
}

/** Return the texts of the elements that match, with single spaces. */
export function texts({ node }: Component, selector: string): string[] {
  return [...node.querySelectorAll(selector)].map(found =>
    found.textContent.replace(/\s+/g, ' ').trim()
  );
}

/** Return the section with a title. */
export function sectionOf({ node }: Component, title: string): HTMLDetailsElement {
  const sections = [...node.querySelectorAll<HTMLDetailsElement>('.exo-Section')];
  const found = sections.find(
    section => section.querySelector('.exo-Section-title')?.textContent === title
  );
  if (found === undefined) {
    throw new Error(`No section ${title}`);
  }
  return found;
}

/** Open a section, as a click on its title does. */
export async function openSection(component: Component, title: string): Promise<HTMLElement> {
  const found = sectionOf(component, title);
  found.open = true;
  found.dispatchEvent(new Event('toggle'));
  await settle();
  return found;
}

/** Click the button with a text or an accessible name. */
export async function click(component: { node: Element }, label: string): Promise<void> {
  buttonOf(component, label).click();
  await settle();
}

export function buttonOf({ node }: { node: Element }, label: string): HTMLButtonElement {
  const buttons = [...node.querySelectorAll('button')];
  const found = buttons.find(
    one => one.textContent === label || one.getAttribute('aria-label') === label
  );
  if (found === undefined) {
    throw new Error(`No button ${label} of ${buttons.map(one => one.textContent).join(', ')}`);
  }
  return found;
}

/** Click a button of the question that a form asks. */
export async function answer({ node }: Component, label: string): Promise<void> {
  await click({ node: node.querySelector('.exo-ActionForm-question')! }, label);
}
