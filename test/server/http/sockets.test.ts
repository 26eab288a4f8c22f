/** What only a real connection can show: requests that are no HTTP, connections that stay open, a server that closes. */
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SECOND_MS } from '../../../server/core/clock.ts';
import type { Submission } from '../../../server/providers/provider.ts';
import { buildMalipo } from '../support/build-malipo.ts';
import { rowCounts, rows } from '../support/database.ts';
import { listening } from '../support/event-stream.ts';
import { COLLECT } from '../support/payments.ts';
import { bareSocket } from '../support/raw-http.ts';
import { ScriptedProvider } from '../support/scripted-provider.ts';
import { until } from '../support/until.ts';

interface Received {
  status: number;
  body: string;
  port: number;
}

/** A request over a kept-alive connection. */
function send(address: string, agent: Agent, path: string, { key, body }: { key?: string; body?: object } = {}): Promise<Received> {
  return new Promise((resolve, reject) => {
    const headers = { ...(key ? { 'x-api-key': key } : {}), ...(body ? { 'content-type': 'application/json' } : {}) };
    const sent = request(address + path, { agent, method: body ? 'POST' : 'GET', headers }, (response) => {
      let text = '';
      const port = response.socket.localPort!;
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode!, body: text, port }));
    });
    sent.on('error', reject);
    sent.end(body && JSON.stringify(body));
  });
}

function keptAlive(): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  return agent;
}

describe('requests that are no HTTP', () => {
  test.each([
    ['nonsense', 'HELLO\r\n\r\n', 400],
    ['another protocol', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['a method of its own', 'PAY /v1/payments/collect HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['an unknown version', 'GET / HTTP/9.9\r\nHost: x\r\n\r\n', 400],
    ['two lengths', 'POST /v1/payments/collect HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n', 400],
    ['a length and chunks', 'POST /v1/payments/collect HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n', 400],
    ['a broken header', 'GET /healthz HTTP/1.1\r\nHost: x\r\nbroken header\r\n\r\n', 400],
    ['endless headers', `GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['an endless address', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
  ])('%s is answered in JSON and let go', async (_what, text, status) => {
    const malipo = await buildMalipo();
    const { socket, received, closed } = await bareSocket(await listening(malipo));
    socket.write(text, 'latin1');
    await until(() => closed());
    const [head, body] = received().split('\r\n\r\n') as [string, string];
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(head).toContain('Content-Type: application/json; charset=utf-8');
    expect(JSON.parse(body)).toEqual({ error: { code: 'VALIDATION_ERROR', message: expect.any(String) as string }, message: expect.any(String) as string });
    expect(await malipo.get('/healthz').then(({ statusCode }) => statusCode)).toBe(200);
  });

  test('a body shorter than announced is not taken for a request, and writes nothing', async () => {
    const malipo = await buildMalipo();
    const { testKey } = await malipo.makeShop({ slug: 'duka' });
    const before = await rowCounts(malipo.store);
    const { socket, closed } = await bareSocket(await listening(malipo));
    const body = JSON.stringify(COLLECT);
    socket.end(
      `POST /v1/payments/collect HTTP/1.1\r\nHost: x\r\nX-Api-Key: ${testKey}\r\nContent-Type: application/json\r\nContent-Length: ${body.length + 10}\r\n\r\n${body}`,
    );
    await until(() => closed());
    expect(await rowCounts(malipo.store)).toEqual(before);
  });

  test('a client that goes away before its answer does not take its payment along', async () => {
    const { promise, resolve } = Promise.withResolvers<Submission>();
    const provider = new ScriptedProvider().answersCollect(() => promise);
    const malipo = await buildMalipo({ live: [provider] });
    const { liveKey } = await malipo.makeShop({ slug: 'duka' });
    const { socket } = await bareSocket(await listening(malipo));
    const body = JSON.stringify(COLLECT);
    socket.write(
      `POST /v1/payments/collect HTTP/1.1\r\nHost: x\r\nX-Api-Key: ${liveKey}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nIdempotency-Key: gone\r\n\r\n${body}`,
    );
    await until(() => provider.collected.length === 1);
    socket.destroy();
    resolve({ kind: 'accepted', providerRef: 'theirs' });
    await until(async () => (await rows<{ submission: string }>(malipo.store, 'SELECT submission FROM payments'))[0]!.submission === 'sent');
    const retried = await malipo.post('/v1/payments/collect', COLLECT, { key: liveKey, idempotencyKey: 'gone' });
    expect(retried.json().data).toMatchObject({ provider_ref: 'theirs', reference: provider.collected[0]!.reference });
    expect(provider.collected).toHaveLength(1);
  });
});

test('a connection is kept open from request to request, also over refusals', async () => {
  const malipo = await buildMalipo();
  const { testKey } = await malipo.makeShop({ slug: 'duka' });
  const address = await listening(malipo);
  const agent = keptAlive();
  const ports = new Set<number>();
  for (const [path, options] of [
    ['/healthz', {}],
    ['/v1/payments/collect', { key: testKey, body: COLLECT }],
    ['/v1/payments/collect', { key: testKey, body: {} }],
    ['/v1/payments/collect', { key: 'wrong', body: COLLECT }],
    ['/nothing', {}],
    ['/api/store/status/x', {}],
  ] as const) {
    ports.add((await send(address, agent, path, options)).port);
  }
  expect(ports.size).toBe(1);
});

describe('a server that closes', () => {
  async function collecting() {
    const { promise, resolve } = Promise.withResolvers<Submission>();
    const provider = new ScriptedProvider().answersCollect(() => promise);
    const malipo = await buildMalipo({ live: [provider] });
    const { liveKey } = await malipo.makeShop({ slug: 'duka' });
    const address = await listening(malipo);
    const agent = keptAlive();
    const asking = send(address, agent, '/v1/payments/collect', { key: liveKey, body: COLLECT });
    await until(() => provider.collected.length === 1);
    return { malipo, address, asking, answer: () => resolve({ kind: 'accepted', providerRef: 'theirs' }) };
  }

  test('answers the collect that is under way, and takes no new connection meanwhile', async () => {
    const { malipo, address, asking, answer } = await collecting();
    let closed = false;
    const closing = malipo.app.close().then(() => (closed = true));
    await until(() => !malipo.app.server.listening);
    await expect(send(address, keptAlive(), '/healthz')).rejects.toThrow();
    expect(closed).toBe(false);

    answer();
    const answered = await asking;
    expect(answered.status).toBe(200);
    expect(JSON.parse(answered.body).data).toMatchObject({ status: 'pending', provider_ref: 'theirs' });
    await closing;
  });

  test('does not wait for connections on which nothing is asked', async () => {
    const malipo = await buildMalipo();
    const address = await listening(malipo);
    const agent = keptAlive();
    await send(address, agent, '/healthz');
    const idle = await bareSocket(address);
    const startedAt = performance.now();
    await malipo.app.close();
    // One that is at work is waited for, for a quarter of a minute.
    expect(performance.now() - startedAt).toBeLessThan(10 * SECOND_MS);
    await until(() => idle.closed());
  });

  test('says so on a connection that is still open: not ready, and no more after this', async () => {
    const { malipo, address, asking, answer } = await collecting();
    const arrived = once(malipo.app.server, 'connection') as Promise<[Socket]>;
    const open = await bareSocket(address);
    const [theirs] = await arrived;
    // Half a request holds the connection while the server begins to close.
    const half = 'GET /readyz HTTP/1.1\r\nHost: x\r\n';
    open.socket.write(half);
    await until(() => theirs.bytesRead === half.length);
    const closing = malipo.app.close();
    await until(() => !malipo.app.server.listening);
    open.socket.write('\r\n');
    await until(() => open.received().includes('UNAVAILABLE') || open.closed());
    const last = open.received().split('HTTP/1.1 ').at(-1)!;
    expect(last).toMatch(/^503 /);
    expect(last.toLowerCase()).toContain('connection: close');
    expect(last).toContain('The server is shutting down');
    answer();
    await asking;
    await closing;
  });
});
