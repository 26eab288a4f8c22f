/** What a provider says and nobody may guess at: it waits for a person, who decides once, and the ledger follows. */
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { RefundDesk } from '../../../server/refunds/requesting.ts';
import { type Reported, resolveIn } from '../../../server/reviews/reviews.ts';
import type { TestMalipo } from '../support/build-malipo.ts';
import { rows } from '../support/database.ts';
import { interrupted } from '../support/interrupted-store.ts';
import { AGREED_MINOR, openLiveShop } from '../support/live-shop.ts';
import { callBack, collect, transaction, verify } from '../support/payments.ts';
import { reviewDesk } from '../support/review-desk.ts';
import { atTheProvider, reversed, takenBack } from './said.ts';

async function mismatched(amountMinor: number, currency = 'UGX') {
  const shop = await openLiveShop();
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

/** Its provider says this now, and says so. */
async function saysNow(shop: Awaited<ReturnType<typeof mismatched>>, amountMinor: number) {
  shop.provider.saysCompleted(shop.malipo.clock.now(), { amountMinor });
  await callBack(shop.malipo, shop.reference, { news: amountMinor });
  await shop.malipo.jobs.runDue();
}

const details = (malipo: TestMalipo) => rows<{ id: number; resolution: string; detail: string }>(malipo.store, 'SELECT id, resolution, detail FROM reviews ORDER BY id');

const amounts = ({ reported, earlier = [] }: Reported) => [...earlier, reported!].map(({ amount_minor }) => amount_minor);

test('what is reported otherwise after a decision is a review of its own, and the decision stands beside it', async () => {
  const shop = await mismatched(2_000_000);
  await shop.desk.resolve(1, 'dismiss', 'Sent back by the network');
  await saysNow(shop, 3_000_000);
  await saysNow(shop, 3_000_000);
  expect(await shop.open()).toEqual([{ id: 2, subject: 'payment:1', kind: 'amount_mismatch' }]);
  expect((await details(shop.malipo)).map(({ resolution, detail }) => [resolution, ...amounts(JSON.parse(detail) as Reported)])).toEqual([['dismiss', 2_000_000], ['', 3_000_000]]);
  await shop.desk.resolve(2, 'credit', 'Paid once more');
  expect(await shop.wallet()).toBe(27_600);
  expect(await shop.problems()).toEqual([]);
});

test('what is reported otherwise while nobody has decided is in the same review, beside what was reported before', async () => {
  const shop = await mismatched(2_000_000);
  for (const amountMinor of [2_500_000, 3_000_000]) await saysNow(shop, amountMinor);
  expect((await details(shop.malipo)).map(({ detail }) => amounts(JSON.parse(detail) as Reported))).toEqual([[2_000_000, 2_500_000, 3_000_000]]);
});

test('nothing is credited that the provider no longer says: asked again, it says what is, and a person decides about that', async () => {
  const shop = await mismatched(2_000_000);
  shop.provider.saysCompleted(shop.malipo.clock.now(), { amountMinor: 1_500_000 });
  await expect(shop.desk.resolve(1, 'credit', '…')).rejects.toMatchObject({ code: 'VALIDATION_ERROR', message: 'The provider now says 15000 UGX, and so does review 1: decide again' });
  expect(await shop.wallet()).toBe(0);
  expect((await details(shop.malipo)).map(({ detail }) => amounts(JSON.parse(detail) as Reported))).toEqual([[2_000_000, 1_500_000]]);
  await shop.desk.resolve(1, 'credit', 'As it says');
  expect(await transaction(shop.malipo, shop.liveKey, shop.reference)).toMatchObject({ status: 'completed', amount: 15_000 });
  expect(await shop.wallet()).toBe(13_800);
  expect(await shop.problems()).toEqual([]);
});

test.each([
  [{ kind: 'unknown', reason: 'silent' }, 'PROVIDER_ERROR', 'iotec does not answer what it received: try again'],
  [{ kind: 'failed', code: 'failed', reason: 'Sent back' }, 'VALIDATION_ERROR', 'iotec now says that the payment is failed: there is nothing to credit'],
] as const)('nor what it does not say at all', async (status, code, message) => {
  const shop = await mismatched(2_000_000);
  shop.provider.answersStatus(() => status);
  await expect(shop.desk.resolve(1, 'credit', '…')).rejects.toMatchObject({ code, message });
  expect(await shop.open()).toHaveLength(1);
  expect(await shop.wallet()).toBe(0);
});

test.each([2_000_050, 0])('a part of a shilling, or nothing, is no payment', async (amountMinor) => {
  const shop = await mismatched(amountMinor);
  await expect(shop.desk.resolve(1, 'credit', '…')).rejects.toMatchObject({ code: 'VALIDATION_ERROR', message: expect.stringContaining('UGX cannot be a payment') as string });
  expect(await shop.problems()).toEqual([]);
  await shop.desk.resolve(1, 'dismiss', 'Given back');
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

test('whoever decides second hears what was decided', async () => {
  const shop = await mismatched(2_000_000);
  const { store, clock } = shop.malipo;
  const busy = interrupted(store, 'lock', (tx) => resolveIn(tx, { id: 1, resolution: 'dismiss', note: 'Mine' }, clock.now()));
  await expect(reviewDesk({ store: busy, clock, live: shop.malipo.live }).resolve(1, 'credit', '…')).rejects.toMatchObject({ message: 'Review 1 was decided already: dismiss' });
});

test.each([
  ['payout', 10 * MINUTE_MS, [HOUR_MS]],
  ['refund', 2 * HOUR_MS, [HOUR_MS, DAY_MS]],
  ['withdrawal', 3 * DAY_MS, [HOUR_MS, DAY_MS, 7 * DAY_MS]],
] as const)('a %s that failed and is completed by hand at its provider, without a word, is looked back at: an hour, a day and a week after its end', async (what, lateMs, lookBacks) => {
  const shop = await openLiveShop();
  const paid = await shop.paid();
  if (what === 'payout') await shop.payout(10_000);
  shop.provider.answersStatus(() => ({ kind: 'pending' }));
  if (what === 'withdrawal') await shop.malipo.post('/v1/withdrawals', { amount: 10_000, currency: 'UGX', method: 'mobile_money', destination: '256772999888' }, { key: shop.liveKey });
  if (what === 'refund') await new RefundDesk({ store: shop.malipo.store, clock: shop.malipo.clock, jobs: shop.malipo.queue }).request({ reference: paid, amount: 10_000, reason: '' });
  await shop.malipo.jobs.runDue();
  shop.provider.answersStatus(() => ({ kind: 'failed', code: 'failed', reason: 'No such wallet' }));
  await shop.malipo.pass(15 * SECOND_MS);
  const endedAt = shop.malipo.clock.now();
  expect(await shop.wallet()).toBe(46_000);
  for (const after of lookBacks) {
    expect(await shop.open()).toEqual([]);
    if (after > lateMs) shop.provider.saysCompleted(endedAt + lateMs, { amountMinor: 1_000_000 });
    await shop.malipo.pass(endedAt + after - shop.malipo.clock.now());
  }
  expect((await shop.open()).map(({ kind }) => kind)).toEqual(['paid_after_release']);
  expect(await shop.problems()).toEqual([]);
});

test('a completed payment that the provider takes back is reversed once, when it calls back about it', async () => {
  const shop = await openLiveShop();
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
  const shop = await openLiveShop();
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

test('another amount taken back than is left waits for a person; accepted, the books have what the provider has', async () => {
  const shop = await openLiveShop();
  const reference = await shop.paid();
  await takenBack(shop, reference, 1_000_000);
  expect(await shop.wallet()).toBe(46_000);
  expect(await shop.open()).toEqual([{ id: 1, subject: 'payment:1', kind: 'reversal_mismatch' }]);
  await shop.desk.resolve(1, 'accept', 'A fifth of it is gone');
  expect(await shop.wallet()).toBe(46_000 - 9_200);
  expect(await atTheProvider(shop.malipo)).toBe(4_000_000);
  expect(await shop.problems()).toEqual([]);
});

test('what is taken back after a part of it was dismissed, or accepted, is before a person again, and is in the books as the provider has it', async () => {
  const shop = await openLiveShop();
  const reference = await shop.paid();
  await takenBack(shop, reference, 1_000_000);
  await shop.desk.resolve(1, 'dismiss', 'The network is looking into it');
  await takenBack(shop, reference, 1_000_000);
  expect(await shop.open()).toEqual([]);
  await takenBack(shop, reference, 2_000_000);
  expect(await shop.open()).toEqual([{ id: 2, subject: 'payment:1', kind: 'reversal_mismatch' }]);
  await shop.desk.resolve(2, 'accept', 'On the statement');
  await takenBack(shop, reference, 2_000_000);
  expect(await shop.open()).toEqual([]);
  await takenBack(shop, reference, 5_000_000);
  expect(await shop.open()).toEqual([{ id: 3, subject: 'payment:1', kind: 'reversal_mismatch' }]);
  await shop.desk.resolve(3, 'accept', 'The rest is gone, too');
  expect(await atTheProvider(shop.malipo)).toBe(0);
  expect(await shop.wallet()).toBe(0);
  expect(await shop.problems()).toEqual([]);
});

test('of a payment that was partly refunded by a payout all of it can be taken back: then the books say that it is gone twice', async () => {
  const shop = await openLiveShop();
  const reference = await shop.paid();
  shop.provider.saysCompleted(shop.malipo.clock.now(), { amountMinor: 1_000_000 });
  await new RefundDesk({ store: shop.malipo.store, clock: shop.malipo.clock, jobs: shop.malipo.queue }).request({ reference, amount: 10_000, reason: '' });
  await shop.malipo.jobs.runDue();
  await shop.malipo.pass(MINUTE_MS);
  await shop.paid();
  expect(await atTheProvider(shop.malipo)).toBe(5_000_000 + 4_000_000);
  await takenBack(shop, reference, AGREED_MINOR);
  expect(await shop.open()).toEqual([{ id: 1, subject: 'payment:1', kind: 'reversal_mismatch' }]);
  await shop.desk.resolve(1, 'accept', 'The network took all of it');
  expect(await atTheProvider(shop.malipo)).toBe(4_000_000);
  expect(await shop.wallet()).toBe(46_000 + 36_800 - 46_800);
  expect(await shop.problems()).toEqual([]);
});

test('a provider that calls a completed payment failed is not believed, and not forgotten', async () => {
  const shop = await openLiveShop();
  const reference = await shop.paid();
  shop.malipo.clock.advance(MINUTE_MS);
  shop.provider.answersStatus(() => ({ kind: 'failed', code: 'failed', reason: 'Never heard of it' }));
  await callBack(shop.malipo, reference, { news: 1 });
  await shop.malipo.jobs.runDue();
  expect(await shop.wallet()).toBe(46_000);
  expect(await shop.open()).toEqual([{ id: 1, subject: 'payment:1', kind: 'reversal_mismatch' }]);
});

test('a payout that comes back after its success is looked back at by itself, and is in the wallet again', async () => {
  const shop = await openLiveShop();
  await shop.paid();
  const reference = await shop.payout(10_000);
  shop.provider.saysCompleted(shop.malipo.clock.now(), { amountMinor: 1_000_000 });
  await shop.malipo.pass(15 * SECOND_MS);
  expect(await shop.wallet()).toBe(36_000);
  shop.provider.answersStatus(() => reversed(1_000_000, shop.malipo.clock.now()));
  await shop.malipo.pass(HOUR_MS);
  expect(await shop.wallet()).toBe(46_000);
  expect(await transaction(shop.malipo, shop.liveKey, reference)).toMatchObject({ status: 'completed', reversed_at: expect.any(String) as string });
  // It may leave after all, and is looked back at for that, too.
  for (const wait of [HOUR_MS, DAY_MS, 7 * DAY_MS]) await shop.malipo.pass(wait);
  const asked = shop.provider.asked.length;
  await shop.malipo.pass(30 * DAY_MS);
  expect(shop.provider.asked).toHaveLength(asked);
  expect(await shop.wallet()).toBe(46_000);
  expect(await shop.problems()).toEqual([]);
});

test('a withdrawal that comes back is in the wallet again', async () => {
  const shop = await openLiveShop();
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
  const shop = await openLiveShop();
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
  const shop = await openLiveShop();
  shop.provider.answersCollect(() => ({ kind: 'unknown', reason: 'reset' })).answersStatus(() => ({ kind: 'unknown', reason: 'silent' }));
  await collect(shop.malipo, shop.liveKey);
  await shop.malipo.pass(4 * HOUR_MS);
  await shop.desk.resolve(1, 'credit', 'On the statement of 14 March');
  expect(await shop.wallet()).toBe(46_000);
  expect(await shop.problems()).toEqual([]);
});

test('a refund that was paid after its release is charged to the app, and counts as refunded', async () => {
  const shop = await openLiveShop();
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
