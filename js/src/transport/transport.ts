/**
 * Send a request to a path of the REST API, for example `/registries`.
 *
 * The rest of the extension knows only this signature, which is that of `fetch`, so that the same
 * client works over HTTP and, in tests, without a server.
 */
export type Transport = (path: string, init: RequestInit) => Promise<Response>;
