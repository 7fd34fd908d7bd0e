/**
 * Requests to the kernel, as messages of a widget.
 *
 * A message is answered like a request of the REST API: the kernel has the same routes. Every view
 * of a widget receives all replies, so that each request has a mark that only its own view knows.
 */
import { MemoryResponse, unpack } from './memory_response';
import type { Transport } from './transport';

/** The version of the messages. */
const VERSION = 1;
const TIMEOUT_MS = 60_000;
const WAITING_MS = 2_000;
// fetch() rejects a body of these statuses.
const WITHOUT_BODY = [204, 205, 304];
const INDEXING = /^\/registries\/[^/]+\/indexing$/;

/** The messages of one widget. */
export interface Channel {
  send(content: Record<string, string | number | null | Record<string, string>>): void;
  /** Resolves when messages no longer wait for a running cell; undefined if it is not known. */
  readonly ready?: Promise<void>;
  /** Call `slot` with each message of the kernel, until the returned function is called. */
  listen(slot: (content: unknown, buffers: DataView[]) => void): () => void;
}

/** Texts that users see. */
export interface CommTexts {
  readonly timeout: string;
  readonly timeoutOfChange: string;
  readonly hint: string;
  readonly unreadable: string;
  readonly hintOfUnreadable: string;
  readonly closed: string;
  readonly hintOfClosed: string;
}

interface Pending {
  resolve(response: Response): void;
  renew(): void;
  stop(): void;
}

export class CommTransport {
  /** Called after the kernel has changed the registry. */
  onChanged: () => void = () => undefined;
  /** Called when the kernel does not reply for a while, and when it does again. */
  onWaiting: (isWaiting: boolean) => void = () => undefined;

  constructor(
    private readonly channel: Channel,
    private readonly texts: CommTexts,
    private readonly timeoutMs = TIMEOUT_MS
  ) {
    this.stopListening = channel.listen((content, buffers) => this.receive(content, buffers));
    void this.greet();
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
    this.pending.forEach(request => request.stop());
    this.pending.clear();
    this.watch();
  }

  /** Send `hello`: after the reply of the kernel, requests are answered beside a running cell. */
  private async greet(): Promise<void> {
    try {
      await this.channel.ready;
      this.channel.send({ v: VERSION, type: 'hello' });
    } catch {
      // The first request reports that the kernel has ended.
    }
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
      this.watch();
    };
    const settle = (response: Response) => {
      finish();
      resolve(response);
    };
    const renew = () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => settle(this.timeoutResponse(method, mark)), this.timeoutMs);
    };
    this.pending.set(mark, { resolve: settle, renew, stop: () => window.clearTimeout(timer) });
    signal?.addEventListener('abort', onAbort);
    renew();
    this.watch();
    try {
      this.channel.send(messageOf(mark, method, path, init));
    } catch {
      const { closed, hintOfClosed } = this.texts;
      settle(problemResponse(closed, 'closed', hintOfClosed));
    }
  }

  private receive(content: unknown, buffers: DataView[]): void {
    if (!isMessage(content)) {
      return;
    }
    this.setWaiting(false);
    switch (content.type) {
      case 'reply':
        this.progress = null;
        void this.settle(content, buffers);
        break;
      case 'progress':
        this.progress = progressOf(content);
        this.pending.forEach(request => request.renew());
        break;
      case 'changed':
        this.onChanged();
    }
  }

  /** Report that the kernel does not reply, unless it does so soon. */
  private watch(): void {
    if (this.pending.size === 0) {
      this.setWaiting(false);
    } else if (this.waitingTimer === null && !this.isWaiting) {
      this.waitingTimer = window.setTimeout(() => this.setWaiting(true), WAITING_MS);
    }
  }

  private setWaiting(isWaiting: boolean): void {
    if (this.waitingTimer !== null) {
      window.clearTimeout(this.waitingTimer);
      this.waitingTimer = null;
    }
    if (this.isWaiting !== isWaiting) {
      this.isWaiting = isWaiting;
      this.onWaiting(isWaiting);
    }
    if (!isWaiting && this.pending.size > 0) {
      this.watch();
    }
  }

  private async settle(message: Message, buffers: DataView[]): Promise<void> {
    const mark = String(message.mark);
    const request = this.pending.get(mark);
    if (request !== undefined) {
      // The unpacking of a second reply can end before that of the first.
      this.pending.delete(mark);
      request.stop();
      request.resolve(await this.responseOf(message, buffers));
    } else if (this.late.delete(mark)) {
      // The view shows an error instead of this reply: it reads again.
      this.onChanged();
    }
  }

  private async responseOf(message: Message, buffers: DataView[]): Promise<Response> {
    try {
      return await responseOf(message, buffers);
    } catch {
      // Another release of the package can reply in another form.
      const { unreadable, hintOfUnreadable } = this.texts;
      return problemResponse(unreadable, 'unreadable', hintOfUnreadable);
    }
  }

  private timeoutResponse(method: string, mark: string): Response {
    const { timeout, timeoutOfChange, hint } = this.texts;
    this.late.add(mark);
    return problemResponse(method === 'GET' ? timeout : timeoutOfChange, 'timeout', hint);
  }

  // `crypto.randomUUID` is missing in pages without TLS.
  private readonly name = Math.random().toString(36).slice(2);
  private readonly pending = new Map<string, Pending>();
  /** Marks of the requests that had no reply in time. */
  private readonly late = new Set<string>();
  private readonly stopListening: () => void;
  private count = 0;
  private isWaiting = false;
  private waitingTimer: number | null = null;
  private progress: Progress | null = null;
}

interface Progress {
  read: number | null;
  total: number | null;
}

interface Message {
  v: number;
  type: 'reply' | 'progress' | 'changed';
  mark?: string;
  status: number;
  headers?: Record<string, string>;
  read?: unknown;
  total?: unknown;
}

function messageOf(mark: string, method: string, path: string, init: RequestInit) {
  return {
    v: VERSION,
    type: 'request',
    mark,
    method,
    path,
    headers: Object.fromEntries(new Headers(init.headers)),
    body: typeof init.body === 'string' ? init.body : null
  };
}

function isMessage(content: unknown): content is Message {
  return (
    typeof content === 'object' && content !== null && (content as Partial<Message>).v === VERSION
  );
}

function progressOf({ read, total }: Message): Progress {
  return typeof read === 'number' && typeof total === 'number'
    ? { read, total }
    : { read: null, total: null };
}

async function responseOf(message: Message, [first]: DataView[]): Promise<Response> {
  const { status, headers } = message;
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new RangeError('The reply has no status.');
  }
  const hasBody = first !== undefined && !WITHOUT_BODY.includes(status);
  return new MemoryResponse(hasBody ? await unpack(first) : null, { status, headers });
}

function jsonResponse(status: number, content: object): Response {
  const headers = { 'Content-Type': 'application/json' };
  return new MemoryResponse(JSON.stringify(content), { status, headers });
}

function problemResponse(message: string, reason: string, hint: string): Response {
  return jsonResponse(503, { message, reason, hint });
}

function abortError(): DOMException {
  return new DOMException('The request was aborted.', 'AbortError');
}
