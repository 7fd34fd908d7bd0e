/** Requests to the server extension over HTTP. */
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import type { Transport } from './transport';

const API_ROOT = 'exo-nbregistry/api';

/** Return the transport to the Jupyter server that `settings` describes. */
export function restTransport(settings: ServerConnection.ISettings): Transport {
  const root = URLExt.join(settings.baseUrl, API_ROOT);
  return (path, init) => ServerConnection.makeRequest(root + path, init, settings);
}
