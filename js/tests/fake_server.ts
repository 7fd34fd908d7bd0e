/** A server in memory, which records the requests of the code under test. */
import { Api } from '../src/registry/api';
import { apiTexts } from '../src/view/api_texts';
import { english } from '../src/view/translator';
import type { Transport } from '../src/transport/transport';

export interface RecordedRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Headers;
  body: unknown;
}

export type Reply = Record<string, unknown> | ((request: RecordedRequest) => Response);

export class FakeServer {
  /** `replies` maps a method and a path without query to the JSON or the function that replies. */
  constructor(private readonly replies: Record<string, Reply> = {}) {}

  readonly requests: RecordedRequest[] = [];
  readonly transport: Transport = (path, init) => this.fetch(path, init);
  readonly api = new Api(this.transport, apiTexts(english));
  etag = '"1"';
  isReachable = true;
  /** The replies to the next requests wait for this promise. */
  delay = Promise.resolve();

  /** Change a reply. */
  on(route: string, reply: Reply): void {
    this.replies[route] = reply;
  }

  /** The requests since the last call. */
  takeRequests(): RecordedRequest[] {
    return this.requests.splice(0);
  }

  /** The methods and paths of the requests since the last call. */
  takeRoutes(): string[] {
    return this.takeRequests().map(({ method, path }) => `${method} ${path}`);
  }

  private async fetch(url: string, init: RequestInit): Promise<Response> {
    const [path = '', search] = url.split('?');
    const headers = new Headers(init.headers);
    const request: RecordedRequest = {
      method: init.method ?? 'GET',
      path,
      query: new URLSearchParams(search),
      headers,
      body: init.body === undefined ? undefined : JSON.parse(init.body as string)
    };
    this.requests.push(request);
    await this.delay;
    init.signal?.throwIfAborted();
    if (!this.isReachable) {
      throw new TypeError('Failed to fetch');
    }
    const reply = this.replies[`${request.method} ${path}`];
    if (reply === undefined) {
      return problem(404, 'not_found', `${path} does not exist.`);
    }
    if (typeof reply === 'function') {
      return reply(request);
    }
    if (headers.get('If-None-Match') === this.etag) {
      return new Response(null, { status: 304, headers: { ETag: this.etag } });
    }
    return json(reply, { ETag: this.etag });
  }
}

/** Return a reply with JSON. */
export function json(body: object, headers: Record<string, string> = {}, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers });
}

/** Return an error as the server extension replies it. */
export function problem(
  status: number,
  reason: string,
  message: string,
  fields: object = {}
): Response {
  return json({ reason, message, hint: null, ...fields }, {}, status);
}

/** Wait until all replies have been handled. */
export function settle(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve));
}
