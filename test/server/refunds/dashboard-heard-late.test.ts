/** What somebody gives back in Stripe's own dashboard, where Stripe is silent when it is asked about that, or tells of it in another order than it happened. */
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../server/core/clock.ts';
import { paidByCard } from '../providers/paid-by-card.ts';
import { rows } from '../support/database.ts';

type Shop = Awaited<ReturnType<typeof paidByCard>>;

const INTENT = /^\/v1\/payment_intents\/pi_/;

/** Stripe answers so many questions about a payment, and then none until it is well again. */
function silentAfter({ line }: Shop, answers: number): { isWellAgain(): void } {
  let left = answers;
  line.plan = ({ path }) => (INTENT.test(path) && left-- <= 0 ? { kind: 'resets' } : undefined);
  return { isWellAgain: () => void (line.plan = () => undefined) };
}

function refunds({ malipo }: Shop) {
  return rows(malipo.store, 'SELECT reference, amount_minor, status, CAST(reversed_at IS NOT NULL AS INTEGER) AS back FROM refunds ORDER BY id');
}

async function expectSound(shop: Shop): Promise<void> {
  expect(await shop.open()).toEqual([]);
  expect(await shop.differences()).toEqual([]);
  expect(await shop.problems()).toEqual([]);
}

test('a part that was given back before we heard of the payment is entered, also where Stripe is silent when it is asked about that', async () => {
  const shop = await paidByCard({ heard: false });
  const { id } = shop.stripe.refundInDashboard(shop.intent, 2_000_000);
  shop.unheard();
  const stripe = silentAfter(shop, 1);
  await shop.malipo.pass(MINUTE_MS);
  expect(await shop.stands()).toMatchObject({ status: 'completed' });
  for (let time = 0; time < 10; time++) await shop.malipo.pass(MINUTE_MS);
  expect(await refunds(shop)).toEqual([]);
  stripe.isWellAgain();
  for (let time = 0; time < 20; time++) await shop.malipo.pass(MINUTE_MS);
  expect(await refunds(shop)).toMatchObject([{ reference: id, amount_minor: 2_000_000, status: 'completed' }]);
  expect(await shop.wallet()).toBe(27_600);
  await expectSound(shop);
});

test('no provider is asked for ever about a payment of which it never says anything', async () => {
  const shop = await paidByCard({ heard: false });
  shop.stripe.refundInDashboard(shop.intent, 2_000_000);
  shop.unheard();
  silentAfter(shop, 1);
  await shop.malipo.pass(MINUTE_MS);
  for (let time = 0; time < 120; time++) await shop.malipo.pass(20 * MINUTE_MS);
  expect(await rows(shop.malipo.store, `SELECT subject FROM jobs WHERE kind = 'payment.check'`)).toEqual([]);
  expect((await shop.differences()).map(({ kind }) => kind)).toContain('missing_here');
});

test('one that was made because a refund of ours had failed is entered also where that is heard afterwards', async () => {
  const shop = await paidByCard();
  await shop.refund(50_000);
  shop.stripe.failRefund(shop.stripe.refunds[0]!.id);
  shop.malipo.clock.advance(MINUTE_MS);
  const { id } = shop.stripe.refundInDashboard(shop.intent, 5_000_000);
  // The failure is told last.
  await shop.delivered({ inOrder: ([failed, ...rest]) => [...rest, failed!], oneByOne: true });
  expect(await refunds(shop)).toMatchObject([{ amount_minor: 5_000_000, back: 1 }, { reference: id, status: 'completed', back: 0 }]);
  expect(await shop.wallet()).toBe(0);
  await expectSound(shop);
});

test('what came back makes room for what was given back since, where both are told together', async () => {
  const shop = await paidByCard();
  const first = shop.stripe.refundInDashboard(shop.intent, 5_000_000);
  await shop.delivered();
  shop.malipo.clock.advance(MINUTE_MS);
  shop.stripe.failRefund(first.id);
  shop.unheard();
  const second = shop.stripe.refundInDashboard(shop.intent, 5_000_000);
  await shop.delivered();
  expect(await refunds(shop)).toMatchObject([{ reference: first.id, back: 1 }, { reference: second.id, back: 0 }]);
  expect(await rows(shop.malipo.store, 'SELECT kind FROM reviews')).toEqual([]);
  await expectSound(shop);
});

test('one that bears a name of somebody else, or its payment’s, is heard to succeed and to come back as any other', async () => {
  for (const name of ['order-7', 'Commande nº 7', 'its payment’s']) {
    const shop = await paidByCard();
    shop.stripe.nextRefund = () => 'pending';
    const refund = shop.stripe.refundInDashboard(shop.intent, 2_000_000, { reference: name === 'its payment’s' ? shop.reference : name });
    await shop.delivered();
    shop.stripe.endRefund(refund, 'succeeded');
    await shop.delivered();
    expect(await refunds(shop), name).toMatchObject([{ reference: refund.id, status: 'completed', back: 0 }]);
    shop.malipo.clock.advance(10 * DAY_MS);
    shop.stripe.failRefund(refund.id);
    await shop.delivered();
    expect(await refunds(shop), name).toMatchObject([{ back: 1 }]);
    await expectSound(shop);
  }
});

test('one that came back did so when that was told, not when it was made', async () => {
  const shop = await paidByCard();
  const { id } = shop.stripe.refundInDashboard(shop.intent, 1_000_000);
  shop.stripe.refundInDashboard(shop.intent, 2_000_000);
  await shop.delivered();
  shop.malipo.clock.advance(30 * MINUTE_MS);
  shop.stripe.failRefund(id);
  // What is told of the refund itself is lost; what of its payment comes next is not.
  shop.unheard();
  shop.stripe.dispute(shop.intent, 'won', 100);
  await shop.delivered();
  expect(await rows(shop.malipo.store, 'SELECT reference, reversed_at FROM refunds WHERE reversed_at IS NOT NULL')).toEqual([{ reference: id, reversed_at: shop.malipo.clock.now() }]);
  await expectSound(shop);
});

test('one that its bank takes days over is entered also where nobody tells that it has succeeded; one that never ends is asked about for a month', async () => {
  const shop = await paidByCard();
  shop.stripe.nextRefund = () => 'pending';
  const refund = shop.stripe.refundInDashboard(shop.intent, 2_000_000);
  shop.stripe.refundInDashboard(shop.intent, 1_000_000);
  await shop.delivered();
  await shop.malipo.pass(DAY_MS);
  shop.stripe.endRefund(refund, 'succeeded');
  shop.unheard();
  expect(await refunds(shop)).toEqual([]);
  await shop.malipo.pass(6 * HOUR_MS);
  expect(await refunds(shop)).toMatchObject([{ reference: refund.id, amount_minor: 2_000_000, status: 'completed' }]);
  expect(await shop.wallet()).toBe(27_600);
  expect(await shop.problems()).toEqual([]);
  for (let days = 0; days < 30; days++) await shop.malipo.pass(DAY_MS);
  expect(await rows(shop.malipo.store, `SELECT subject FROM jobs WHERE kind = 'payment.check'`)).toEqual([]);
});
