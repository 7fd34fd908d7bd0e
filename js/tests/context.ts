/** A context for components in tests. */
import { vi } from 'vitest';

import type { Store } from '../src/registry/store';
import type { ViewContext } from '../src/view/context';
import type { Host } from '../src/view/host';
import { fakeHost } from './fake_host';

/** Return the context of a store. */
export function context(store: Store, host: Partial<Host> = {}): ViewContext {
  const surroundings = fakeHost(host);
  return {
    api: store.api,
    store,
    host: surroundings,
    trans: surroundings.trans,
    status: { report: vi.fn(), reportError: vi.fn() },
    memory: new Map()
  };
}
