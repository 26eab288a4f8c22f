/** Card money that goes back: disputes, told by events that name Stripe's intent alone, and refunds, over real HTTP. */
import { expect, test } from 'vitest';
import { DAY_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { openReviews } from '../../../server/reviews/reviews.ts';
import { rowCounts, rows } from '../support/database.ts';
import { paidByCard } from './paid-by-card.ts';

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

test('what several disputes have taken is taken together, as each of them is lost, and once', async () => {
  const shop = await paidByCard();
  const taken = () => rows(shop.malipo.store, `SELECT CAST(coalesce(sum(CASE WHEN t.posting IN ('collectReversed', 'collectRestored') THEN e.amount_minor END), 0) AS BIGINT) AS minor FROM ledger_transfers t JOIN ledger_entries e ON e.transfer_id = t.id JOIN ledger_accounts a ON a.id = e.account_id AND a.kind = 'clearing'`);
  for (const [lost, takenMinor] of [[1_000_000, 1_000_000], [500_000, 1_500_000]] as const) {
    shop.malipo.clock.advance(DAY_MS);
    shop.stripe.disputeAgain(shop.intent, 'needs_response', lost);
    await shop.delivered();
    expect(await openReviews(shop.malipo.store.read)).toEqual([]);
    for (let time = 0; time < 2; time++) {
      shop.stripe.dispute(shop.intent, 'lost', lost);
      await shop.delivered();
      const [review, ...others] = await openReviews(shop.malipo.store.read);
      if (time === 1) expect(review).toBeUndefined();
      else {
        expect([JSON.parse(review!.detail), others]).toMatchObject([{ reported: { amount_minor: takenMinor, currency: 'UGX' } }, []]);
        await shop.reviews.resolve(review!.id, 'accept', 'Lost');
      }
      expect(await taken()).toEqual([{ minor: takenMinor }]);
    }
  }
  shop.stripe.disputeAgain(shop.intent, 'won', 700_000);
  await shop.delivered();
  expect(await openReviews(shop.malipo.store.read)).toEqual([]);
  expect(await shop.wallet()).toBe(46_000 - 13_800);
  expect(await shop.problems()).toEqual([]);
});

test('what is left of a payment after a refund, and is lost by two disputes, is all that was left', async () => {
  const shop = await paidByCard();
  await shop.refund(20_000);
  shop.stripe.disputeAgain(shop.intent, 'needs_response', 1_000_000);
  shop.stripe.disputeAgain(shop.intent, 'needs_response', 2_000_000);
  await shop.delivered();
  shop.stripe.loseAll(shop.intent);
  await shop.delivered();
  expect(await shop.wallet()).toBe(0);
  expect(await openReviews(shop.malipo.store.read)).toEqual([]);
  expect(await shop.problems()).toEqual([]);
});

test('what is refunded in the dashboard beside a refund of ours is a refund, until nothing is left', async () => {
  const shop = await paidByCard();
  await shop.refund(10_000);
  shop.malipo.clock.advance(DAY_MS);
  shop.stripe.refundInDashboard(shop.intent, 2_000_000);
  await shop.delivered();
  expect(await shop.wallet()).toBe(18_400);
  shop.stripe.refundInDashboard(shop.intent, 2_000_000);
  await shop.delivered();
  expect(await shop.wallet()).toBe(0);
  expect(await shop.stands()).toMatchObject({ status: 'completed', refunded_amount: 50_000 });
  expect(await shop.differences()).toEqual([]);
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
