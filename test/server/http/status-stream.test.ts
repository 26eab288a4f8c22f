import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { HOUR_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { StatusHub } from '../../../server/events/status-hub.ts';
import { StatusStreams } from '../../../server/http/checkout/status-streams.ts';
import type { Payment } from '../../../server/payments/payment.ts';
import { buildMalipo } from '../support/build-malipo.ts';
import { listening, listeningServer, openStream } from '../support/event-stream.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { collect, PHONE, verify } from '../support/payments.ts';
import { expectV1Refusal } from '../support/refusals.ts';
import { ScriptedProvider } from '../support/scripted-provider.ts';
import { until } from '../support/until.ts';

const HEARTBEAT_MS = 15 * SECOND_MS;

async function streaming(body: object = {}) {
  const malipo = await buildMalipo();
  const { testKey } = await malipo.makeShop({ slug: 'duka' });
  const reference = await collect(malipo, testKey, body);
  return { malipo, testKey, reference, address: await listening(malipo) };
}

test('a stream begins with the present state, then tells each change with a rising id, and ends with the last', async () => {
  const { malipo, reference, address } = await streaming();
  const stream = await openStream(address, reference);
  const [first] = await stream.next(1);
  expect(first).toEqual({ id: '1', data: (await malipo.get(`/api/store/status/${reference}`)).json() });
  expect(first!.data).toMatchObject({ data: { status: 'pending' } });

  await malipo.pass(3 * SECOND_MS);
  await until(() => stream.ended());
  const [, last, ...more] = stream.events();
  expect(more).toEqual([]);
  expect(last).toEqual({ id: '2', data: (await malipo.get(`/api/store/status/${reference}`)).json() });
  expect(last!.data).toMatchObject({ data: { status: 'completed' } });
});

test('a late success is told to a stream opened after the payment expired', async () => {
  const provider = new ScriptedProvider();
  const malipo = await buildMalipo({ live: [provider] });
  const { liveKey } = await malipo.makeShop({ slug: 'duka' });
  const reference = await collect(malipo, liveKey);
  await malipo.pass(4 * HOUR_MS);
  const address = await listening(malipo);
  const expired = await openStream(address, reference);
  await until(() => expired.ended());
  expect(expired.events()).toMatchObject([{ id: '2', data: { data: { status: 'expired', failure_code: 'expired' } } }]);

  provider.saysCompleted(malipo.clock.now(), { amountMinor: 5_000_000 });
  await verify(malipo, liveKey, reference);
  const completed = await openStream(address, reference);
  await until(() => completed.ended());
  expect(completed.events()).toMatchObject([{ id: '3', data: { data: { status: 'completed', failure_code: '' } } }]);
});

test('its headers keep proxies and caches from holding events back, and let any page read it', async () => {
  const { reference, address } = await streaming();
  const stream = await openStream(address, reference, { origin: 'https://shop.example' });
  expect(stream.status).toBe(200);
  expect(stream.headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    // One that is sent twice arrives as both, after another.
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
    'access-control-allow-origin': 'https://shop.example',
  });
  expect(stream.headers['content-length']).toBeUndefined();
  await stream.next(1);
  expect(stream.text()).toMatch(/^retry: \d+\n\n/);
});

test('a heartbeat is heard every fifteen seconds as long as nothing else happens', async () => {
  const { malipo, reference, address } = await streaming({ phone_number: '256772100004' });
  const [one, other] = [await openStream(address, reference), await openStream(address, reference)];
  for (const stream of [one, other]) await stream.next(1);
  malipo.clock.advance(HEARTBEAT_MS - 1);
  malipo.clock.advance(1);
  malipo.clock.advance(HEARTBEAT_MS);
  for (const stream of [one, other]) {
    const events = await stream.next(3);
    expect(events.slice(1)).toEqual([
      { event: 'heartbeat', data: {} },
      { event: 'heartbeat', data: {} },
    ]);
    // No id: a reconnecting browser must not take a heartbeat for news.
    expect(stream.ended()).toBe(false);
  }
});

test('when nobody listens any more no timer is left and nothing is watched', async () => {
  const { malipo, reference, address } = await streaming({ phone_number: '256772100004' });
  // With other servers on its database, one looks now and then what it missed of them.
  const before = malipo.clock.waiting;
  const stream = await openStream(address, reference);
  await stream.next(1);
  expect(malipo.clock.waiting).toBe(before + 1);
  stream.close();
  // The last beat finds nobody and stops.
  await until(() => {
    malipo.clock.advance(HEARTBEAT_MS);
    return malipo.clock.waiting === before;
  });
});

test('no change is lost that is committed while the stream opens', async () => {
  const malipo = await buildMalipo();
  const { testKey } = await malipo.makeShop({ slug: 'duka' });
  const address = await listening(malipo);
  for (let round = 0; round < 20; round++) {
    const reference = await collect(malipo, testKey);
    malipo.clock.advance(3 * SECOND_MS);
    const [stream] = await Promise.all([openStream(address, reference), malipo.jobs.runDue()]);
    await until(() => stream.ended());
    const statuses = stream.events().map(({ data }) => (data!.data as { status: string }).status);
    expect([['completed'], ['pending', 'completed']]).toContainEqual(statuses);
  }
});

test('a hundred streams of one payment all hear of its end', async () => {
  const { malipo, reference, address } = await streaming();
  const streams = await Promise.all(Array.from({ length: 100 }, () => openStream(address, reference)));
  await Promise.all(streams.map((stream) => stream.next(1)));
  await malipo.pass(3 * SECOND_MS);
  await until(() => streams.every((stream) => stream.ended()));
  for (const stream of streams) expect(stream.events().map(({ id }) => id)).toEqual(['1', '2']);
});

test('a snapshot is printed once for all who watch', async () => {
  const hub = new StatusHub<Payment>();
  const payment = { reference: 'dgw_1', version: 1, status: 'pending' } as Payment;
  let printed = 0;
  const streams = new StatusStreams({ hub, clock: new ManualClock() });
  const server = createServer((_request, response) => {
    const watched = { reference: 'dgw_1', address: '127.0.0.1', read: async () => payment, show: () => `{"data":{"printed":${++printed}}}` };
    void streams.stream(response, {}, watched);
  });
  const address = await listeningServer(server);
  const opened = await Promise.all(Array.from({ length: 20 }, () => openStream(address, 'dgw_1')));
  await Promise.all(opened.map((stream) => stream.next(1)));
  hub.publish({ ...payment, version: 2 });
  await Promise.all(opened.map((stream) => stream.next(2)));
  expect(printed).toBe(2);
});

test('a buyer who left before the stream began holds no place', async () => {
  const hub = new StatusHub<Payment>();
  const streams = new StatusStreams({ hub, clock: new ManualClock() });
  const payment = { reference: 'dgw_1', version: 1, status: 'pending' } as Payment;
  const { promise: streamed, resolve } = Promise.withResolvers<void>();
  const server = createServer(async (request, response) => {
    request.destroy();
    await once(response, 'close');
    await streams.stream(response, {}, { reference: 'dgw_1', address: '127.0.0.1', read: () => Promise.resolve(payment), show: () => '' });
    resolve();
  });
  await expect(openStream(await listeningServer(server), 'dgw_1')).rejects.toThrow();
  await streamed;
  expect(streams.open).toBe(0);
});

test('one address may open its share of streams and no more until one of them ends; another address is not kept waiting', async () => {
  const malipo = await buildMalipo({ env: { RATE_LIMIT_FACTOR: '0.003', TRUST_PROXY: 'true' } });
  const { testKey } = await malipo.makeShop({ slug: 'duka' });
  const reference = await collect(malipo, testKey, { phone_number: '256772100004' });
  const address = await listening(malipo);
  const from = (ip: string) => openStream(address, reference, { 'x-forwarded-for': ip });
  const turn = async () => malipo.clock.advance(60 * SECOND_MS);
  const streams = [];
  for (let each = 0; each < 3; each++) {
    streams.push(await from('203.0.113.7'));
    await turn();
  }
  const refused = await from('203.0.113.7');
  expect([refused.status, refused.headers['retry-after']]).toEqual([429, '10']);
  expect((await from('203.0.113.8')).status).toBe(200);
  streams[0]!.close();
  await until(async () => {
    await turn();
    return (await from('203.0.113.7')).status === 200;
  });
});

test('a stream carries no phone number and no secret', async () => {
  const malipo = await buildMalipo();
  const { testKey } = await malipo.makeShop({ slug: 'duka' });
  const card = await malipo.post('/v1/payments/collect', { amount: 5, currency: 'USD', phone_number: PHONE, metadata: { hush: 'hush' } }, { key: testKey });
  const { reference, client_secret } = card.json().data as { reference: string; client_secret: string };
  const stream = await openStream(await listening(malipo), reference);
  await stream.next(1);
  for (const hidden of [PHONE, PHONE.slice(3), client_secret, 'hush', testKey]) expect(stream.text()).not.toContain(hidden);
});

test('a stream that names the last id it saw is given the present state again', async () => {
  const { reference, address } = await streaming({ phone_number: '256772100004' });
  const stream = await openStream(address, reference, { 'last-event-id': '1' });
  expect(await stream.next(1)).toMatchObject([{ id: '1', data: { data: { status: 'pending' } } }]);
});

test('an unknown reference is a JSON 404 although a stream was asked for', async () => {
  const malipo = await buildMalipo();
  expectV1Refusal(await malipo.get('/api/store/status/dgw_unknown', { headers: { accept: 'text/event-stream' } }), 'NOT_FOUND');
});

test('HEAD is answered and not left waiting for events', async () => {
  const { malipo, reference } = await streaming();
  const answer = await malipo.inject({ method: 'HEAD', url: `/api/store/status/${reference}`, headers: { accept: 'text/event-stream' } });
  expect([answer.statusCode, answer.headers['content-type'], answer.body]).toEqual([200, 'application/json; charset=utf-8', '']);
});

test('without that Accept header the same address answers once, uncached', async () => {
  const { malipo, reference } = await streaming();
  for (const accept of ['*/*', 'application/json', '']) {
    const answer = await malipo.get(`/api/store/status/${reference}`, { headers: { accept } });
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers.vary).toContain('Accept');
    expect(answer.headers.vary).toContain('Origin');
  }
});

test('closing the server ends every stream, tells each when to come back, and leaves nothing of them behind', async () => {
  const { malipo, reference, address } = await streaming({ phone_number: '256772100004' });
  const streams = await Promise.all([1, 2, 3].map(() => openStream(address, reference)));
  await Promise.all(streams.map((stream) => stream.next(1)));
  await malipo.close();
  await until(() => streams.every((stream) => stream.ended()));
  for (const stream of streams) expect(stream.text()).toMatch(/retry: \d+\n\n$/);
  expect(malipo.clock.waiting).toBe(0);
});
