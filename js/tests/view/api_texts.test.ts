import { expect, test } from 'vitest';

import { Api } from '../../src/registry/api';
import type { Trans } from '../../src/view/translator';
import { english } from '../../src/view/translator';
import { apiTexts } from '../../src/view/api_texts';

const SHOUTED: Trans = {
  ...english,
  __: (text, ...args) => english.__(text.toUpperCase(), ...args)
};

test.each([
  [() => Promise.reject(new Error('offline')), 'CANNOT REACH THE JUPYTER SERVER.'],
  [() => Promise.resolve(new Response('', { status: 404 })), 'THE SERVER EXTENSION'],
  [
    () => Promise.resolve(new Response('', { status: 502, statusText: 'Bad Gateway' })),
    'THE SERVER REPLIED 502 Bad Gateway.'
  ]
])('translates the messages about the server', async (transport, message) => {
  const api = new Api(transport, apiTexts(SHOUTED));
  await expect(api.get(['registries'])).rejects.toThrow(message);
});
