/** A list over a fake server, for tests of its texts. */
import { vi } from 'vitest';

import { Store } from '../../../src/registry/store';
import type { StateChange } from '../../../src/registry/store';
import type { ViewContext } from '../../../src/view/context';
import type { Host } from '../../../src/view/host';
import { english } from '../../../src/view/translator';
import { VersionList } from '../../../src/view/list/version_list';
import { FakeServer, settle } from '../../fake_server';
import { replies } from '../../samples';

export interface Fixture {
  server: FakeServer;
  store: Store;
  context: ViewContext;
  list: VersionList;
  host: Host;
  status: { report: ReturnType<typeof vi.fn>; reportError: ReturnType<typeof vi.fn> };
}

/** Show a list in the document, with the first page read. */
export async function showList(
  given: ReturnType<typeof replies> = replies(),
  state: StateChange = { view: 'versions' },
  offered: Partial<Host> = {}
): Promise<Fixture> {
  const fixture = createList(given, state, offered);
  await fixture.store.poll();
  await settle();
  return fixture;
}

/** Show a list whose first page is not read. */
export function createList(
  given: ReturnType<typeof replies> = replies(),
  state: StateChange = { view: 'versions' },
  offered: Partial<Host> = {}
): Fixture {
  document.body.replaceChildren();
  const server = new FakeServer({ ...given });
  const store = new Store(server.api, { state, pageSize: 3 });
  const host: Host = {
    face: 'lab',
    trans: english,
    copy: () => Promise.resolve(),
    download: () => undefined,
    ...offered
  };
  const status = { report: vi.fn(), reportError: vi.fn() };
  const context: ViewContext = {
    api: server.api,
    store,
    host,
    trans: english,
    status,
    memory: new Map<string, unknown>()
  };
  const list = new VersionList(context);
  document.body.append(list.node);
  return { server, store, context, list, host, status };
}

/** Return the rows of a list. */
export function rowsOf({ list }: Fixture): HTMLElement[] {
  return [...list.node.querySelectorAll<HTMLElement>('.exo-Row')];
}

/** Return the texts of the parts of each row: its name, then its cells. */
export function textsOf(fixture: Fixture): string[][] {
  return rowsOf(fixture).map(row =>
    [...row.querySelectorAll('.exo-Row-title, .exo-Cell, .exo-Row-more > td')].map(cell =>
      textOf(cell)
    )
  );
}

/** Return the text of an element with single spaces. */
export function textOf(element: Element | null | undefined): string {
  return (element?.textContent ?? '').replace(/\s+/g, ' ').trim();
}

/** Press a key on the focused element. */
export function press(key: string, modifiers: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent('keydown', {
    key,
    bubbles: true,
    cancelable: true,
    ...modifiers
  });
  document.activeElement?.dispatchEvent(event);
  return event;
}

/** Click an element. */
export function click(element: Element | null | undefined, init: MouseEventInit = {}): void {
  element?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, ...init }));
}
