/** Errors of the REST API and the text that users see of them. */

/** Messages about a server that does not reply, or not with JSON, in the language of the page. */
export interface ApiTexts {
  unreachable: string;
  /** The server extension is missing. */
  missing: string;
  failed(status: number, text: string): string;
<<<<<<< HEAD
  /** The reply is a page, such as one on which users log in. */
  notData: string;
  hintOfNotData: string;
=======
  /** A page instead of data, such as one on which users log in, and what to do. */
  unreadable: string;
  logIn: string;
>>>>>>> b-words
}

/** An error response of the server, or a server that cannot be reached (status 0). */
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

  /** The column, from 0, of a syntax error in a filter; null for other errors. */
  get position(): number | null {
    const { position } = this.fields;
    return this.reason === 'invalid_query' && typeof position === 'number' ? position : null;
  }
}

/** Return the message of an error, with its hint if the message does not include it. */
export function errorMessage(error: unknown): string {
  if (error instanceof ApiError && error.hint && !error.message.includes(error.hint)) {
    return `${error.message} ${error.hint}`;
  }
  return error instanceof Error ? error.message : String(error);
}

/** Return an error response as an error. */
export async function responseError(response: Response, texts: ApiTexts): Promise<ApiError> {
  const { status, statusText } = response;
  // A proxy, or a server without the extension, replies with a page instead of JSON.
  const body: unknown = await response.json().catch(() => null);
  if (isProblem(body)) {
    const { message, reason, hint, ...fields } = body;
    return new ApiError(status, reason, String(message), hint ?? null, fields);
  }
  return status === 404
    ? new ApiError(status, 'missing', texts.missing)
    : new ApiError(status, 'failed', texts.failed(status, statusText));
}

/** Return the error of a reply that is not JSON, such as a page on which users log in. */
export function unreadable(status: number, texts: ApiTexts): ApiError {
<<<<<<< HEAD
  return new ApiError(status, 'unreadable', texts.notData, texts.hintOfNotData);
=======
  return new ApiError(status, 'unreadable', texts.unreadable, texts.logIn);
>>>>>>> b-words
}

interface Problem extends Record<string, unknown> {
  message: unknown;
  reason: string;
  hint?: string | null;
}

function isProblem(body: unknown): body is Problem {
  return (
    typeof body === 'object' &&
    body !== null &&
    typeof (body as Partial<Problem>).reason === 'string'
  );
}
