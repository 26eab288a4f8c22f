/** What providers tell us: evidence, stored once, acted on by asking; never believed. */
import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { deriveKey } from '../../../server/access/server-secret.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import type { ProviderStatus } from '../../../server/providers/provider.ts';
import { buildMalipo, type TestMalipo } from '../support/build-malipo.ts';
import { rowCounts, rows, walletBalance } from '../support/database.ts';
import { callBack, collect, transaction } from '../support/payments.ts';
import { until } from '../support/until.ts';
import { never, PROVIDER_TOKEN, PROVIDER_TOKEN_HEADER, ScriptedProvider } from '../support/scripted-provider.ts';

async function liveShop(provider: ScriptedProvider) {
  const malipo = await buildMalipo({ live: [provider] });
  return { malipo, ...(await malipo.makeShop({ slug: 'duka' })) };
}

/** Nobody follows it: only a callback makes its provider be asked. */
async function refusedPayment() {
  const provider = new ScriptedProvider().answersCollect(() => ({ kind: 'refused', code: 'failed', reason: 'No' })).answersStatus(() => ({ kind: 'not_found' }));
  const shop = await liveShop(provider);
  await shop.malipo.post('/v1/payments/collect', { amount: 50_000, currency: 'UGX', phone_number: '256772123456' }, { key: shop.liveKey });
  return { ...shop, provider, reference: provider.collected[0]!.reference };
}

/** As the sandbox signs: the key is derived from the server's secret, which this test knows. */
function signed(body: string): Record<string, string> {
  const key = deriveKey(Buffer.alloc(32, 7), 'sandbox');
  return { 'content-type': 'application/json', 'x-sandbox-signature': createHmac('sha256', key).update(body).digest('hex') };
}

function send(malipo: TestMalipo, body: string, headers: Record<string, string>, slug = 'sandbox') {
  return malipo.inject({ method: 'POST', url: `/v1/webhooks/${slug}`, payload: body, headers });
}

test('duplicated and reordered callbacks are stored once each, all processed, and credit once', async () => {
  const malipo = await buildMalipo();
  const { app, testKey } = await malipo.makeShop({ slug: 'duka' });
  const reference = await collect(malipo, testKey, { phone_number: '256772100007' });
  await malipo.pass(3 * SECOND_MS);

  const stored = await rows<{ body: string; processed_at: number | null }>(malipo.store, 'SELECT provider, reference, body, processed_at FROM provider_callbacks ORDER BY id');
  expect(stored).toMatchObject([
    { provider: 'sandbox', reference, processed_at: malipo.clock.now() },
    { provider: 'sandbox', reference, processed_at: malipo.clock.now() },
    { provider: 'sandbox', reference, processed_at: malipo.clock.now() },
  ]);
  expect(stored.map(({ body }) => (JSON.parse(body) as { status: string }).status)).toEqual(['completed', 'pending', 'completed']);
  expect(await walletBalance(malipo.store, { appId: app.id })).toBe(46_000);
  expect(await rowCounts(malipo.store)).toMatchObject({ ledger_transfers: 1 });
  expect(await verifyBooks(malipo.store.read)).toEqual([]);
});

test('the same callback heard ten times at once is stored once and answered 200 each time', async () => {
  const provider = new ScriptedProvider();
  const { malipo, liveKey } = await liveShop(provider);
  const reference = await collect(malipo, liveKey);
  const answers = await Promise.all(Array.from({ length: 10 }, () => callBack(malipo, reference, { status: 'completed' })));
  expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(10).fill(200));
  expect(await rowCounts(malipo.store)).toMatchObject({ provider_callbacks: 1 });
  await malipo.jobs.runDue();
  expect(provider.asked).toHaveLength(1);
});

test('a callback that lies about success credits nothing: the provider is asked and denies it', async () => {
  const provider = new ScriptedProvider().answersStatus(() => ({ kind: 'failed', code: 'declined', reason: 'Declined' }));
  const { malipo, app, liveKey } = await liveShop(provider);
  const reference = await collect(malipo, liveKey);
  await callBack(malipo, reference, { status: 'completed', amount: 50_000 });
  await malipo.jobs.runDue();
  expect(await transaction(malipo, liveKey, reference)).toMatchObject({ status: 'failed', failure_reason: 'Declined' });
  expect(await walletBalance(malipo.store, { appId: app.id, mode: 'live' })).toBe(0);
});

test.each<[string, Record<string, string>]>([
  ['unsigned', {}],
  ['signed with a wrong token', { [PROVIDER_TOKEN_HEADER]: `${PROVIDER_TOKEN}!` }],
])('a callback that is %s is 401 and nothing is stored', async (_how, headers) => {
  const { malipo, liveKey } = await liveShop(new ScriptedProvider());
  const reference = await collect(malipo, liveKey);
  const before = await rowCounts(malipo.store);
  const answer = await malipo.post('/v1/webhooks/iotec', { reference }, { headers });
  expect(answer.statusCode).toBe(401);
  expect(answer.json().error.code).toBe('AUTHENTICATION_ERROR');
  expect(await rowCounts(malipo.store)).toEqual(before);
});

test.each<[string, (body: string) => Record<string, string>]>([
  ['without a signature', () => ({})],
  ['with another body’s signature', () => signed('{"reference":"other"}')],
  ['with half a signature', (body) => ({ ...signed(body), 'x-sandbox-signature': signed(body)['x-sandbox-signature']!.slice(0, 32) })],
  ['with a signature in capitals', (body) => ({ ...signed(body), 'x-sandbox-signature': signed(body)['x-sandbox-signature']!.toUpperCase() })],
])('a sandbox callback %s is 401 and nothing is stored', async (_how, headers) => {
  const malipo = await buildMalipo();
  const before = await rowCounts(malipo.store);
  const body = JSON.stringify({ reference: 'dgw_x' });
  const answer = await send(malipo, body, headers(body));
  expect(answer.statusCode).toBe(401);
  expect(await rowCounts(malipo.store)).toEqual(before);
});

test('a rightly signed callback is taken whatever its content type, and about a payment nobody knows, too', async () => {
  const malipo = await buildMalipo();
  const body = JSON.stringify({ reference: 'dgw_unknown' });
  for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'application/octet-stream']) {
    const answer = await send(malipo, body, { ...signed(body), 'content-type': type });
    expect([answer.statusCode, answer.json()], type).toEqual([200, { received: true }]);
  }
  await malipo.jobs.runDue();
  expect(await rows(malipo.store, 'SELECT reference, processed_at FROM provider_callbacks')).toEqual([
    { reference: 'dgw_unknown', processed_at: malipo.clock.now() },
  ]);
});

test.each(['mpesa', 'relworx', 'constructor', '__proto__', '%F0%9F%92%B0'])('callbacks for the provider %s, which is not here, are 404', async (slug) => {
  const malipo = await buildMalipo();
  const before = await rowCounts(malipo.store);
  const answer = await send(malipo, '{}', {}, slug);
  expect(answer.statusCode).toBe(404);
  expect(answer.json().error.code).toBe('NOT_FOUND');
  expect(await rowCounts(malipo.store)).toEqual(before);
});

test('a callback of one provider about a payment of another only makes us ask the right one', async () => {
  const [iotec, stripe] = [new ScriptedProvider('iotec'), new ScriptedProvider('stripe')];
  const malipo = await buildMalipo({ live: [iotec, stripe] });
  const { liveKey } = await malipo.makeShop({ slug: 'duka' });
  const reference = await collect(malipo, liveKey);
  stripe.saysCompleted(malipo.clock.now(), { amountMinor: 5_000_000 });
  await callBack(malipo, reference, {}, 'stripe');
  await malipo.jobs.runDue();
  expect([iotec.asked, stripe.asked]).toEqual([[reference], []]);
  expect((await transaction(malipo, liveKey, reference)).status).toBe('pending');
});

test('a callback about a closed payment is not used up by a provider that does not answer', async () => {
  const provider = new ScriptedProvider().answersStatus(() => ({ kind: 'failed', code: 'declined', reason: 'Declined' }));
  const { malipo, app, liveKey } = await liveShop(provider);
  const reference = await collect(malipo, liveKey);
  await malipo.pass(15 * SECOND_MS);
  expect((await transaction(malipo, liveKey, reference)).status).toBe('failed');

  provider.answersStatus(() => ({ kind: 'unknown', reason: '503' }));
  await callBack(malipo, reference, { status: 'completed' });
  await malipo.jobs.runDue();
  expect(await rows(malipo.store, 'SELECT processed_at FROM provider_callbacks')).toEqual([{ processed_at: null }]);
  provider.saysCompleted(malipo.clock.now(), { amountMinor: 5_000_000 });
  await malipo.pass(MINUTE_MS);
  expect((await transaction(malipo, liveKey, reference)).status).toBe('completed');
  expect(await walletBalance(malipo.store, { appId: app.id, mode: 'live' })).toBe(46_000);
});

test('a provider that repeats a callback, word for word, is asked again: it may not have known the first time', async () => {
  const { malipo, provider, app, liveKey, reference } = await refusedPayment();
  for (let burst = 0; burst < 3; burst++) {
    expect((await callBack(malipo, reference)).statusCode).toBe(200);
    await malipo.jobs.runDue();
  }
  expect(provider.asked).toHaveLength(1);
  provider.saysCompleted(malipo.clock.now(), { amountMinor: 5_000_000 });
  malipo.clock.advance(MINUTE_MS);
  await callBack(malipo, reference);
  await malipo.jobs.runDue();
  expect((await transaction(malipo, liveKey, reference)).status).toBe('completed');
  expect(await walletBalance(malipo.store, { appId: app.id, mode: 'live' })).toBe(46_000);
  expect(await rowCounts(malipo.store)).toMatchObject({ provider_callbacks: 1 });
  expect(await verifyBooks(malipo.store.read)).toEqual([]);
});

test('the last callback of a burst is acted on too, half a minute after the first', async () => {
  const { malipo, provider, liveKey, reference } = await refusedPayment();
  await callBack(malipo, reference);
  await malipo.jobs.runDue();
  provider.saysCompleted(malipo.clock.now(), { amountMinor: 5_000_000 });
  await callBack(malipo, reference);
  await malipo.pass(29 * SECOND_MS);
  expect(provider.asked).toHaveLength(1);
  await malipo.pass(SECOND_MS);
  expect((await transaction(malipo, liveKey, reference)).status).toBe('completed');
});

test('a callback that is repeated while its provider is asked is acted on again', async () => {
  const { promise, resolve } = Promise.withResolvers<ProviderStatus>();
  const { malipo, provider, app, reference } = await refusedPayment();
  provider.answersStatus(() => promise);
  await callBack(malipo, reference);
  const acting = malipo.jobs.runDue();
  await until(() => provider.asked.length === 1);
  await callBack(malipo, reference);
  resolve({ kind: 'failed', code: 'failed', reason: 'No' });
  await acting;
  provider.saysCompleted(malipo.clock.now(), { amountMinor: 5_000_000 });
  await malipo.pass(30 * SECOND_MS);
  expect(await walletBalance(malipo.store, { appId: app.id, mode: 'live' })).toBe(46_000);
  expect(await rowCounts(malipo.store)).toMatchObject({ provider_callbacks: 1 });
});

const CHARGED_BACK: ProviderStatus = { kind: 'reversed', providerRef: 'theirs', amountMinor: 5_000_000, currency: 'UGX', at: 0, reason: 'Charged back' };

test('a callback in the words of the one that announced the payment takes it back, when that is what the provider says', async () => {
  const provider = new ScriptedProvider();
  const { malipo, app, liveKey } = await liveShop(provider);
  const reference = await collect(malipo, liveKey);
  provider.saysCompleted(malipo.clock.now(), { amountMinor: 5_000_000 });
  await callBack(malipo, reference);
  await malipo.jobs.runDue();
  malipo.clock.advance(DAY_MS);
  provider.answersStatus(() => CHARGED_BACK);
  await callBack(malipo, reference);
  await malipo.jobs.runDue();
  expect(await walletBalance(malipo.store, { appId: app.id, mode: 'live' })).toBe(0);
  expect(await verifyBooks(malipo.store.read)).toEqual([]);
});

test('a callback that came before the answer that completes its payment is asked about all the same: the answer may be older', async () => {
  const { promise, resolve } = Promise.withResolvers<ProviderStatus>();
  const provider = new ScriptedProvider().answersStatus(() => promise);
  const { malipo, app, liveKey } = await liveShop(provider);
  const reference = await collect(malipo, liveKey);
  const asking = malipo.post('/v1/webhooks/verify', { reference }, { key: liveKey });
  await until(() => provider.asked.length === 1);
  await callBack(malipo, reference);
  malipo.clock.advance(SECOND_MS);
  resolve({ ...CHARGED_BACK, kind: 'completed', at: malipo.clock.now() });
  await asking;
  provider.answersStatus(() => CHARGED_BACK);
  await malipo.jobs.runDue();
  expect(await transaction(malipo, liveKey, reference)).toHaveProperty('reversed_at');
  expect(await walletBalance(malipo.store, { appId: app.id, mode: 'live' })).toBe(0);
});

test('a callback whose provider stays silent for a day is left to the look-backs', async () => {
  const provider = new ScriptedProvider().answersStatus(() => ({ kind: 'failed', code: 'declined', reason: 'Declined' }));
  const { malipo, liveKey } = await liveShop(provider);
  const reference = await collect(malipo, liveKey);
  await malipo.pass(15 * SECOND_MS);
  provider.answersStatus(() => ({ kind: 'unknown', reason: '503' }));
  await callBack(malipo, reference);
  await malipo.jobs.runDue();
  await malipo.pass(DAY_MS);
  expect(await rows(malipo.store, 'SELECT processed_at FROM provider_callbacks')).toEqual([{ processed_at: malipo.clock.now() }]);
});

test('a callback is answered before its provider is asked, however long that takes', async () => {
  const provider = new ScriptedProvider().answersStatus(() => never());
  const { malipo, liveKey } = await liveShop(provider);
  const reference = await collect(malipo, liveKey);
  expect((await callBack(malipo, reference)).statusCode).toBe(200);
  expect(provider.asked).toEqual([]);
});

test('processed callbacks are kept for ninety days', async () => {
  const { malipo, liveKey } = await liveShop(new ScriptedProvider());
  await callBack(malipo, await collect(malipo, liveKey));
  await malipo.jobs.runDue();
  await malipo.pass(90 * DAY_MS);
  expect(await rowCounts(malipo.store)).toMatchObject({ provider_callbacks: 1 });
  await malipo.pass(DAY_MS);
  expect(await rowCounts(malipo.store)).toMatchObject({ provider_callbacks: 0 });
});
