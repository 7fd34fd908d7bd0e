import { ServerConnection } from '@jupyterlab/services';
import { expect, test } from 'vitest';

import { restTransport } from '../../src/transport/rest';

test('requests a path below the API of the Jupyter server', async () => {
  const urls: string[] = [];
  const settings = ServerConnection.makeSettings({
    baseUrl: 'http://localhost:8888/user/ada/',
    token: '',
    fetch: request => {
      urls.push((request as Request).url);
      return Promise.resolve(new Response('{}'));
    }
  });

  await restTransport(settings)('/registries/r1/models?limit=1', {
    method: 'GET',
    cache: 'no-cache'
  });

  expect(urls).toEqual([
    'http://localhost:8888/user/ada/exo-nbregistry/api/registries/r1/models?limit=1'
  ]);
});
