/** Card money that goes back: disputes, told by events that name Stripe's intent alone, and refunds, over real HTTP. */
import { expect, onTestFinished, test } from 'vitest';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { RefundDesk } from '../../../server/refunds/requesting.ts';
import { openReviews } from '../../../server/reviews/reviews.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import { overHttp } from '../../simulators/http-shell.ts';
import type { SimulatedCallback } from '../../simulators/simulator.ts';
import { STRIPE, StripeSimulator } from '../../simulators/stripe/stripe.ts';
import { buildMalipo } from '../support/build-malipo.ts';
import { rowCounts, rows, walletBalance } from '../support/database.ts';
import { transaction } from '../support/payments.ts';
import { ManualClock } from '../support/manual-clock.ts';

/** A shop whose customer paid UGX 50,000 by card, of which 46,000 are the app's. */
async function paidByCard() {
  const clock = new ManualClock();
  const told: SimulatedCallback[] = [];
  const stripe = new StripeSimulator({ clock, tell: (callback) => told.push(callback) });
  const shell = await overHttp(stripe);
  onTestFinished(() => shell.close());
  const env = { STRIPE_SECRET_KEY: STRIPE.secretKey, STRIPE_PUBLISHABLE_KEY: STRIPE.publishableKey, STRIPE_WEBHOOK_SECRET: STRIPE.webhookSecret, STRIPE_BASE_URL: shell.url };
  const malipo = await buildMalipo({ clock, env });
  const { app, testKey } = await malipo.makeShop({ slug: 'duka' });
  /** Delivers what Stripe has told since the last time, and acts on it. */
  const delivered = async () => {
    for (const { body, headers } of told.splice(0)) {
      const answer = await malipo.inject({ method: 'POST', url: '/v1/webhooks/stripe', payload: body, headers });
      expect(answer.statusCode, answer.body).toBe(200);
    }
    await malipo.jobs.runDue();
  };
  const asked = await malipo.post('/v1/payments/collect', { amount: 50_000, currency: 'UGX', provider: 'stripe' }, { key: testKey });
  expect(asked.statusCode, asked.body).toBe(200);
  const { reference, provider_ref: intent } = asked.json().data as { reference: string; provider_ref: string };
  stripe.books.approve(stripe.books.byId(intent)!);
  await delivered();
  expect(await transaction(malipo, testKey, reference)).toMatchObject({ status: 'completed' });
  return {
    malipo,
    stripe,
    intent,
    delivered,
    refund: async (amount: number) => {
      await new RefundDesk({ store: malipo.store, clock, jobs: malipo.queue }).request({ reference, amount, reason: '' });
      await delivered();
      await malipo.pass(MINUTE_MS);
      await delivered();
      expect(await rows(malipo.store, 'SELECT status FROM refunds')).toEqual([{ status: 'completed' }]);
    },
    stands: () => transaction(malipo, testKey, reference),
    wallet: () => walletBalance(malipo.store, { appId: app.id, provider: 'stripe' }),
    problems: () => verifyBooks(malipo.store.read),
  };
}

test('a dispute is heard, and takes nothing while it runs nor when it is won', async () => {
  const shop = await paidByCard();
  for (const step of ['needs_response', 'won'] as const) {
    shop.malipo.clock.advance(DAY_MS);
    const callbacks = (await rowCounts(shop.malipo.store))['provider_callbacks']!;
    shop.stripe.dispute(shop.intent, step);
    await shop.delivered();
    expect(await rowCounts(shop.malipo.store)).toMatchObject({ provider_callbacks: callbacks + 1 });
    expect(await shop.wallet()).toBe(46_000);
  }
  expect(await shop.stands()).not.toHaveProperty('reversed_at');
  expect(await openReviews(shop.malipo.store.read)).toEqual([]);
});

test('a dispute that is lost reverses the payment once, within seconds of its opening too, and the merchant hears of it', async () => {
  const shop = await paidByCard();
  shop.malipo.clock.advance(DAY_MS);
  for (const step of ['needs_response', 'lost', 'lost'] as const) {
    shop.stripe.dispute(shop.intent, step);
    await shop.delivered();
    shop.malipo.clock.advance(SECOND_MS);
  }
  expect(await shop.wallet()).toBe(0);
  expect(await shop.stands()).toMatchObject({ status: 'completed', reversed_at: expect.any(String) as string });
  const events = await rows<{ facts: string }>(shop.malipo.store, 'SELECT facts FROM webhook_events ORDER BY id');
  expect(events.map(({ facts }) => (JSON.parse(facts) as { back?: { news: { kind: string; reason: string } } }).back?.news)).toEqual([
    undefined,
    { kind: 'reversed', amountMinor: 5_000_000, reason: 'The cardholder’s bank took the money back (fraudulent)' },
  ]);
  expect(await shop.problems()).toEqual([]);
});

test('a dispute about a part that is lost waits for a person', async () => {
  const shop = await paidByCard();
  shop.malipo.clock.advance(DAY_MS);
  shop.stripe.dispute(shop.intent, 'lost', 1_000_000);
  await shop.delivered();
  expect(await shop.wallet()).toBe(46_000);
  const [review] = await openReviews(shop.malipo.store.read);
  expect(review).toMatchObject({ subject: 'payment:1', kind: 'reversal_mismatch' });
  expect(JSON.parse(review!.detail)).toMatchObject({ agreed: { amount_minor: 5_000_000 }, reported: { amount_minor: 1_000_000, currency: 'UGX' } });
});

test('what is refunded in the dashboard beside a refund of ours reverses when nothing is left', async () => {
  const shop = await paidByCard();
  await shop.refund(10_000);
  shop.malipo.clock.advance(DAY_MS);
  shop.stripe.refundInDashboard(shop.intent, 2_000_000);
  await shop.delivered();
  expect(await shop.wallet()).toBe(36_800);
  shop.stripe.refundInDashboard(shop.intent, 2_000_000);
  await shop.delivered();
  expect(await shop.wallet()).toBe(0);
  expect(await shop.problems()).toEqual([]);
});

test('a refund in the dashboard that fails later leaves its payment as it was', async () => {
  const shop = await paidByCard();
  shop.malipo.clock.advance(DAY_MS);
  shop.stripe.refundInDashboard(shop.intent, 5_000_000);
  await shop.delivered();
  expect(await shop.wallet()).toBe(0);
  shop.malipo.clock.advance(DAY_MS);
  shop.stripe.failRefund(shop.stripe.refunds[0]!.id);
  await shop.delivered();
  expect(await shop.wallet()).toBe(46_000);
  expect(await shop.stands()).not.toHaveProperty('reversed_at');
  expect(await openReviews(shop.malipo.store.read)).toEqual([]);
  expect(await shop.problems()).toEqual([]);
});

test('of several refunds in the dashboard of which one fails a person hears what is still gone', async () => {
  const shop = await paidByCard();
  for (const amount of [2_000_000, 3_000_000]) shop.stripe.refundInDashboard(shop.intent, amount);
  await shop.delivered();
  expect(await shop.wallet()).toBe(0);
  shop.malipo.clock.advance(DAY_MS);
  shop.stripe.failRefund(shop.stripe.refunds[1]!.id);
  await shop.delivered();
  expect(await shop.wallet()).toBe(0);
  const [review] = await openReviews(shop.malipo.store.read);
  expect(review).toMatchObject({ subject: 'payment:1', kind: 'reversal_mismatch' });
  expect(JSON.parse(review!.detail)).toMatchObject({ reported: { amount_minor: 2_000_000 } });
  expect(await shop.problems()).toEqual([]);
});

test('a refund that the card’s bank sends back is in the wallet again', async () => {
  const shop = await paidByCard();
  await shop.refund(10_000);
  expect(await shop.wallet()).toBe(36_800);
  shop.malipo.clock.advance(DAY_MS);
  shop.stripe.failRefund(shop.stripe.refunds[0]!.id);
  await shop.delivered();
  expect(await shop.wallet()).toBe(46_000);
  expect(await shop.stands()).not.toHaveProperty('refunded_amount');
  expect(await shop.problems()).toEqual([]);
});

test('what else the account tells of is taken and forgotten, with an id or without', async () => {
  const shop = await paidByCard();
  const before = await rowCounts(shop.malipo.store);
  shop.stripe.tellOf('customer.created', { id: 'cus_1', object: 'customer', metadata: {} });
  shop.stripe.tellOf('balance.available', { object: 'balance', available: [] });
  await shop.delivered();
  expect(await rowCounts(shop.malipo.store)).toEqual(before);
});
