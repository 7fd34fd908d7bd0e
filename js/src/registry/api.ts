/** The client of the REST API. */
import type { Transport } from '../transport/transport';
import type { ApiTexts } from './api_error';
import { ApiError, responseError, unreadable } from './api_error';

type Parameter = string | number | boolean | undefined;

/** The parameters of a URL; those that are undefined or empty are omitted. */
export type Query = Record<string, Parameter | string[]>;

/** A plot and its description. */
export interface PlotImage {
  image: Blob;
  caption: string;
  /** Its width on the page in pixels; null if that is the width of the file. */
  width: number | null;
}

/** A file to save, with the name that the server gives it. */
export interface NamedFile {
  content: Blob;
  filename: string | null;
}

/** A reply with the ETag of the registry's state. */
export interface Tagged<T> {
  value: T;
  etag: string | null;
}

/** Reads and changes the registries of one server. */
export class Api {
  constructor(
    private readonly transport: Transport,
    private readonly texts: ApiTexts
  ) {}

  /** Read JSON. */
  async get<T>(path: string[], query: Query = {}, signal?: AbortSignal): Promise<T> {
    return (await this.getTagged<T>(path, query, signal)).value;
  }

  /** Read JSON together with the ETag of the registry's state. */
  async getTagged<T>(path: string[], query: Query, signal?: AbortSignal): Promise<Tagged<T>> {
    const response = await this.request(path, query, { method: 'GET', signal, cache: 'no-cache' });
<<<<<<< HEAD
    return { value: await jsonOf<T>(response, this.texts), etag: response.headers.get('ETag') };
=======
    return { value: await this.jsonOf<T>(response), etag: response.headers.get('ETag') };
>>>>>>> b-words
  }

  /** Send a change and return the reply. */
  async send<T>(method: 'POST' | 'PUT' | 'DELETE', path: string[], body?: object): Promise<T> {
    const headers = { 'Content-Type': 'application/json' };
    const content = body === undefined ? {} : { body: JSON.stringify(body), headers };
<<<<<<< HEAD
    return jsonOf<T>(await this.request(path, {}, { method, ...content }), this.texts);
=======
    return this.jsonOf<T>(await this.request(path, {}, { method, ...content }));
>>>>>>> b-words
  }

  /** Read a plot. */
  async plot(path: string[], query: Query): Promise<PlotImage> {
    const response = await this.request(path, query, { method: 'GET', cache: 'no-cache' });
    const { headers } = response;
    const caption = decodeURIComponent(headers.get('X-Caption') ?? '');
    const width = Number(headers.get('X-Width')) || null;
    return { image: await response.blob(), caption, width };
  }

  /** Read a file. */
  async file(path: string[]): Promise<NamedFile> {
    const response = await this.request(path, {}, { method: 'GET', cache: 'no-cache' });
    const header = response.headers.get('Content-Disposition') ?? '';
    const name = /filename\*=UTF-8''([^;]+)/i.exec(header)?.[1];
    const filename = name === undefined ? null : decodeURIComponent(name).replace(/[\\/]/g, '_');
    return { content: await response.blob(), filename };
  }

  /**
   * Return the ETag of a registry's state, which differs after each change.
   *
   * If the state is still that of `known`, the server replies 304 without a body.
   */
  async revision(registry: string, known: string | null): Promise<string> {
    const conditional: RequestInit =
      known === null
        ? { cache: 'no-cache' }
        : // With its own If-None-Match the request bypasses the browser's cache, so that a 304
          // is seen as a 304.
          { cache: 'default', headers: { 'If-None-Match': known } };
    const path = ['registries', registry, 'models'];
    const response = await this.request(path, { limit: 1 }, { method: 'GET', ...conditional });
    return (response.status === 304 ? known : response.headers.get('ETag')) ?? '';
  }

  private async jsonOf<T>(response: Response): Promise<T> {
    try {
      return (await response.json()) as T;
    } catch (error) {
      throw error instanceof SyntaxError ? unreadable(response.status, this.texts) : error;
    }
  }

  private async request(path: string[], query: Query, init: RequestInit): Promise<Response> {
    let response: Response;
    try {
      response = await this.transport(urlOf(path, query), init);
    } catch (error) {
      if (init.signal?.aborted) {
        throw error;
      }
      throw new ApiError(0, 'network', this.texts.unreachable);
    }
    if (!response.ok && response.status !== 304) {
      throw await responseError(response, this.texts);
    }
    return response;
  }
}

<<<<<<< HEAD
async function jsonOf<T>(response: Response, texts: ApiTexts): Promise<T> {
  try {
    return (await response.json()) as T;
  } catch (error) {
    throw error instanceof SyntaxError ? unreadable(response.status, texts) : error;
  }
}

=======
>>>>>>> b-words
function urlOf(path: string[], query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined && item !== '') {
        parameters.append(name, String(item));
      }
    }
  }
  const search = parameters.toString();
  const pathname = path.map(part => `/${encodeURIComponent(part)}`).join('');
  return search === '' ? pathname : `${pathname}?${search}`;
}
