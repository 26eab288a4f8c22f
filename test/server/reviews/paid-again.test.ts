/** What came back to the wallet and is called paid again: nobody guesses where the money is, a person sees it at once. */
import { expect, test } from 'vitest';
import { refundDesk } from '../../../server/cli/desks.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../server/core/clock.ts';
import type { Resolution } from '../../../server/reviews/reviews.ts';
import { rows } from '../support/database.ts';
import { openLiveShop } from '../support/live-shop.ts';
import { atTheProvider, type LiveShop, says, takenBack } from './said.ts';

const KINDS = ['payout', 'withdrawal', 'refund'] as const;
type Kind = (typeof KINDS)[number];

/** In which table each stands, and under which name among reviews. */
const ROWS = { payout: { table: 'payments', subject: 'payment:2' }, withdrawal: { table: 'withdrawals', subject: 'withdrawal:1' }, refund: { table: 'refunds', subject: 'refund:1' } } as const;

/** What of UGX 10,000 the wallet gives: of a refund the platform gives its share. */
const GIVES = { payout: 10_000, withdrawal: 10_000, refund: 9_200 } as const;

function paid(shop: LiveShop, reference: string, amountMinor = 1_000_000): Promise<void> {
  return says(shop, reference, { kind: 'completed', providerRef: 'x', amountMinor, currency: 'UGX', at: shop.malipo.clock.now() });
}

async function sent(shop: LiveShop, kind: Kind, paymentReference: string): Promise<string> {
  const { malipo, liveKey } = shop;
  if (kind === 'payout') return shop.payout(10_000);
  shop.provider.answersStatus(() => ({ kind: 'pending' }));
  if (kind === 'refund') {
    const { reference } = await refundDesk(malipo, malipo.clock).request({ reference: paymentReference, amount: 10_000, reason: '' });
    await malipo.jobs.runDue();
    return reference;
  }
  const asked = { provider: 'iotec', currency: 'UGX', amount: 10_000, method: 'mobile_money', destination: '256772999888' };
  const answer = await malipo.post('/v1/withdrawals', asked, { key: liveKey });
  expect(answer.statusCode, answer.body).toBeLessThan(300);
  return shop.provider.disbursed.at(-1)!.reference;
}

/** UGX 10,000 that were paid, came back whole, and are called paid again. */
async function paidAgain(kind: Kind, againMinor?: number) {
  const shop = await openLiveShop();
  const reference = await sent(shop, kind, await shop.paid());
  await paid(shop, reference);
  expect(await shop.wallet()).toBe(46_000 - GIVES[kind]);
  await takenBack(shop, reference, 1_000_000);
  expect(await shop.wallet()).toBe(46_000);
  const whileBack = await atTheProvider(shop.malipo);
  await paid(shop, reference, againMinor);
  const { table, subject } = ROWS[kind];
  expect(await shop.open()).toEqual([{ id: 1, subject, kind: 'paid_after_release' }]);
  return {
    ...shop,
    reference,
    /** What left the account at the provider since it had come back. */
    hasLeft: async () => whileBack - (await atTheProvider(shop.malipo)),
    /** Decides on the one thing that waits. */
    decide: async (...[waits, resolution]: [string, Resolution]) => {
      const [review, ...others] = await shop.open();
      expect([review?.kind, others]).toEqual([waits, []]);
      await shop.desk.resolve(review!.id, resolution, 'Looked into');
    },
    isBack: async () => (await rows<{ back: number }>(shop.malipo.store, `SELECT CAST(reversed_at IS NOT NULL AS INTEGER) AS back FROM ${table} ORDER BY id DESC LIMIT 1`))[0]!.back === 1,
  };
}

test.each(KINDS)('a %s that came back and is paid again is before a person once, and nothing moves or is sent', async (kind) => {
  const shop = await paidAgain(kind);
  const sentBefore = shop.provider.disbursed.length;
  for (const wait of [0, HOUR_MS, DAY_MS, 8 * DAY_MS]) {
    await shop.malipo.pass(wait);
    await paid(shop, shop.reference);
    expect(await shop.open()).toHaveLength(1);
  }
  expect([await shop.wallet(), await shop.hasLeft(), await shop.isBack()]).toEqual([46_000, 0, true]);
  expect(shop.provider.disbursed).toHaveLength(sentBefore);
  expect(await shop.problems()).toEqual([]);
});

test.each(KINDS)('and is found by its look-backs where nobody calls back: %s', async (kind) => {
  const shop = await openLiveShop();
  const reference = await sent(shop, kind, await shop.paid());
  await paid(shop, reference);
  for (const wait of [HOUR_MS, DAY_MS, 8 * DAY_MS]) await shop.malipo.pass(wait);
  await takenBack(shop, reference, 1_000_000);
  shop.provider.saysCompleted(shop.malipo.clock.now(), { amountMinor: 1_000_000 });
  await shop.malipo.pass(HOUR_MS);
  expect(await shop.open()).toEqual([{ id: 1, subject: ROWS[kind].subject, kind: 'paid_after_release' }]);
  expect(await shop.problems()).toEqual([]);
});

test.each(KINDS)('the app pays for a %s that left again; what comes back of that is entered by a person', async (kind) => {
  const shop = await paidAgain(kind);
  await shop.decide('paid_after_release', 'charge');
  expect([await shop.wallet(), await shop.hasLeft(), await shop.isBack()]).toEqual([36_000, 1_000_000, false]);
  expect(await shop.problems()).toEqual([]);
  await takenBack(shop, shop.reference, 1_000_000);
  await shop.decide('reversal_mismatch', 'accept');
  expect([await shop.wallet(), await shop.hasLeft(), await shop.isBack()]).toEqual([46_000, 0, true]);
  await paid(shop, shop.reference);
  await shop.decide('paid_after_release', 'charge');
  expect([await shop.wallet(), await shop.hasLeft(), await shop.isBack()]).toEqual([36_000, 1_000_000, false]);
  expect(await shop.problems()).toEqual([]);
});

test.each(KINDS)('or the platform pays for the %s, and has it again when it comes back', async (kind) => {
  const shop = await paidAgain(kind);
  await shop.decide('paid_after_release', 'absorb');
  expect([await shop.wallet(), await shop.hasLeft(), await shop.isBack()]).toEqual([46_000, 1_000_000, true]);
  expect(await shop.problems()).toEqual([]);
  await takenBack(shop, shop.reference, 1_000_000);
  await shop.decide('reversal_mismatch', 'accept');
  expect([await shop.wallet(), await shop.hasLeft()]).toEqual([46_000, 0]);
  expect(await shop.problems()).toEqual([]);
});

test.each(KINDS)('nobody has to decide of a %s that is back again by itself', async (kind) => {
  const shop = await paidAgain(kind);
  await takenBack(shop, shop.reference, 1_000_000);
  expect(await shop.open()).toEqual([]);
  expect([await shop.wallet(), await shop.hasLeft(), await shop.isBack()]).toEqual([46_000, 0, true]);
  await paid(shop, shop.reference);
  await shop.decide('paid_after_release', 'dismiss');
  await shop.malipo.pass(MINUTE_MS);
  expect(await shop.open()).toEqual([]);
  expect(await shop.problems()).toEqual([]);
});

test.each(KINDS)('another amount than the %s was of is not charged to the app', async (kind) => {
  const shop = await paidAgain(kind, 900_000);
  await expect(shop.desk.resolve(1, 'charge', '…')).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  await shop.decide('paid_after_release', 'absorb');
  expect([await shop.wallet(), await shop.hasLeft()]).toEqual([46_000, 900_000]);
  expect(await shop.problems()).toEqual([]);
});
