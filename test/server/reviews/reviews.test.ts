/** What a provider says and nobody may guess at: it waits for a person, who decides once, and the ledger follows. */
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import type { ProviderStatus } from '../../../server/providers/provider.ts';
import { RefundDesk } from '../../../server/refunds/requesting.ts';
import { openReviews } from '../../../server/reviews/reviews.ts';
import { buildMalipo } from '../support/build-malipo.ts';
import { rows, walletBalance } from '../support/database.ts';
import { callBack, collect, transaction, verify } from '../support/payments.ts';
import { reviewDesk } from '../support/review-desk.ts';
import { ScriptedProvider } from '../support/scripted-provider.ts';

const AGREED_MINOR = 5_000_000;

async function liveShop() {
  const provider = new ScriptedProvider();
  const malipo = await buildMalipo({ live: [provider] });
  const shop = await malipo.makeShop({ slug: 'duka' });
  return {
    malipo,
    provider,
    ...shop,
    desk: reviewDesk(malipo),
    wallet: () => walletBalance(malipo.store, { appId: shop.app.id, mode: 'live' }),
    open: async () => (await openReviews(malipo.store.read)).map(({ id, subject, kind }) => ({ id, subject, kind })),
    problems: () => verifyBooks(malipo.store.read),
    async paid(): Promise<string> {
      const reference = await collect(malipo, shop.liveKey);
      provider.saysCompleted(malipo.clock.now(), { amountMinor: AGREED_MINOR });
      await verify(malipo, shop.liveKey, reference);
      return reference;
    },
    async payout(amount: number): Promise<string> {
      provider.answersStatus(() => ({ kind: 'pending' }));
      const answer = await malipo.post('/v1/payments/disburse', { amount, currency: 'UGX', phone_number: '256772999888' }, { key: shop.liveKey });
      expect(answer.statusCode, answer.body).toBe(200);
      return answer.json().data.reference as string;
    },
  };
}

const reversed = (amountMinor: number, at: number, currency = 'UGX'): ProviderStatus => ({ kind: 'reversed', providerRef: 'x', amountMinor, currency, at, reason: 'Charged back' });

async function mismatched(amountMinor: number, currency = 'UGX') {
  const shop = await liveShop();
  const reference = await collect(shop.malipo, shop.liveKey);
  shop.provider.saysCompleted(shop.malipo.clock.now(), { amountMinor, currency });
  await verify(shop.malipo, shop.liveKey, reference);
  expect(await shop.open()).toEqual([{ id: 1, subject: 'payment:1', kind: 'amount_mismatch' }]);
  return { ...shop, reference };
}

test('another amount than agreed is credited when a person says so: what was received, and its share of the fee', async () => {
  const shop = await mismatched(2_000_000);
  await shop.desk.resolve(1, 'credit', 'Customer paid in two parts');
  expect(await transaction(shop.malipo, shop.liveKey, shop.reference)).toMatchObject({ status: 'completed', amount: 20_000, platform_fee: 1_600, net_amount: 18_400 });
  expect(await shop.wallet()).toBe(18_400);
  expect(await shop.open()).toEqual([]);
  expect(await rows(shop.malipo.store, 'SELECT resolution, note FROM reviews')).toEqual([{ resolution: 'credit', note: 'Customer paid in two parts' }]);
  expect(await shop.problems()).toEqual([]);
});

test('what is dismissed stays dismissed, however often the provider says it again', async () => {
  const shop = await mismatched(2_000_000);
  await shop.desk.resolve(1, 'dismiss', 'Sent back by the network');
  await shop.malipo.pass(DAY_MS);
  expect(await shop.open()).toEqual([]);
  expect(await shop.wallet()).toBe(0);
  expect(await shop.problems()).toEqual([]);
});

test('a decision is made once, one that fits, and not in another currency', async () => {
  const shop = await mismatched(2_000_000, 'ITX');
  await expect(shop.desk.resolve(1, 'charge', '…')).rejects.toMatchObject({ code: 'VALIDATION_ERROR', message: 'A review of amount_mismatch is resolved by --credit, --dismiss, not by --charge' });
  await expect(shop.desk.resolve(1, 'credit', '…')).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  await expect(shop.desk.resolve(2, 'dismiss', '…')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await shop.open()).toHaveLength(1);
  await shop.desk.resolve(1, 'dismiss', 'Play money');
  await expect(shop.desk.resolve(1, 'dismiss', 'again')).rejects.toMatchObject({ message: 'Review 1 was decided already: dismiss' });
});

async function paidAfterRelease() {
  const shop = await liveShop();
  await shop.paid();
  const reference = await shop.payout(10_000);
  shop.provider.answersStatus(() => ({ kind: 'failed', code: 'failed', reason: 'No such wallet' }));
  await shop.malipo.pass(15 * SECOND_MS);
  expect(await shop.wallet()).toBe(46_000);
  shop.provider.saysCompleted(shop.malipo.clock.now(), { amountMinor: 1_000_000 });
  await callBack(shop.malipo, reference, { news: 1 });
  await shop.malipo.jobs.runDue();
  expect(await shop.open()).toEqual([{ id: 1, subject: 'payment:2', kind: 'paid_after_release' }]);
  return { ...shop, payoutReference: reference };
}

test('a payout that was paid after its release is charged to the app, and is complete after all', async () => {
  const shop = await paidAfterRelease();
  await shop.desk.resolve(1, 'charge', 'Confirmed with the provider');
  expect(await shop.wallet()).toBe(36_000);
  expect(await transaction(shop.malipo, shop.liveKey, shop.payoutReference)).toMatchObject({ status: 'completed', failure_reason: '' });
  expect(await shop.problems()).toEqual([]);
});

test('or the platform pays for it, out of its fees', async () => {
  const shop = await paidAfterRelease();
  await shop.desk.resolve(1, 'absorb', 'Our mistake');
  expect(await shop.wallet()).toBe(46_000);
  expect(await transaction(shop.malipo, shop.liveKey, shop.payoutReference)).toMatchObject({ status: 'failed' });
  expect(await shop.problems()).toEqual([]);
});

test('a wallet that has spent the money cannot be charged: nothing is decided', async () => {
  const shop = await paidAfterRelease();
  await shop.payout(40_000);
  await expect(shop.desk.resolve(1, 'charge', '…')).rejects.toMatchObject({ code: 'INSUFFICIENT_BALANCE' });
  expect(await shop.open()).toHaveLength(1);
  expect(await shop.problems()).toEqual([]);
});

test('a completed payment that the provider takes back is reversed once, when it calls back about it', async () => {
  const shop = await liveShop();
  const reference = await shop.paid();
  shop.malipo.clock.advance(DAY_MS);
  shop.provider.answersStatus(() => reversed(AGREED_MINOR, shop.malipo.clock.now()));
  for (const news of [1, 2]) {
    await callBack(shop.malipo, reference, { news });
    await shop.malipo.jobs.runDue();
    shop.malipo.clock.advance(MINUTE_MS);
  }
  expect(await shop.wallet()).toBe(0);
  expect(await transaction(shop.malipo, shop.liveKey, reference)).toMatchObject({ status: 'completed', reversed_at: expect.any(String) as string });
  expect(await rows(shop.malipo.store, `SELECT posting FROM ledger_transfers ORDER BY id`)).toEqual([{ posting: 'collectSettled' }, { posting: 'collectReversed' }]);
  expect(await shop.open()).toEqual([]);
  expect(await shop.problems()).toEqual([]);
  const [event] = (await rows<{ facts: string }>(shop.malipo.store, 'SELECT facts FROM webhook_events ORDER BY id DESC LIMIT 1')) as [{ facts: string }];
  expect(JSON.parse(event.facts)).toMatchObject({ back: { news: { kind: 'reversed', amountMinor: AGREED_MINOR, reason: 'Charged back' } } });
});

test('what the wallet is short of at a reversal the platform bears, until it is charged to the app', async () => {
  const shop = await liveShop();
  const reference = await shop.paid();
  await shop.payout(40_000);
  shop.malipo.clock.advance(MINUTE_MS);
  shop.provider.answersStatus((asked) => (asked.reference === reference ? reversed(AGREED_MINOR, shop.malipo.clock.now()) : { kind: 'pending' }));
  await callBack(shop.malipo, reference, { news: 1 });
  await shop.malipo.jobs.runDue();
  expect(await shop.wallet()).toBe(0);
  const [review] = await shop.open();
  expect(review).toMatchObject({ subject: 'payment:1', kind: 'reversal_shortfall' });
  expect(await shop.problems()).toEqual([]);

  await shop.paid();
  await shop.desk.resolve(review!.id, 'charge', 'Earned again');
  expect(await shop.wallet()).toBe(46_000 - 40_000);
  expect(await shop.problems()).toEqual([]);
});

test('another amount taken back than is left waits for a person; accepted, all that is left goes', async () => {
  const shop = await liveShop();
  const reference = await shop.paid();
  shop.malipo.clock.advance(MINUTE_MS);
  shop.provider.answersStatus(() => reversed(1_000_000, shop.malipo.clock.now()));
  await callBack(shop.malipo, reference, { news: 1 });
  await shop.malipo.jobs.runDue();
  expect(await shop.wallet()).toBe(46_000);
  expect(await shop.open()).toEqual([{ id: 1, subject: 'payment:1', kind: 'reversal_mismatch' }]);
  await shop.desk.resolve(1, 'accept', 'All of it is gone');
  expect(await shop.wallet()).toBe(0);
  expect(await shop.problems()).toEqual([]);
});

test('a provider that calls a completed payment failed is not believed, and not forgotten', async () => {
  const shop = await liveShop();
  const reference = await shop.paid();
  shop.malipo.clock.advance(MINUTE_MS);
  shop.provider.answersStatus(() => ({ kind: 'failed', code: 'failed', reason: 'Never heard of it' }));
  await callBack(shop.malipo, reference, { news: 1 });
  await shop.malipo.jobs.runDue();
  expect(await shop.wallet()).toBe(46_000);
  expect(await shop.open()).toEqual([{ id: 1, subject: 'payment:1', kind: 'reversal_mismatch' }]);
});

test('a payout that comes back after its success is looked back at by itself, and is in the wallet again', async () => {
  const shop = await liveShop();
  await shop.paid();
  const reference = await shop.payout(10_000);
  shop.provider.saysCompleted(shop.malipo.clock.now(), { amountMinor: 1_000_000 });
  await shop.malipo.pass(15 * SECOND_MS);
  expect(await shop.wallet()).toBe(36_000);
  shop.provider.answersStatus(() => reversed(1_000_000, shop.malipo.clock.now()));
  await shop.malipo.pass(HOUR_MS);
  expect(await shop.wallet()).toBe(46_000);
  expect(await transaction(shop.malipo, shop.liveKey, reference)).toMatchObject({ status: 'completed', reversed_at: expect.any(String) as string });
  const asked = shop.provider.asked.length;
  await shop.malipo.pass(30 * DAY_MS);
  expect(shop.provider.asked).toHaveLength(asked);
  expect(await shop.problems()).toEqual([]);
});

test('a withdrawal that comes back is in the wallet again', async () => {
  const shop = await liveShop();
  await shop.paid();
  shop.provider.saysCompleted(shop.malipo.clock.now(), { amountMinor: 1_000_000 });
  const answer = await shop.malipo.post('/v1/withdrawals', { amount: 10_000, currency: 'UGX', method: 'mobile_money', destination: '256772999888' }, { key: shop.liveKey });
  expect(answer.json().data).toMatchObject({ status: 'completed' });
  shop.provider.answersStatus(() => reversed(1_000_000, shop.malipo.clock.now()));
  await shop.malipo.pass(HOUR_MS);
  expect(await shop.wallet()).toBe(46_000);
  expect(await shop.problems()).toEqual([]);
});

test('a payment that expires without a word from its provider is before a person at once, and off the list when it answers', async () => {
  const shop = await liveShop();
  shop.provider.answersCollect(() => ({ kind: 'unknown', reason: 'reset' })).answersStatus(() => ({ kind: 'unknown', reason: 'silent' }));
  const reference = await collect(shop.malipo, shop.liveKey);
  await shop.malipo.pass(4 * HOUR_MS);
  expect(await shop.open()).toEqual([{ id: 1, subject: 'payment:1', kind: 'outcome_unknown' }]);
  shop.provider.saysCompleted(shop.malipo.clock.now(), { amountMinor: AGREED_MINOR });
  await shop.malipo.pass(HOUR_MS);
  expect((await transaction(shop.malipo, shop.liveKey, reference)).status).toBe('completed');
  expect(await shop.open()).toEqual([]);
});

test('or it is credited as agreed, when a person saw the money', async () => {
  const shop = await liveShop();
  shop.provider.answersCollect(() => ({ kind: 'unknown', reason: 'reset' })).answersStatus(() => ({ kind: 'unknown', reason: 'silent' }));
  await collect(shop.malipo, shop.liveKey);
  await shop.malipo.pass(4 * HOUR_MS);
  await shop.desk.resolve(1, 'credit', 'On the statement of 14 March');
  expect(await shop.wallet()).toBe(46_000);
  expect(await shop.problems()).toEqual([]);
});

test('a refund that was paid after its release is charged to the app, and counts as refunded', async () => {
  const shop = await liveShop();
  const reference = await shop.paid();
  shop.provider.answersStatus(() => ({ kind: 'failed', code: 'failed', reason: 'No such wallet' }));
  const desk = new RefundDesk({ store: shop.malipo.store, clock: shop.malipo.clock, jobs: shop.malipo.queue });
  const refund = await desk.request({ reference, amount: 10_000, reason: '' });
  await shop.malipo.jobs.runDue();
  await shop.malipo.pass(MINUTE_MS);
  shop.provider.saysCompleted(shop.malipo.clock.now(), { amountMinor: 1_000_000 });
  await callBack(shop.malipo, refund.reference, { news: 1 });
  await shop.malipo.jobs.runDue();
  expect(await shop.open()).toEqual([{ id: 1, subject: 'refund:1', kind: 'paid_after_release' }]);
  await shop.desk.resolve(1, 'charge', 'The customer has it');
  expect(await shop.wallet()).toBe(36_000);
  expect(await transaction(shop.malipo, shop.liveKey, reference)).toMatchObject({ refunded_amount: 10_000 });
  expect(await shop.problems()).toEqual([]);
});
