/** Requests to the server extension. */
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

const BASE = 'exo-nbregistry/api';
const MISSING =
  'The server extension does not answer: `jupyter server extension list` should say ' +
  'that exo_nbregistry.server is enabled.';

export type Query = Record<string, string | number | boolean | string[] | undefined>;

/** A plot, and what it shows in words. */
export interface Picture {
  image: Blob;
  caption: string;
}

/** A refusal, in the server's words. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly reason: string,
    message: string,
    readonly hint: string | null = null,
    readonly fields: Record<string, unknown> = {}
  ) {
    super(message);
  }

  /** The column, from 0, at which a filter was not understood. */
  get position(): number | null {
    const { position } = this.fields;
    return this.reason === 'invalid_query' && typeof position === 'number' ? position : null;
  }
}

/** The registries behind one server. */
export class Api {
  constructor(private readonly settings: ServerConnection.ISettings) {}

  /** Read JSON. */
  async get<T>(path: string[], query: Query = {}, signal?: AbortSignal): Promise<T> {
    return (await this.getMarked<T>(path, query, signal)).value;
  }

  /** Read JSON, and the mark of the state of the registry that it tells of. */
  async getMarked<T>(
    path: string[],
    query: Query,
    signal?: AbortSignal
  ): Promise<{ value: T; mark: string | null }> {
    const response = await this.ask('GET', path, query, { signal, cache: 'no-cache' });
    return { value: (await response.json()) as T, mark: response.headers.get('ETag') };
  }

  /** Change something. */
  async send<T>(method: 'POST' | 'PUT' | 'DELETE', path: string[], body?: object): Promise<T> {
    const headers = { 'Content-Type': 'application/json' };
    const init = body === undefined ? {} : { body: JSON.stringify(body), headers };
    const response = await this.ask(method, path, {}, init);
    return (await response.json()) as T;
  }

  /** Read a picture. */
  async picture(path: string[], query: Query): Promise<Picture> {
    const response = await this.ask('GET', path, query, { cache: 'no-cache' });
    const caption = decodeURIComponent(response.headers.get('X-Caption') ?? '');
    return { image: await response.blob(), caption };
  }

  /** Tell the state of a registry by a mark that differs after each change. */
  async revision(registry: string, known: string | null): Promise<string> {
    const headers: Record<string, string> = known === null ? {} : { 'If-None-Match': known };
    // With a mark of its own the browser's cache stays out of it, and a 304 is a 304.
    const cache = known === null ? 'no-cache' : 'default';
    const path = ['registries', registry, 'models'];
    const response = await this.ask('GET', path, { limit: 1 }, { headers, cache });
    return response.status === 304 ? known! : (response.headers.get('ETag') ?? '');
  }

  private async ask(
    method: string,
    path: string[],
    query: Query,
    init: RequestInit
  ): Promise<Response> {
    const url = URLExt.join(this.settings.baseUrl, BASE, ...path.map(encodeURIComponent));
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(
        url + inUrl(query),
        { method, ...init },
        this.settings
      );
    } catch (error) {
      if (init.signal?.aborted) {
        throw error;
      }
      throw new ApiError(0, 'network', 'The Jupyter server cannot be reached.');
    }
    if (!response.ok && response.status !== 304) {
      throw await refusal(response);
    }
    return response;
  }
}

/** Say what went wrong in one or two sentences. */
export function sentence(error: unknown): string {
  if (error instanceof ApiError && error.hint && !error.message.includes(error.hint)) {
    return `${error.message} ${error.hint}`;
  }
  return error instanceof Error ? error.message : String(error);
}

function inUrl(query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined && item !== '') {
        parameters.append(name, String(item));
      }
    }
  }
  const text = parameters.toString();
  return text && `?${text}`;
}

async function refusal(response: Response): Promise<ApiError> {
  try {
    const { message, reason, hint, ...fields } = await response.json();
    if (typeof reason === 'string') {
      return new ApiError(response.status, reason, String(message), hint ?? null, fields);
    }
  } catch {
    // A page of the server or of a proxy, which says nothing that would help here.
  }
  const missing = response.status === 404;
  return new ApiError(
    response.status,
    missing ? 'missing' : 'failed',
    missing ? MISSING : `The server replied ${response.status} ${response.statusText}.`
  );
}
