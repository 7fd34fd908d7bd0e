import { describe, expect, it, vi } from 'vitest';

import { primedTransport } from '../../src/registry/primed';

const sent = vi.fn((path: string) => Promise.resolve(new Response(path)));
const primed = primedTransport(sent, {
  '/registries': [200, { ETag: '"1"' }, '{}'],
  '/registries/this/versions?limit=25&offset=0&column=b&column=a': [200, {}, 'list']
});

describe('primedTransport', () => {
  it('answers a path once, and then sends it', async () => {
    const first = await primed('/registries', { method: 'GET' });
    expect([await first.text(), first.headers.get('ETag')]).toEqual(['{}', '"1"']);
    expect(sent).not.toHaveBeenCalled();
    await primed('/registries', { method: 'GET' });
    expect(sent).toHaveBeenCalledOnce();
  });

  it('ignores the order of parameters but not of the columns', async () => {
    const path = '/registries/this/versions';
    await primed(`${path}?column=a&column=b&offset=0&limit=25`, {});
    expect(sent).toHaveBeenCalledOnce();
    const reply = await primed(`${path}?column=b&column=a&offset=0&limit=25`, {});
    expect(await reply.text()).toBe('list');
  });

  it('sends changes and conditional requests', async () => {
    const other = primedTransport(sent, { '/registries': [200, {}, '{}'] });
    await other('/registries', { method: 'POST' });
    await other('/registries', { headers: { 'If-None-Match': '"1"' } });
    expect(sent).toHaveBeenCalledTimes(2);
  });
});
