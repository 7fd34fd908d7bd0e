/**
 * Requests to the kernel, as messages of a widget.
 *
 * A message is answered like a request of the REST API: the kernel has the same routes. Every view
 * of a widget receives all replies, so that each request has a mark that only its own view knows.
 */
import type { Transport } from './transport';

/** The version of the messages. */
const VERSION = 1;
const TIMEOUT_MS = 60_000;
// fetch() rejects a body of these statuses.
const WITHOUT_BODY = [204, 205, 304];
const INDEXING = /^\/registries\/[^/]+\/indexing$/;

/** The messages of one widget. */
export interface Channel {
  send(content: Record<string, string | number | null | Record<string, string>>): void;
  /** Call `slot` with each message of the kernel, until the returned function is called. */
  listen(slot: (content: unknown, buffers: DataView[]) => void): () => void;
}

/** Texts that users see. */
export interface CommTexts {
  readonly timeout: string;
  readonly timeoutOfChange: string;
  readonly hint: string;
}

interface Pending {
  resolve(response: Response): void;
  renew(): void;
}

export class CommTransport {
  /** Called after the kernel has changed the registry. */
  onChanged: () => void = () => undefined;

  constructor(
    private readonly channel: Channel,
    private readonly texts: CommTexts,
    private readonly timeoutMs = TIMEOUT_MS
  ) {
    this.stopListening = channel.listen((content, buffers) => this.receive(content, buffers));
    // After the reply of the kernel, requests are answered beside a running cell.
    channel.send({ v: VERSION, type: 'hello' });
  }

  /** Send a request. The signature equals that of `fetch`. */
  readonly request: Transport = (path, init) => {
    if (INDEXING.test(path)) {
      // The kernel cannot answer while it builds the index; it reports its progress instead.
      return Promise.resolve(jsonResponse(200, this.progress ?? { read: null, total: null }));
    }
    return new Promise<Response>((resolve, reject) => this.start(path, init, resolve, reject));
  };

  dispose(): void {
    this.stopListening();
    this.pending.clear();
  }

  private start(
    path: string,
    init: RequestInit,
    resolve: (response: Response) => void,
    reject: (reason: unknown) => void
  ): void {
    const { signal } = init;
    if (signal?.aborted) {
      reject(abortError());
      return;
    }
    const mark = `${this.name}-${++this.count}`;
    const method = init.method ?? 'GET';
    let timer = 0;
    const onAbort = () => {
      finish();
      reject(abortError());
    };
    const finish = () => {
      window.clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      this.pending.delete(mark);
    };
    const renew = () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => {
        finish();
        resolve(this.timeoutResponse(method));
      }, this.timeoutMs);
    };
    const settle = (response: Response) => {
      finish();
      resolve(response);
    };
    this.pending.set(mark, { resolve: settle, renew });
    signal?.addEventListener('abort', onAbort);
    renew();
    this.channel.send({
      v: VERSION,
      type: 'request',
      mark,
      method,
      path,
      headers: Object.fromEntries(new Headers(init.headers)),
      body: typeof init.body === 'string' ? init.body : null
    });
  }

  private receive(content: unknown, buffers: DataView[]): void {
    if (!isMessage(content)) {
      return;
    }
    switch (content.type) {
      case 'reply':
        this.progress = null;
        void this.settle(content, buffers);
        break;
      case 'progress':
        this.progress = { read: content.read ?? null, total: content.total ?? null };
        this.pending.forEach(request => request.renew());
        break;
      case 'changed':
        this.onChanged();
    }
  }

  private async settle(message: Message, buffers: DataView[]): Promise<void> {
    const response = await responseOf(message, buffers);
    this.pending.get(String(message.mark))?.resolve(response);
  }

  private timeoutResponse(method: string): Response {
    const { timeout, timeoutOfChange, hint } = this.texts;
    const message = method === 'GET' ? timeout : timeoutOfChange;
    return jsonResponse(503, { message, reason: 'timeout', hint });
  }

  // `crypto.randomUUID` is missing in pages without TLS.
  private readonly name = Math.random().toString(36).slice(2);
  private readonly pending = new Map<string, Pending>();
  private readonly stopListening: () => void;
  private count = 0;
  private progress: { read: number | null; total: number | null } | null = null;
}

interface Message {
  v: number;
  type: 'reply' | 'progress' | 'changed';
  mark?: string;
  status?: number;
  headers?: Record<string, string>;
  read?: number;
  total?: number;
}

function isMessage(content: unknown): content is Message {
  return (
    typeof content === 'object' && content !== null && (content as Partial<Message>).v === VERSION
  );
}

async function responseOf(message: Message, [first]: DataView[]): Promise<Response> {
  const { status = 500, headers = {} } = message;
  const hasBody = first !== undefined && !WITHOUT_BODY.includes(status);
  return new Response(hasBody ? await unpack(first) : null, { status, headers });
}

/** Return the bytes of a body, which the kernel compresses with gzip. */
export function unpack(packed: DataView): Promise<ArrayBuffer> {
  // The body can be a part of a larger buffer.
  const bytes = new Uint8Array(packed.buffer, packed.byteOffset, packed.byteLength).slice();
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(stream).arrayBuffer();
}

function jsonResponse(status: number, content: object): Response {
  const headers = { 'Content-Type': 'application/json' };
  return new Response(JSON.stringify(content), { status, headers });
}

function abortError(): DOMException {
  return new DOMException('The request was aborted.', 'AbortError');
}
