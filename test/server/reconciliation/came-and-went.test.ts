/** What was paid and given back in Stripe’s dashboard, where our books say so in other words than Stripe’s list. */
import { expect, test } from 'vitest';
import { DAY_MS, MINUTE_MS } from '../../../server/core/clock.ts';
import { paidByCard } from '../providers/paid-by-card.ts';

test('what was all given back before we heard of it failed here, and is no difference, also where only a part of that is looked at', async () => {
  const shop = await paidByCard({ heard: false });
  const paidAt = shop.malipo.clock.now();
  shop.malipo.clock.advance(DAY_MS);
  shop.stripe.refundInDashboard(shop.intent, 2_000_000);
  shop.stripe.refundInDashboard(shop.intent, 3_000_000);
  shop.unheard();
  await shop.malipo.pass(MINUTE_MS);
  expect(await shop.stands()).toMatchObject({ status: 'failed' });
  expect(await shop.differences()).toEqual([]);
  expect(await shop.differences({ from: paidAt, until: paidAt + MINUTE_MS })).toEqual([]);
  expect(await shop.differences({ from: paidAt + MINUTE_MS, until: paidAt + 2 * DAY_MS })).toEqual([]);
});

/** As an earlier release entered what was given back there: as taken back. */
async function takenBack(amount: number) {
  const shop = await paidByCard();
  shop.stripe.dispute(shop.intent, 'lost');
  await shop.delivered();
  shop.stripe.dispute(shop.intent, 'won');
  shop.stripe.refundInDashboard(shop.intent, amount);
  return shop;
}

test('what an earlier release entered as taken back is no difference', async () => {
  const shop = await takenBack(5_000_000);
  await shop.delivered();
  expect(await shop.wallet()).toBe(0);
  expect(await shop.problems()).toEqual([]);
  expect(await shop.differences()).toEqual([]);
});

test('it is one where less was given back than was taken here', async () => {
  const shop = await takenBack(2_000_000);
  expect((await shop.differences()).map(({ kind, entry }) => [kind, entry?.direction])).toEqual([['missing_here', 'refund'], ['status', 'collect']]);
});
