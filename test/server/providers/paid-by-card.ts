/** A shop with one payment by card, over real HTTP, and Stripe's own books of it. */
import { expect, onTestFinished } from 'vitest';
import { loadConfig } from '../../../server/config.ts';
import { DAY_MS, MINUTE_MS } from '../../../server/core/clock.ts';
import { configuredProviders } from '../../../server/providers/live.ts';
import { reconcile } from '../../../server/reconciliation/reconcile.ts';
import { RefundDesk } from '../../../server/refunds/requesting.ts';
import { openReviews } from '../../../server/reviews/reviews.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import type { Facts } from '../../../server/webhooks/payloads.ts';
import { overHttp } from '../../simulators/http-shell.ts';
import type { SimulatedCallback } from '../../simulators/simulator.ts';
import { STRIPE_LIVE, StripeSimulator } from '../../simulators/stripe/stripe.ts';
import { buildMalipo } from '../support/build-malipo.ts';
import { rows, walletBalance } from '../support/database.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { transaction } from '../support/payments.ts';
import { reviewDesk } from '../support/review-desk.ts';

/** A shop whose customer paid UGX 50,000 by card, of which 46,000 are the app's; `heard`: and whose server has heard so. */
export async function paidByCard({ heard = true } = {}) {
  const clock = new ManualClock();
  const told: SimulatedCallback[] = [];
  const stripe = new StripeSimulator({ clock, tell: (callback) => told.push(callback) }, STRIPE_LIVE);
  const shell = await overHttp(stripe);
  onTestFinished(() => shell.close());
  const { secretKey, publishableKey, webhookSecret } = STRIPE_LIVE;
  const env = { STRIPE_SECRET_KEY: secretKey, STRIPE_PUBLISHABLE_KEY: publishableKey, STRIPE_WEBHOOK_SECRET: webhookSecret, STRIPE_BASE_URL: shell.url };
  const malipo = await buildMalipo({ clock, env });
  const adapter = (await configuredProviders(loadConfig(env), { clock, log: { warn: () => undefined, error: () => undefined } })).get('stripe')!;
  const { app, liveKey: key } = await malipo.makeShop({ slug: 'duka' });
  /** Delivers what Stripe has told since the last time, in this order, and acts on it; `oneByOne`: on each before the next comes. */
  const delivered = async ({ inOrder = (callbacks: SimulatedCallback[]) => callbacks, oneByOne = false } = {}) => {
    for (const { body, headers } of inOrder(told.splice(0))) {
      const answer = await malipo.inject({ method: 'POST', url: '/v1/webhooks/stripe', payload: body, headers });
      expect(answer.statusCode, answer.body).toBe(200);
      if (oneByOne) await malipo.jobs.runDue();
    }
    await malipo.jobs.runDue();
  };
  const pays = async (amount: number): Promise<{ reference: string; intent: string }> => {
    const asked = await malipo.post('/v1/payments/collect', { amount, currency: 'UGX', provider: 'stripe' }, { key });
    expect(asked.statusCode, asked.body).toBe(200);
    const { reference, provider_ref: intent } = asked.json().data as { reference: string; provider_ref: string };
    stripe.books.approve(stripe.books.byId(intent)!);
    return { reference, intent };
  };
  const { reference, intent } = await pays(50_000);
  const desk = new RefundDesk({ store: malipo.store, clock, jobs: malipo.queue });
  const shop = {
    malipo,
    stripe,
    line: shell.line,
    intent,
    reference,
    desk,
    delivered,
    /** Nothing that Stripe has told since is delivered. */
    unheard: () => void told.splice(0),
    refund: async (amount: number) => {
      await desk.request({ reference, amount, reason: '' });
      await delivered();
      await malipo.pass(MINUTE_MS);
      await delivered();
      expect(await rows(malipo.store, 'SELECT status FROM refunds')).toEqual([{ status: 'completed' }]);
    },
    paysByCard: async (amount: number) => {
      await pays(amount);
      await delivered();
    },
    spendAllBut: async (amount: number) => {
      const rest = (await shop.wallet()) - amount;
      const asked = { amount: rest, currency: 'UGX', provider: 'stripe', method: 'bank_transfer', destination: '9030001234567', destination_name: 'Duka', bank_name: 'Stanbic' };
      const answer = await malipo.post('/v1/withdrawals', asked, { key });
      expect(answer.statusCode, answer.body).toBeLessThan(300);
    },
    stands: () => transaction(malipo, key, reference),
    wallet: () => walletBalance(malipo.store, { appId: app.id, provider: 'stripe', mode: 'live' }),
    /** The operator's desk, which asks the same Stripe. */
    reviews: reviewDesk({ store: malipo.store, clock, live: new Map([['stripe', adapter]]) }),
    open: async () => (await openReviews(malipo.store.read)).map(({ id, subject, kind }) => ({ id, subject, kind })),
    /** What its merchant heard of money that went back, or came again. */
    events: async () => (await rows<{ facts: string }>(malipo.store, 'SELECT facts FROM webhook_events ORDER BY id')).flatMap(({ facts }) => (JSON.parse(facts) as Facts).back?.news ?? []),
    differences: async (span = { from: clock.now() - 30 * DAY_MS, until: clock.now() + DAY_MS }) => (await reconcile(malipo.store.read, adapter, span, clock)).differences,
    problems: () => verifyBooks(malipo.store.read),
  };
  if (!heard) {
    shop.unheard();
    return shop;
  }
  await delivered();
  expect(await shop.stands()).toMatchObject({ status: 'completed' });
  return shop;
}
