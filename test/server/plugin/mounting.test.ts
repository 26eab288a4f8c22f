/** Neither app notices the other: what belongs to the host stays the host's, what belongs to Malipo is Malipo's. */
import cors from '@fastify/cors';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { expect, test } from 'vitest';
import { hostEnv, hostWithMalipo, openHost, openShop, PREFIX } from './host.ts';
import { malipo } from '../../../server/plugin.ts';

const COLLECT = { amount: 5_000, currency: 'UGX', phone_number: '256772100001' };

/** Routes that use what Fastify's owner would: JSON schemas, its serializer, text bodies, a large body. */
function hostRoutes(host: FastifyInstance): void {
  const body = { type: 'object', required: ['count'], properties: { count: { type: 'integer', maximum: 10 } } };
  const response = { 200: { type: 'object', properties: { count: { type: 'integer' } } } };
  host.post('/orders', { schema: { body, response } }, async (request) => ({ ...(request.body as object), secret: 'dropped by the serializer' }));
  host.post('/echo', async (request) => ({ length: (request.body as string).length }));
  host.get('/broken', async () => {
    throw new Error('the host’s own trouble');
  });
}

const HOST_REQUESTS = [
  { method: 'POST', url: '/orders', payload: { count: '7' } },
  { method: 'POST', url: '/orders', payload: { count: 70 } },
  { method: 'POST', url: '/orders', payload: '{', headers: { 'content-type': 'application/json' } },
  { method: 'POST', url: '/echo', payload: 'x'.repeat(200_000), headers: { 'content-type': 'text/plain' } },
  { method: 'GET', url: '/broken' },
  { method: 'GET', url: '/nowhere' },
  { method: 'PUT', url: '/orders', payload: { count: 1 } },
  { method: 'GET', url: '/v1/wallets' },
  { method: 'GET', url: '/docs' },
  { method: 'GET', url: '/paymentsandmore' },
] as const;

async function answersOf(host: FastifyInstance) {
  const answers = [];
  for (const request of HOST_REQUESTS) {
    const { statusCode, headers, body } = await host.inject(request);
    answers.push({ request: `${request.method} ${request.url}`, statusCode, type: headers['content-type'], body });
  }
  return answers;
}

test('the host’s validation, parsers, serializer, error handler and 404s answer as they did without Malipo', async () => {
  const alone = openHost();
  hostRoutes(alone);
  const shared = await hostWithMalipo();
  hostRoutes(shared);
  expect(await answersOf(shared)).toEqual(await answersOf(alone));
});

test('what the host made its own stays so, and does not reach below the prefix', async () => {
  const host = await hostWithMalipo((host) => {
    host.setErrorHandler((error, _request, reply) => reply.status(418).send(`host: ${(error as Error).message}`));
    host.setNotFoundHandler((_request, reply) => reply.status(404).send('host: nothing here'));
    host.setReplySerializer((payload) => `host:${JSON.stringify(payload)}`);
    host.setValidatorCompiler(() => () => ({ error: new Error('the host refuses everything') }));
    host.decorateRequest('credential', null);
    host.removeAllContentTypeParsers();
    host.get('/own', { schema: { querystring: {} } }, async () => ({}));
    host.get('/object', async () => ({ a: 1 }));
  });
  const { key } = await openShop(host);

  expect((await host.inject('/own')).body).toBe('host: the host refuses everything');
  expect((await host.inject('/object')).body).toBe('host:{"a":1}');
  expect((await host.inject('/nothing')).body).toBe('host: nothing here');

  expect((await host.inject(`${PREFIX}/nothing`)).json()).toMatchObject({ error: { code: 'NOT_FOUND' } });
  expect((await host.inject({ method: 'DELETE', url: `${PREFIX}/v1/wallets` })).json()).toMatchObject({ error: { code: 'METHOD_NOT_ALLOWED' } });
  expect((await host.inject({ method: 'POST', url: `${PREFIX}/transaction/1` })).json()).toEqual({ error: expect.any(String) as string });
  expect((await host.inject({ url: `${PREFIX}/v1/wallets` })).json()).toMatchObject({ error: { code: 'AUTHENTICATION_ERROR' } });
  const collected = await host.inject({ method: 'POST', url: `${PREFIX}/v1/payments/collect`, headers: { 'x-api-key': key }, payload: COLLECT });
  expect(collected.json()).toMatchObject({ data: { status: 'pending', amount: 5_000 }, message: 'Collection initiated' });
  const refused = await host.inject({ method: 'POST', url: `${PREFIX}/v1/payments/collect`, headers: { 'x-api-key': key }, payload: { ...COLLECT, amount: 'x' } });
  expect(refused.json()).toMatchObject({ error: { code: 'VALIDATION_ERROR', message: 'amount must be a number' } });
});

test('the plugins that Malipo uses too may be the host’s own, at its root', async () => {
  const host = await hostWithMalipo(async (host) => {
    await host.register(swagger, { openapi: { openapi: '3.1.0', info: { title: 'The host', version: '1.0.0' } } });
    await host.register(cors, { origin: 'https://host.example' });
    await host.register(rateLimit, { max: 1_000 });
  });
  host.get('/own', { schema: { summary: 'The host’s own' } }, async () => ({}));
  await openShop(host);
  await host.ready();

  expect(Object.keys(host.swagger().paths ?? {})).toEqual(['/own']);
  const document = (await host.inject(`${PREFIX}/openapi.json`)).json<{ info: { title: string }; paths: object }>();
  expect(document.info.title).toBe('Malipo');
  expect(Object.keys(document.paths)).toContain('/v1/payments/collect');
  expect(Object.keys(document.paths)).not.toContain('/own');
  const item = await host.inject({ url: `${PREFIX}/api/store/chai`, headers: { origin: 'https://shop.example' } });
  expect(item.headers['access-control-allow-origin']).toBe('https://shop.example');
  expect((await host.inject({ url: '/own', headers: { origin: 'https://shop.example' } })).headers['access-control-allow-origin']).toBe('https://host.example');
});

test('every address that Malipo gives out is below the prefix', async () => {
  const host = await hostWithMalipo();
  await openShop(host);
  const text = async (path: string) => (await host.inject({ url: PREFIX + path, headers: { host: 'shop.example' } })).body;
  const base = `http://shop.example${PREFIX}`;

  expect(JSON.parse(await text('/openapi.json'))).toMatchObject({ servers: [{ url: base }] });
  expect(JSON.parse(await text('/api/store/chai'))).toMatchObject({ data: { image_url: `${base}/demo/images/chai.svg` } });
  expect(await text('/llms.txt')).toContain(`Base URL: ${base}\n`);
  expect(await text('/skill/SKILL.md')).toContain(`${base}/llms.txt`);
  for (const page of ['', '/', '/pay/chai', '/sandbox/phone', '/docs/']) await expectFilesBelow(host, PREFIX + page);
});

/** Fetches every stylesheet, script and link of a page as a browser would resolve it. */
async function expectFilesBelow(host: FastifyInstance, path: string): Promise<void> {
  const page = await host.inject(path);
  expect(page.statusCode, path).toBe(200);
  const addresses = [...page.body.matchAll(/(?:href|src)="([^"#]+)"/g)].map(([, address]) => new URL(address!, `http://host${path}`).pathname);
  expect(addresses.length, path).toBeGreaterThan(0);
  for (const address of addresses.filter((each) => !each.endsWith('pay-button.js') && !each.endsWith('.svg'))) {
    expect(address.startsWith(`${PREFIX}/`), address).toBe(true);
    expect((await host.inject(address)).statusCode, address).toBe(200);
  }
}

test('PUBLIC_URL wins over the request’s own address', async () => {
  const host = await hostWithMalipo(undefined, { env: { ...hostEnv(), PUBLIC_URL: 'https://shop.example/pay' } });
  expect((await host.inject(`${PREFIX}/openapi.json`)).json()).toMatchObject({ servers: [{ url: 'https://shop.example/pay' }] });
});

test('it mounts in a part of the host that has a prefix of its own, and without any prefix', async () => {
  const nested = openHost();
  await nested.register(async (part) => part.register(malipo, { prefix: '/pay/', env: hostEnv() }), { prefix: '/api' });
  expect((await nested.inject('/api/pay/healthz')).json()).toEqual({ status: 'ok' });
  expect((await nested.inject('/pay/healthz')).statusCode).toBe(404);
  expect((await nested.inject('/api/pay/openapi.json')).json()).toMatchObject({ servers: [{ url: 'http://localhost:80/api/pay' }] });

  const root = openHost();
  root.get('/own', async () => 'host');
  await root.register(malipo, { env: hostEnv() });
  expect((await root.inject('/healthz')).json()).toEqual({ status: 'ok' });
  expect((await root.inject('/own')).body).toBe('host');
});
