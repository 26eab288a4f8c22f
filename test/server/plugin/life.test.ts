/** Malipo lives as long as its host: works while it runs, ends with it, and leaves the database for the next. */
import { join } from 'node:path';
import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { malipo } from '../../../server/plugin.ts';
import { temporaryFolder } from '../support/temporary-store.ts';
import { hostEnv, hostWithMalipo, openHost, openShop, PREFIX } from './host.ts';

const COLLECT = { amount: 5_000, currency: 'UGX', phone_number: '256772100001' };

test('a payment completes while the host runs, and its stream says so over real HTTP', async () => {
  const host = await hostWithMalipo();
  const { key } = await openShop(host);
  const base = (await host.listen({ port: 0, host: '127.0.0.1' })) + PREFIX;
  const answer = await fetch(`${base}/v1/payments/collect`, {
    method: 'POST',
    headers: { 'X-Api-Key': key, 'Content-Type': 'application/json' },
    body: JSON.stringify(COLLECT),
  });
  const { data } = (await answer.json()) as { data: { reference: string } };
  const stream = await fetch(`${base}/api/store/status/${data.reference}`, { headers: { Accept: 'text/event-stream' } });
  expect(stream.headers.get('content-type')).toContain('text/event-stream');
  expect(await stream.text()).toContain('"status":"completed"');
});

test('closing the host ends its open streams and lets go of the database', async () => {
  const env = { ...hostEnv(join(temporaryFolder(), 'malipo.db')), SANDBOX_APPROVAL_MS: '600000' };
  const host = await hostWithMalipo(undefined, { env });
  const { key } = await openShop(host);
  const base = (await host.listen({ port: 0, host: '127.0.0.1' })) + PREFIX;
  const collected = await host.inject({ method: 'POST', url: `${PREFIX}/v1/payments/collect`, headers: { 'x-api-key': key }, payload: { ...COLLECT, phone_number: '256772123456' } });
  const { reference } = collected.json<{ data: { reference: string } }>().data;
  const stream = await fetch(`${base}/api/store/status/${reference}`, { headers: { Accept: 'text/event-stream' } });
  const told = stream.text();
  await host.close();
  expect(await told).toContain('"status":"pending"');

  const next = openHost();
  await next.register(malipo, { prefix: PREFIX, env });
  const seen = await next.inject({ url: `${PREFIX}/v1/payments/transactions/${reference}`, headers: { 'x-api-key': key } });
  expect(seen.json()).toMatchObject({ data: { reference, status: 'pending' } });
});

test('a database that another server has is refused in words, and the host does not start', async () => {
  const env = hostEnv(join(temporaryFolder(), 'malipo.db'));
  const first = await hostWithMalipo(undefined, { env });
  await first.ready();
  const second = Fastify();
  await expect(second.register(malipo, { prefix: PREFIX, env })).rejects.toThrow('another Malipo server is already running');
});

test('a configuration that cannot work is refused with every problem', async () => {
  const host = Fastify();
  await expect(host.register(malipo, { prefix: PREFIX, env: { DATABASE_URL: 'mysql://x', SANDBOX_APPROVAL_MS: 'soon' } })).rejects.toThrow(/DATABASE_URL[^]*SANDBOX_APPROVAL_MS/);
});
