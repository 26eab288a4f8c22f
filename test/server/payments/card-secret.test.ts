/** What a card is paid by: the client secret survives a lost answer and a reload, and is worth nothing once time is over. */
import { expect, onTestFinished, test } from 'vitest';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import { overHttp } from '../../simulators/http-shell.ts';
import { STRIPE, StripeSimulator } from '../../simulators/stripe/stripe.ts';
import { buildMalipo, type TestMalipo } from '../support/build-malipo.ts';
import { rowCounts } from '../support/database.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { transaction } from '../support/payments.ts';

const INTENTS = /^\/v1\/payment_intents/;
const CREATE = /^\/v1\/payment_intents$/;

/** A guide for 19.99 dollars in a shop; every start of it is the same attempt. */
async function guideIn(malipo: TestMalipo) {
  const shop = await malipo.makeShop({ slug: 'duka' });
  await malipo.items.createProduct({ appId: shop.app.id, name: 'Guide', slug: 'guide', currency: 'USD', amount: 19.99 });
  const start = async () => {
    const answer = await malipo.post('/api/store/guide/pay', { method: 'card' }, { idempotencyKey: 'one attempt' });
    expect(answer.statusCode, answer.body).toBe(201);
    return { ...(answer.json().data as { reference: string; client_secret: string; stripe_publishable_key: string }), replayed: answer.headers['idempotent-replayed'] };
  };
  return { malipo, ...shop, start, read: async (reference: string) => (await malipo.get(`/api/store/status/${reference}`)).json().data as { status: string } };
}

async function withStripe(env: Record<string, string> = {}) {
  const clock = new ManualClock();
  const simulator = new StripeSimulator({ clock });
  const shell = await overHttp(simulator);
  onTestFinished(() => shell.close());
  const keys = { STRIPE_SECRET_KEY: STRIPE.secretKey, STRIPE_PUBLISHABLE_KEY: STRIPE.publishableKey, STRIPE_WEBHOOK_SECRET: STRIPE.webhookSecret };
  const guide = await guideIn(await buildMalipo({ clock, env: { ...keys, STRIPE_BASE_URL: shell.url, ...env } }));
  return {
    ...guide,
    clock,
    simulator,
    line: shell.line,
    intents: () => simulator.books.movements,
    asked: () => shell.line.requests.filter(({ method }) => method === 'GET').length,
    bankSaysNo: () => simulator.answerChallenge(simulator.books.movements[0]!.id, false),
    pays: (number = '4242424242424242') => {
      const { id } = simulator.books.movements[0]!;
      const body = new URLSearchParams({ key: STRIPE.publishableKey, client_secret: simulator.secretOf(id), 'payment_method_data[type]': 'card', 'payment_method_data[card][number]': number, return_url: 'https://shop.example/back' });
      return simulator.handle({ method: 'POST', path: `/v1/payment_intents/${id}/confirm`, query: new URLSearchParams(), headers: {}, body: body.toString() }).status;
    },
  };
}

test('a first answer that Stripe was too slow for has no secret, and the same request again has it, with one intent', async () => {
  const { start, line, intents, simulator } = await withStripe();
  line.next(CREATE, { kind: 'does_and_resets' });
  const first = await start();
  expect(first).toMatchObject({ client_secret: '', stripe_publishable_key: '', replayed: undefined });
  expect(await start()).toEqual({ ...first, client_secret: simulator.secretOf(intents()[0]!.id), stripe_publishable_key: STRIPE.publishableKey, replayed: 'true' });
  expect(intents()).toHaveLength(1);
});

test('a secret that was learnt meanwhile is answered without asking', async () => {
  const { malipo, start, line, asked } = await withStripe();
  line.next(CREATE, { kind: 'does_and_resets' });
  await start();
  await malipo.pass(15 * SECOND_MS);
  const known = asked();
  expect((await start()).client_secret).toMatch(/^pi_.*_secret_/);
  expect(asked()).toBe(known);
});

test('asking again and again asks Stripe once in three seconds', async () => {
  const { clock, start, line, asked } = await withStripe();
  line.plan = ({ path }) => (INTENTS.test(path) ? { kind: 'resets' } : undefined);
  const secrets = [await start(), await start(), await start()].map((started) => started.client_secret);
  expect(secrets).toEqual(['', '', '']);
  expect(asked()).toBe(1);
  clock.advance(3 * SECOND_MS);
  await start();
  expect(asked()).toBe(2);
});

test('an intent that was never made stays without a secret, and its replay still names the payment', async () => {
  const { start, line, intents, read } = await withStripe();
  line.next(CREATE, { kind: 'resets' });
  const first = await start();
  expect(await start()).toEqual({ ...first, replayed: 'true' });
  expect((await read(first.reference)).status).toBe('pending');
  expect(intents()).toHaveLength(0);
});

test('a replay that finds the payment paid answers as before, and the payment is completed', async () => {
  const { malipo, start, line, pays, read } = await withStripe();
  line.next(CREATE, { kind: 'does_and_resets' });
  const first = await start();
  pays();
  expect(await start()).toEqual({ ...first, replayed: 'true' });
  expect((await read(first.reference)).status).toBe('completed');
  expect(await rowCounts(malipo.store)).toMatchObject({ payments: 1, ledger_transfers: 1 });
});

test('after a reload the secret is there again, and of a completed payment Stripe is asked nothing', async () => {
  const { malipo, clock, start, pays, asked, read } = await withStripe();
  const first = await start();
  expect(await start()).toEqual({ ...first, replayed: 'true' });
  expect(asked()).toBe(0);
  pays();
  await malipo.pass(15 * SECOND_MS);
  expect((await read(first.reference)).status).toBe('completed');
  clock.advance(MINUTE_MS);
  const known = asked();
  expect((await start()).reference).toBe(first.reference);
  expect(asked()).toBe(known);
});

test('the sandbox’s secret is there after a reload too', async () => {
  const { start } = await guideIn(await buildMalipo());
  const first = await start();
  expect(first).toMatchObject({ client_secret: expect.stringMatching(/^pi_sandbox_.*_secret_/), stripe_publishable_key: 'pk_test_sandbox' });
  expect(await start()).toEqual({ ...first, replayed: 'true' });
});

test('a client of v1 is told the lost secret as well', async () => {
  const { malipo, testKey, line, simulator, intents } = await withStripe();
  line.next(CREATE, { kind: 'does_and_resets' });
  const collect = async () => (await malipo.post('/v1/payments/collect', { amount: 5, currency: 'USD' }, { key: testKey, idempotencyKey: 'k' })).json().data as { client_secret: string };
  expect((await collect()).client_secret).toBe('');
  expect((await collect()).client_secret).toBe(simulator.secretOf(intents()[0]!.id));
});

test.each([
  ['nobody tried: it expired', null, { status: 'expired', failure_code: 'expired' }],
  ['a card was declined: that is why it failed', '4000000000009995', { status: 'failed', failure_code: 'insufficient_funds' }],
])('an intent is cancelled when time is over, and its secret pays nothing any more; %s', async (_name, tried, expected) => {
  const { malipo, start, pays, intents, read, testKey } = await withStripe();
  const { reference } = await start();
  if (tried !== null) pays(tried);
  await malipo.pass(4 * HOUR_MS - 1);
  expect([(await read(reference)).status, intents()[0]!.status]).toEqual(['pending', 'pending']);
  await malipo.pass(1);
  expect(await read(reference)).toMatchObject(expected);
  expect(intents()[0]!.status).toBe('failed');
  expect(pays()).toBe(400);
  expect((await transaction(malipo, testKey, reference)).status).toBe('failed');
});

test('a buyer whose bank could not tell that it was them, and who left it at that, has failed to pay and did not merely run out of time', async () => {
  const { malipo, start, pays, bankSaysNo, read } = await withStripe();
  const { reference } = await start();
  pays('4000002760003184');
  bankSaysNo();
  expect((await read(reference)).status).toBe('pending');
  await malipo.pass(4 * HOUR_MS);
  expect(await read(reference)).toMatchObject({ status: 'failed', failure_code: 'card_declined', failure_reason: 'The bank could not tell that it was the cardholder' });
});

test('what is paid in the last moment is completed, not expired', async () => {
  const { malipo, start, pays, read } = await withStripe();
  const { reference } = await start();
  malipo.clock.advance(4 * HOUR_MS);
  expect(pays()).toBe(200);
  await malipo.jobs.runDue();
  expect((await read(reference)).status).toBe('completed');
  expect(await verifyBooks(malipo.store.read)).toEqual([]);
});

test('while Stripe cannot be asked nothing is sure: it expires, and what was paid still counts when Stripe is back', async () => {
  const { malipo, start, pays, line, read } = await withStripe();
  const { reference } = await start();
  line.plan = () => ({ kind: 'resets' });
  await malipo.pass(4 * HOUR_MS);
  expect((await read(reference)).status).toBe('expired');
  pays();
  line.plan = () => undefined;
  await malipo.pass(HOUR_MS);
  expect((await read(reference)).status).toBe('completed');
});

test.each([
  ['a test key of Stripe’s: its own test mode, and nothing is sold live', {}, { is_test: true, key: STRIPE.publishableKey, secret: /^pi_3Simulated/ }],
  ['a live key: sold live', { STRIPE_SECRET_KEY: 'sk_live_abc', STRIPE_PUBLISHABLE_KEY: 'pk_live_abc' }, { is_test: false, key: 'pk_live_abc', secret: /^$/ }],
])('%s', async (_name, env, expected) => {
  const { malipo } = await withStripe(env);
  const item = (await malipo.get('/api/store/guide')).json().data as { is_test: boolean };
  expect(item).toMatchObject({ is_test: expected.is_test, methods: [{ type: 'card', publishable_key: expected.key }] });
  const answer = await malipo.post('/api/store/guide/pay', { method: 'card' });
  // The simulator takes no live key: what counts is that it was asked, and not the sandbox.
  expect((answer.json().data as { client_secret: string } | undefined)?.client_secret ?? '').toMatch(expected.secret);
});

test('beside a live key a test key of ours pays with the sandbox’s cards', async () => {
  const { malipo, testKey, line } = await withStripe({ STRIPE_SECRET_KEY: 'sk_live_abc', STRIPE_PUBLISHABLE_KEY: 'pk_live_abc' });
  const answer = await malipo.post('/v1/payments/collect', { amount: 5, currency: 'USD' }, { key: testKey });
  expect(answer.json().data).toMatchObject({ stripe_publishable_key: 'pk_test_sandbox', client_secret: expect.stringMatching(/^pi_sandbox_/) });
  expect(line.requests).toHaveLength(0);
});
