/** What is Stripe's own: its units, its keys, intents that stay open, refunds, disputes, signatures. */
import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { CURRENCIES } from '../../../server/core/money.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../server/core/clock.ts';
import type { HistoryEntry } from '../../../server/providers/provider.ts';
import { fromStripe, toStripe } from '../../../server/providers/stripe/amounts.ts';
import { STRIPE, type StripeSimulator } from '../../simulators/stripe/stripe.ts';
import { AMOUNT_MINOR, type Bench, benchOf, REFERENCE } from './contract/bench-of.ts';
import { CONTESTANTS } from './contract/contestants.ts';

const contestant = CONTESTANTS.find(({ slug }) => slug === 'stripe')!;
const bench = (env?: Record<string, string>) => benchOf(contestant, env);
const simulatorOf = ({ simulator }: Bench) => simulator as StripeSimulator;

async function collected(at: Bench, change: Parameters<Bench['collectRequest']>[0] = {}) {
  const submission = await at.adapter.collect(at.collectRequest(change));
  if (submission.kind !== 'accepted') throw new Error(JSON.stringify(submission));
  const { providerRef, clientSecret } = submission;
  return { providerRef, clientSecret: clientSecret!, status: () => at.adapter.status(at.asked({ providerRef })) };
}

/** As Stripe.js does it in the buyer's browser. */
async function confirm(at: Bench, providerRef: string, number: string, clientSecret = simulatorOf(at).secretOf(providerRef)) {
  const body = new URLSearchParams({ key: STRIPE.publishableKey, client_secret: clientSecret, 'payment_method_data[type]': 'card', 'payment_method_data[card][number]': number, return_url: 'https://shop.example/back' });
  return at.simulator.handle({ method: 'POST', path: `/v1/payment_intents/${providerRef}/confirm`, query: new URLSearchParams(), headers: {}, body: body.toString() });
}

test.each([
  ['UGX', 123_400, 123_400],
  ['RWF', 500_000, 5_000],
  ['KES', 1_999, 1_999],
  ['USD', 50, 50],
] as const)('%s %i hundredths are %i at Stripe', (currency, amountMinor, amount) => {
  expect(toStripe(amountMinor, currency)).toBe(amount);
});

test('every currency comes back as it went', () => {
  for (const currency of CURRENCIES) expect(fromStripe(toStripe(1_234_500, currency), currency.toLowerCase())).toEqual({ amountMinor: 1_234_500, currency });
});

test('an intent carries our reference as key and metadata, the receipt’s address and no card', async () => {
  const at = await bench();
  await at.adapter.collect(at.collectRequest());
  const [sent] = at.line.requests;
  expect(Object.fromEntries(new URLSearchParams(sent!.body))).toEqual({
    amount: '2500000',
    currency: 'ugx',
    'automatic_payment_methods[enabled]': 'true',
    description: 'Sisal basket',
    'metadata[reference]': REFERENCE,
    receipt_email: 'jane@example.com',
  });
  expect(sent!.headers).toMatchObject({ 'idempotency-key': REFERENCE, 'stripe-version': '2026-10-28.endive' });
});

test('an address that is none costs the receipt, not the payment', async () => {
  const at = await bench();
  expect((await at.adapter.collect(at.collectRequest({ customerEmail: 'Jane Doe <jane>' }))).kind).toBe('accepted');
  expect(at.line.requests[0]!.body).not.toContain('receipt_email');
});

test('the same reference again is the same intent; with another amount nobody knows', async () => {
  const at = await bench();
  const first = await at.adapter.collect(at.collectRequest());
  expect(await at.adapter.collect(at.collectRequest())).toEqual(first);
  expect((await at.adapter.collect(at.collectRequest({ amountMinor: AMOUNT_MINOR + 100 }))).kind).toBe('unknown');
  expect(at.simulator.books.movements).toHaveLength(1);
});

test('a buyer whose first answer was lost gets the client secret by our reference', async () => {
  const at = await bench();
  const { providerRef, clientSecret } = await collected(at);
  expect(await at.adapter.status(at.asked())).toEqual({ kind: 'pending', providerRef, clientSecret });
});

test('it is found among hundreds, a page at a time', async () => {
  const at = await bench();
  const { providerRef } = await collected(at);
  for (let index = 0; index < 250; index++) await at.adapter.collect(at.collectRequest({ reference: `${REFERENCE}-${index}` }));
  expect(await at.adapter.status(at.asked())).toMatchObject({ kind: 'pending', providerRef });
  expect(at.line.requests.filter(({ method }) => method === 'GET')).toHaveLength(3);
});

test('a declined card leaves the intent open for the next one', async () => {
  const at = await bench();
  const { providerRef, status } = await collected(at);
  expect((await confirm(at, providerRef, '4000000000000002')).status).toBe(402);
  expect(await status()).toMatchObject({ kind: 'pending' });
  await confirm(at, providerRef, '4242 4242 4242 4242');
  expect(await status()).toMatchObject({ kind: 'completed', amountMinor: AMOUNT_MINOR, currency: 'UGX' });
});

test('a bank that asks first is waited for, and its no leaves the intent open', async () => {
  const at = await bench();
  const { providerRef, status } = await collected(at);
  await confirm(at, providerRef, '4000002760003184');
  expect(await status()).toMatchObject({ kind: 'pending' });
  simulatorOf(at).answerChallenge(providerRef, false);
  expect(await status()).toMatchObject({ kind: 'pending' });
  await confirm(at, providerRef, '4000002760003184');
  simulatorOf(at).answerChallenge(providerRef, true);
  expect((await status()).kind).toBe('completed');
});

test('nobody confirms without the client secret', async () => {
  const at = await bench();
  const { providerRef, status } = await collected(at);
  expect((await confirm(at, providerRef, '4242424242424242', 'a guess')).status).toBe(404);
  expect((await status()).kind).toBe('pending');
});

test('closing cancels what nobody paid, which then cannot be paid any more', async () => {
  const at = await bench();
  const { providerRef } = await collected(at);
  await confirm(at, providerRef, '4000000000009995');
  const closed = await at.adapter.close!(at.asked());
  expect(closed).toMatchObject({ kind: 'failed', code: 'insufficient_funds' });
  expect((await confirm(at, providerRef, '4242424242424242')).status).toBe(400);
});

test('an intent that was never tried expired; one that was paid stays paid when it is closed', async () => {
  const at = await bench();
  const { providerRef, status } = await collected(at);
  await confirm(at, providerRef, '4242424242424242');
  expect(await at.adapter.close!(at.asked({ providerRef }))).toMatchObject({ kind: 'completed' });
  const other = await at.adapter.collect(at.collectRequest({ reference: `${REFERENCE}2` }));
  expect(await at.adapter.close!(at.asked({ reference: `${REFERENCE}2`, providerRef: (other as { providerRef: string }).providerRef }))).toMatchObject({ kind: 'failed', code: 'expired' });
  expect((await status()).kind).toBe('completed');
});

test('a refund is made once under its reference, is asked for, and is no reversal', async () => {
  const at = await bench();
  const { providerRef, status } = await collected(at);
  await confirm(at, providerRef, '4242424242424242');
  const request = { reference: 'dgw_refund1', paymentProviderRef: providerRef, amountMinor: 500_000, currency: 'UGX', reason: 'torn', createdAt: at.clock.now() } as const;
  const made = await at.adapter.refund!(request);
  expect(made).toMatchObject({ kind: 'accepted' });
  expect(await at.adapter.refund!(request)).toEqual(made);
  expect(simulatorOf(at).refunds).toHaveLength(1);
  const found = await at.adapter.status(at.asked({ reference: 'dgw_refund1', direction: 'refund' }));
  expect(found).toMatchObject({ kind: 'completed', amountMinor: 500_000, currency: 'UGX' });
  expect(await status()).toMatchObject({ kind: 'completed' });
  for (const off of [-3 * DAY_MS, 3 * HOUR_MS]) {
    const createdAt = at.clock.now() + off;
    expect((await at.adapter.status(at.asked({ reference: 'dgw_refund1', direction: 'refund', createdAt }))).kind, 'made while this machine’s clock was wrong').toBe('completed');
  }
  expect(await at.adapter.refund!({ ...request, reference: 'dgw_refund2', amountMinor: AMOUNT_MINOR })).toMatchObject({ kind: 'refused' });
});

test('refunds are told with their payment one by one, ours and those of the dashboard, also when nothing is left', async () => {
  const at = await bench();
  const { providerRef, status } = await collected(at);
  await confirm(at, providerRef, '4242424242424242');
  const { id } = simulatorOf(at).refundInDashboard(providerRef, 1_000_000);
  const first = { providerRef: id, reference: '', status: 'completed', amountMinor: 1_000_000, currency: 'UGX', reason: 'Refunded in Stripe’s dashboard' };
  expect(await status()).toMatchObject({ kind: 'completed', amountMinor: AMOUNT_MINOR, refunds: [first] });
  await at.adapter.refund!({ reference: 'dgw_refund1', paymentProviderRef: providerRef, amountMinor: 1_500_000, currency: 'UGX', reason: '', createdAt: at.clock.now() });
  expect(await status()).toMatchObject({ kind: 'completed', refunds: [{ reference: 'dgw_refund1', amountMinor: 1_500_000 }, first] });
  simulatorOf(at).failRefund(id);
  expect(await status()).toMatchObject({ kind: 'completed', refunds: [{ status: 'completed' }, { providerRef: id, status: 'reversed', reason: 'lost_or_stolen_card' }] });
});

test('a dispute reverses when it is lost', async () => {
  const at = await bench();
  const { providerRef, status } = await collected(at);
  await confirm(at, providerRef, '4242424242424242');
  for (const [step, kind] of [['needs_response', 'completed'], ['won', 'completed'], ['lost', 'reversed']] as const) {
    simulatorOf(at).dispute(providerRef, step);
    expect((await status()).kind, step).toBe(kind);
  }
});

test('a signature is good for five minutes, and only with the secret', async () => {
  const at = await bench();
  const { providerRef } = await collected(at);
  await confirm(at, providerRef, '4242424242424242');
  const { body, headers } = at.callbacks.at(-1)!;
  const signature = { 'stripe-signature': headers['Stripe-Signature'] };
  expect(at.adapter.readCallback(signature, body)).toEqual({ reference: REFERENCE });
  at.clock.advance(6 * MINUTE_MS);
  expect(at.adapter.readCallback(signature, body)).toBeNull();
  const now = Math.floor(at.clock.now() / 1_000);
  const forged = createHmac('sha256', 'a guess').update(`${now}.${body}`).digest('hex');
  expect(at.adapter.readCallback({ 'stripe-signature': `t=${now},v1=${forged}` }, body)).toBeNull();
});

test('a no to a second copy of a refund is none where the first was taken, and where nobody can look nobody knows', async () => {
  const at = await bench();
  const { providerRef } = await collected(at);
  await confirm(at, providerRef, '4242 4242 4242 4242');
  const refund = (end: string) => at.adapter.refund!({ reference: REFERENCE + end, paymentProviderRef: providerRef, amountMinor: 100_000, currency: 'UGX', reason: '', createdAt: at.clock.now() });
  const answer = { status: 429, json: { error: { type: 'invalid_request_error', code: 'rate_limit', message: 'Too many requests' } } };
  at.line.next(/^\/v1\/refunds$/, { kind: 'does_and_refuses', answer });
  expect(await refund('a')).toEqual({ kind: 'accepted', providerRef: simulatorOf(at).refunds[0]!.id });
  at.line.plan = ({ method }) => (method === 'POST' ? { kind: 'does_and_refuses', answer } : { kind: 'breaks', status: 502 });
  expect((await refund('b')).kind).toBe('unknown');
  at.line.plan = () => undefined;
  expect(await refund('c')).toMatchObject({ kind: 'accepted' });
  expect(await at.adapter.refund!({ reference: `${REFERENCE}d`, paymentProviderRef: providerRef, amountMinor: 9_999_900, currency: 'UGX', reason: '', createdAt: at.clock.now() })).toMatchObject({ kind: 'refused', code: 'provider_refused' });
});

test('a proxy’s answer that is JSON and no object ends nothing', async () => {
  const at = await bench();
  const handle = at.simulator.handle.bind(at.simulator);
  for (const json of ['busy', null, 503, []]) {
    at.simulator.handle = () => ({ status: 200, json });
    expect((await at.adapter.collect(at.collectRequest())).kind).toBe('unknown');
  }
  at.simulator.handle = handle;
  expect((await at.adapter.collect(at.collectRequest())).kind).toBe('accepted');
});

test('the key says whose payments it carries', async () => {
  expect((await bench()).adapter.mode).toBe('test');
  const live = await bench({ STRIPE_SECRET_KEY: 'sk_live_abc', STRIPE_PUBLISHABLE_KEY: 'pk_live_abc' });
  expect([live.adapter.mode, live.adapter.publishableKey]).toEqual(['live', 'pk_live_abc']);
});

test('history has intents and refunds of the span', async () => {
  const at = await bench();
  const { providerRef } = await collected(at);
  await confirm(at, providerRef, '4242424242424242');
  simulatorOf(at).refundInDashboard(providerRef, 100);
  const span = { from: at.clock.now() - DAY_MS, until: at.clock.now() + 1_000 };
  expect(await at.adapter.history!(span)).toMatchObject([
    { direction: 'collect', reference: REFERENCE, status: 'completed', amountMinor: AMOUNT_MINOR, currency: 'UGX' },
    { direction: 'refund', reference: '', status: 'completed', amountMinor: 100, currency: 'UGX' },
  ]);
});

test('history calls a payment reversed that its status call calls so, however little of its money it took', async () => {
  const at = await bench();
  const simulator = simulatorOf(at);
  const paid = async (reference: string): Promise<string> => {
    const { providerRef } = await collected(at, { reference });
    await confirm(at, providerRef, '4242424242424242');
    return providerRef;
  };
  const [lost, running, givenBack] = [await paid('dgw_lost'), await paid('dgw_running'), await paid('dgw_given_back')];
  at.clock.advance(HOUR_MS);
  simulator.dispute(lost, 'lost');
  simulator.dispute(running);
  simulator.refundInDashboard(givenBack, AMOUNT_MINOR);
  const span = { from: at.clock.now() - DAY_MS, until: at.clock.now() + 1_000 };
  const short = (entries: HistoryEntry[]) => entries.map(({ direction, reference, status }) => `${direction} ${reference} ${status}`).sort();
  expect(short(await at.adapter.history!(span))).toEqual(['collect dgw_given_back completed', 'collect dgw_lost reversed', 'collect dgw_running completed', 'refund  completed']);
});
