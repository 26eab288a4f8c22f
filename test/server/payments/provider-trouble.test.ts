/** What a customer and a merchant see when a provider misbehaves: doubt is never called a failure, and nothing is sent twice. */
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import type { Submission } from '../../../server/providers/provider.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import { buildMalipo, type TestMalipo } from '../support/build-malipo.ts';
import { rowCounts, rows, walletBalance } from '../support/database.ts';
import { callBack, COLLECT, collect, transaction, verify } from '../support/payments.ts';
import { never, ScriptedProvider } from '../support/scripted-provider.ts';
import { until } from '../support/until.ts';

const AGREED_MINOR = 5_000_000;

async function liveShop(provider: ScriptedProvider) {
  const malipo = await buildMalipo({ live: [provider] });
  return { malipo, ...(await malipo.makeShop({ slug: 'duka' })) };
}

async function submission(malipo: TestMalipo): Promise<unknown> {
  return (await rows(malipo.store, 'SELECT submission, status FROM payments'))[0];
}

test('a provider that never answers leaves the payment pending, and the client has its answer after ten seconds', async () => {
  const provider = new ScriptedProvider().answersCollect(() => never<Submission>());
  const { malipo, liveKey } = await liveShop(provider);
  const asking = malipo.post('/v1/payments/collect', COLLECT, { key: liveKey });
  await until(() => provider.collected.length === 1 && malipo.clock.waiting > 0);
  malipo.clock.advance(10 * SECOND_MS);

  const answer = await asking;
  expect(answer.statusCode).toBe(200);
  expect(answer.json().data).toMatchObject({ status: 'pending', provider_ref: '' });
  expect(await submission(malipo)).toEqual({ submission: 'unknown', status: 'pending' });
});

test.each<[string, () => Promise<Submission> | Submission]>([
  ['throws', () => Promise.reject(new Error('socket hang up'))],
  ['says it does not know', () => ({ kind: 'unknown', reason: '502 Bad Gateway' })],
])('a provider that %s leaves the payment pending; it is asked by our reference and never sent again', async (_does, answer) => {
  const provider = new ScriptedProvider().answersCollect(answer);
  const { malipo, app, liveKey } = await liveShop(provider);
  const reference = await collect(malipo, liveKey);
  expect((await transaction(malipo, liveKey, reference)).status).toBe('pending');
  expect(await submission(malipo)).toEqual({ submission: 'unknown', status: 'pending' });

  provider.answersStatus(() => ({ kind: 'pending', providerRef: 'found' }));
  await malipo.pass(15 * SECOND_MS);
  expect(await submission(malipo)).toEqual({ submission: 'sent', status: 'pending' });
  expect((await transaction(malipo, liveKey, reference)).provider_ref).toBe('found');

  provider.saysCompleted(malipo.clock.now(), { amountMinor: AGREED_MINOR });
  await malipo.pass(15 * SECOND_MS);
  expect((await transaction(malipo, liveKey, reference)).status).toBe('completed');
  expect(await walletBalance(malipo.store, { appId: app.id, mode: 'live' })).toBe(46_000);
  expect(provider.collected.map((request) => request.reference)).toEqual([reference]);
  expect(provider.asked).toEqual([reference, reference]);
});

test('a provider that refuses fails the payment with its reason, and nobody asks about it again', async () => {
  const provider = new ScriptedProvider().answersCollect(() => ({ kind: 'refused', code: 'provider_refused', reason: 'Wallet is barred' }));
  const { malipo, liveKey } = await liveShop(provider);
  const answer = await malipo.post('/v1/payments/collect', COLLECT, { key: liveKey });
  expect(answer.statusCode).toBe(400);
  expect(answer.json()).toEqual({ error: { code: 'PROVIDER_ERROR', message: 'Wallet is barred' }, message: 'Wallet is barred' });

  expect(await rows(malipo.store, 'SELECT status, submission, failure_code, failure_reason FROM payments')).toEqual([
    { status: 'failed', submission: 'refused', failure_code: 'provider_refused', failure_reason: 'Wallet is barred' },
  ]);
  await malipo.pass(10 * DAY_MS);
  expect(provider.asked).toEqual([]);
  expect(await verifyBooks(malipo.store.read)).toEqual([]);
});

test('a refused payment that the provider calls back about is asked about, and credited when it was paid after all', async () => {
  const provider = new ScriptedProvider().answersCollect(() => ({ kind: 'refused', code: 'provider_refused', reason: 'No' }));
  const { malipo, app, liveKey } = await liveShop(provider);
  await malipo.post('/v1/payments/collect', COLLECT, { key: liveKey });
  const { reference } = provider.collected[0]!;

  provider.answersStatus(() => ({ kind: 'pending', providerRef: 'theirs' }));
  await callBack(malipo, reference, { news: 1 });
  await malipo.jobs.runDue();
  expect(await submission(malipo)).toEqual({ submission: 'sent', status: 'failed' });

  // It is followed from then on, without another callback.
  provider.saysCompleted(malipo.clock.now(), { amountMinor: AGREED_MINOR });
  await malipo.pass(5 * HOUR_MS);
  expect((await transaction(malipo, liveKey, reference)).status).toBe('completed');
  expect(await walletBalance(malipo.store, { appId: app.id, mode: 'live' })).toBe(46_000);
});

test('a provider that never got the request fails the payment once that is certain, not before', async () => {
  const provider = new ScriptedProvider()
    .answersCollect(() => ({ kind: 'unknown', reason: 'reset' }))
    .answersStatus(() => ({ kind: 'not_found' }));
  const { malipo, liveKey } = await liveShop(provider);
  const reference = await collect(malipo, liveKey);
  for (const age of [15, 30]) {
    await malipo.pass(15 * SECOND_MS);
    expect(provider.asked, `at ${age} s`).toHaveLength(age / 15);
    expect((await transaction(malipo, liveKey, reference)).status).toBe('pending');
  }
  await malipo.pass(30 * SECOND_MS);
  expect(await transaction(malipo, liveKey, reference)).toMatchObject({
    status: 'failed',
    failure_reason: 'The request did not reach the provider; the customer was not asked',
  });
  expect(await verifyBooks(malipo.store.read)).toEqual([]);
});

test('a server that was held up since its commit asks nobody for money that may be given up already', async () => {
  const provider = new ScriptedProvider();
  const { malipo, liveKey } = await liveShop(provider);
  const { store } = malipo;
  const write = store.write.bind(store);
  store.write = (async (command: Parameters<typeof write>[0]) => {
    const answer = await write(command);
    store.write = write;
    malipo.clock.advance(MINUTE_MS);
    return answer;
  }) as typeof store.write;
  expect((await malipo.post('/v1/payments/collect', COLLECT, { key: liveKey })).json().error.code).toBe('PROVIDER_ERROR');
  expect(provider.collected).toEqual([]);
  expect(await submission(malipo)).toEqual({ submission: 'refused', status: 'failed' });
  expect(await verifyBooks(store.read)).toEqual([]);
});

test('a payment its provider did not know is looked back at, and a success that was queued there counts', async () => {
  const provider = new ScriptedProvider()
    .answersCollect(() => ({ kind: 'unknown', reason: 'reset' }))
    .answersStatus(() => ({ kind: 'not_found' }));
  const { malipo, app, liveKey } = await liveShop(provider);
  const reference = await collect(malipo, liveKey);
  await malipo.pass(MINUTE_MS);
  expect((await transaction(malipo, liveKey, reference)).status).toBe('failed');
  provider.saysCompleted(malipo.clock.now(), { amountMinor: AGREED_MINOR });
  await malipo.pass(5 * HOUR_MS);
  expect((await transaction(malipo, liveKey, reference)).status).toBe('completed');
  expect(await walletBalance(malipo.store, { appId: app.id, mode: 'live' })).toBe(46_000);
  expect(await verifyBooks(malipo.store.read)).toEqual([]);
});

test('a payment the provider acknowledged and then does not find stays pending, and a later success counts', async () => {
  const provider = new ScriptedProvider().answersStatus(() => ({ kind: 'not_found' }));
  const { malipo, app, liveKey } = await liveShop(provider);
  const reference = await collect(malipo, liveKey);
  await malipo.pass(15 * MINUTE_MS);
  expect(provider.asked).not.toEqual([]);
  expect((await transaction(malipo, liveKey, reference)).status).toBe('pending');
  provider.saysCompleted(malipo.clock.now(), { amountMinor: AGREED_MINOR });
  await malipo.pass(15 * MINUTE_MS);
  expect(await walletBalance(malipo.store, { appId: app.id, mode: 'live' })).toBe(46_000);
});

test.each<[string, (provider: ScriptedProvider) => void]>([
  ['throws', (provider) => void provider.answersStatus(() => Promise.reject(new Error('ECONNRESET')))],
  ['answers nothing certain', (provider) => void provider.answersStatus(() => ({ kind: 'unknown', reason: '<html>' }))],
])('a provider that %s when asked does not keep a payment from expiring, nor a client from an answer', async (_does, script) => {
  const provider = new ScriptedProvider();
  script(provider);
  const { malipo, liveKey } = await liveShop(provider);
  const reference = await collect(malipo, liveKey);
  expect((await verify(malipo, liveKey, reference)).status).toBe('pending');
  await malipo.pass(4 * HOUR_MS);
  expect(await transaction(malipo, liveKey, reference)).toMatchObject({ status: 'failed', failure_reason: 'expired' });
});

test('a client that verifies with a provider that hangs is told what we know after ten seconds', async () => {
  const provider = new ScriptedProvider().answersStatus(() => never());
  const { malipo, liveKey } = await liveShop(provider);
  const reference = await collect(malipo, liveKey);
  const asking = malipo.post('/v1/webhooks/verify', { reference }, { key: liveKey });
  await until(() => provider.asked.length === 1 && malipo.clock.waiting > 0);
  malipo.clock.advance(10 * SECOND_MS);
  expect((await asking).json().data).toMatchObject({ reference, status: 'pending' });
});

test('a client that verifies every second asks the provider no more than once in three', async () => {
  const provider = new ScriptedProvider();
  const { malipo, liveKey } = await liveShop(provider);
  const reference = await collect(malipo, liveKey);
  for (let second = 0; second < 9; second++) {
    expect((await malipo.post('/v1/webhooks/verify', { reference }, { key: liveKey })).json().data.status).toBe('pending');
    malipo.clock.advance(SECOND_MS);
  }
  expect(provider.asked).toHaveLength(3);
});

test('a callback that overtakes the answer to collect settles the payment, and the late answer changes nothing', async () => {
  const { promise, resolve } = Promise.withResolvers<Submission>();
  const provider = new ScriptedProvider().answersCollect(() => promise);
  const { malipo, app, liveKey } = await liveShop(provider);
  const asking = malipo.post('/v1/payments/collect', COLLECT, { key: liveKey });
  await until(() => provider.collected.length === 1);
  const { reference } = provider.collected[0]!;

  provider.saysCompleted(malipo.clock.now(), { amountMinor: AGREED_MINOR });
  await callBack(malipo, reference);
  await malipo.jobs.runDue();
  expect((await transaction(malipo, liveKey, reference)).status).toBe('completed');
  resolve({ kind: 'unknown', reason: 'the answer was lost' });

  expect((await asking).json().data).toMatchObject({ reference, status: 'completed', provider_ref: `their-${reference}` });
  expect(await submission(malipo)).toEqual({ submission: 'sent', status: 'completed' });
  expect(await walletBalance(malipo.store, { appId: app.id, mode: 'live' })).toBe(46_000);
});

test('a payment given up as never sent is followed again when its provider acknowledges it after all', async () => {
  const { promise, resolve } = Promise.withResolvers<Submission>();
  const provider = new ScriptedProvider().answersCollect(() => promise).answersStatus(() => ({ kind: 'not_found' }));
  const { malipo, app, liveKey } = await liveShop(provider);
  const asking = malipo.post('/v1/payments/collect', COLLECT, { key: liveKey });
  await until(() => provider.collected.length === 1);
  const { reference } = provider.collected[0]!;
  provider.notFoundIsFinalAfterMs = SECOND_MS;
  malipo.clock.advance(2 * SECOND_MS);
  await callBack(malipo, reference);
  await malipo.jobs.runDue();
  expect(await submission(malipo)).toEqual({ submission: 'unknown', status: 'failed' });

  resolve({ kind: 'accepted', providerRef: 'theirs' });
  expect((await asking).json().data).toMatchObject({ status: 'failed', provider_ref: 'theirs' });
  provider.saysCompleted(malipo.clock.now(), { amountMinor: AGREED_MINOR });
  await malipo.pass(5 * HOUR_MS);
  expect((await transaction(malipo, liveKey, reference)).status).toBe('completed');
  expect(await walletBalance(malipo.store, { appId: app.id, mode: 'live' })).toBe(46_000);
});

test('a card’s client secret survives a callback that comes before the answer to collect is written', async () => {
  const provider = new ScriptedProvider('stripe').answersCollect(() => ({ kind: 'accepted', providerRef: 'pi_1', clientSecret: 'pi_1_secret_2' }));
  const { malipo, liveKey } = await liveShop(provider);
  const body = { amount: 19.99, currency: 'USD', provider: 'stripe' };
  const answered = await malipo.post('/v1/payments/collect', body, { key: liveKey });
  expect(answered.json().data).toMatchObject({ amount: 19.99, client_secret: 'pi_1_secret_2', phone_number: '' });
  await malipo.store.write((tx) => tx.run({ text: `UPDATE payments SET submission = 'sending'` }));
  provider.answersStatus(() => ({ kind: 'pending', providerRef: 'pi_1' }));
  await callBack(malipo, answered.json().data.reference, {}, 'stripe');
  await malipo.jobs.runDue();
  expect(await rows(malipo.store, 'SELECT client_secret, submission FROM payments')).toEqual([{ client_secret: 'pi_1_secret_2', submission: 'sent' }]);
});

test('a provider that loses its credentials here leaves its payments pending until they are back', async () => {
  const provider = new ScriptedProvider();
  const { malipo, app, liveKey } = await liveShop(provider);
  const reference = await collect(malipo, liveKey);
  await malipo.close();

  const without = await buildMalipo({ databaseUrl: malipo.databaseUrl, clock: malipo.clock });
  await without.pass(HOUR_MS);
  expect((await verify(without, liveKey, reference)).status).toBe('pending');
  const refused = await without.post('/v1/payments/collect', COLLECT, { key: liveKey });
  expect(refused.json().error.code).toBe('PROVIDER_ERROR');
  await without.close();

  const again = await buildMalipo({ databaseUrl: malipo.databaseUrl, clock: malipo.clock, live: [provider.saysCompleted(malipo.clock.now(), { amountMinor: AGREED_MINOR })] });
  await again.pass(15 * MINUTE_MS);
  expect(await walletBalance(again.store, { appId: app.id, mode: 'live' })).toBe(46_000);
  expect(await rowCounts(again.store)).toMatchObject({ payments: 1 });
});

test('a refusal that a verified success has overtaken is not told: whoever hears of a failure pays again', async () => {
  let refuse: (submission: Submission) => void = () => undefined;
  const provider = new ScriptedProvider().answersCollect(() => new Promise((resolve) => (refuse = resolve)));
  const { malipo, app, liveKey } = await liveShop(provider);
  const asking = malipo.post('/v1/payments/collect', COLLECT, { key: liveKey });
  await until(() => provider.collected.length === 1);
  provider.saysCompleted(malipo.clock.now(), { amountMinor: AGREED_MINOR });
  await callBack(malipo, provider.collected[0]!.reference);
  await malipo.jobs.runDue();

  refuse({ kind: 'refused', code: 'failed', reason: 'Busy' });
  const answer = await asking;
  expect([answer.statusCode, answer.json().data?.status]).toEqual([200, 'completed']);
  expect(await walletBalance(malipo.store, { appId: app.id, mode: 'live' })).toBe(46_000);
});

test.each([Number.NaN, 0.5])('a success at a time that cannot be read (%d) is taken for no answer', async (at) => {
  const provider = new ScriptedProvider().saysCompleted(at, { amountMinor: AGREED_MINOR });
  const { malipo, liveKey } = await liveShop(provider);
  const reference = await collect(malipo, liveKey);
  expect((await verify(malipo, liveKey, reference)).status).toBe('pending');
  await malipo.pass(5 * HOUR_MS);
  expect((await transaction(malipo, liveKey, reference)).failure_reason).toBe('expired');
});
