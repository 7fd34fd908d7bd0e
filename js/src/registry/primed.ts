/** Replies that came together with the view, so that it is drawn without a request. */
import { MemoryResponse } from '../transport/memory_response';
import type { Transport } from '../transport/transport';

/** Replies by path: status, headers and body. */
export type Primed = Record<string, [number, Record<string, string>, string]>;

/** Return a transport that answers each primed path once, and sends all other requests. */
export function primedTransport(transport: Transport, primed: Primed): Transport {
  const replies = new Map(Object.entries(primed).map(([path, reply]) => [ordered(path), reply]));
  return async (path, init) => {
    const key = ordered(path);
    const reply = isPlainGet(init) ? replies.get(key) : undefined;
    if (reply === undefined) {
      return transport(path, init);
    }
    replies.delete(key);
    const [status, headers, body] = reply;
    return new MemoryResponse(body, { status, headers });
  };
}

function isPlainGet(init: RequestInit): boolean {
  return (init.method ?? 'GET') === 'GET' && !new Headers(init.headers).has('If-None-Match');
}

/** Return a path with its parameters in alphabetical order. */
function ordered(path: string): string {
  const [pathname = '', search = ''] = path.split('?');
  const parameters = new URLSearchParams(search);
  // The sort is stable: several columns keep their order.
  parameters.sort();
  return `${pathname}?${parameters.toString()}`;
}
