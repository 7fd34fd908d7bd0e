/** The surroundings of a view in tests. */
import { vi } from 'vitest';

import type { Host } from '../src/view/host';
import { english } from '../src/view/translator';

/** Return a host that can only copy and download, and what `more` adds. */
export function fakeHost(more: Partial<Host> = {}): Host {
  return {
    face: 'lab',
    trans: english,
    copy: vi.fn(() => Promise.resolve()),
    download: vi.fn(),
    ...more
  };
}
