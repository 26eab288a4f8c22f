/** What somebody gives back in Stripe's own dashboard: heard over real HTTP, entered once, counted, and undone when it fails. */
import { expect, test } from 'vitest';
import { DAY_MS, MINUTE_MS } from '../../../server/core/clock.ts';
import { paidByCard } from '../providers/paid-by-card.ts';
import { rows } from '../support/database.ts';
import { reviewDesk } from '../support/review-desk.ts';

/** Where they are asked for, and not listed. */
const REFUNDS = /^\/v1\/refunds$/;

const REASON = 'Refunded in Stripe’s dashboard';

type Shop = Awaited<ReturnType<typeof paidByCard>>;

function refunds({ malipo }: Shop) {
  return rows(malipo.store, 'SELECT reference, amount_minor, fee_minor, status, CAST(reversed_at IS NOT NULL AS INTEGER) AS back FROM refunds ORDER BY id');
}

async function expectSound(shop: Shop): Promise<void> {
  expect(await shop.differences()).toEqual([]);
  expect(await shop.problems()).toEqual([]);
}

test('a part is a refund under Stripe’s name for it, once however often and in what order it is told', async () => {
  const shop = await paidByCard();
  shop.malipo.clock.advance(DAY_MS);
  const { id } = shop.stripe.refundInDashboard(shop.intent, 2_000_000);
  await shop.delivered({ inOrder: (callbacks) => [...callbacks, ...callbacks].reverse() });
  for (let time = 0; time < 3; time++) {
    await shop.malipo.pass(MINUTE_MS);
    shop.stripe.dispute(shop.intent, 'won', 100);
    await shop.delivered();
  }
  expect(await refunds(shop)).toEqual([{ reference: id, amount_minor: 2_000_000, fee_minor: 160_000, status: 'completed', back: 0 }]);
  expect(await shop.wallet()).toBe(27_600);
  expect(await shop.stands()).toMatchObject({ status: 'completed', refunded_amount: 20_000 });
  expect(await shop.events()).toEqual([{ kind: 'refunded', reference: id, amountMinor: 2_000_000, reason: REASON }]);
  expect(await shop.open()).toEqual([]);
  await expectSound(shop);
});

test('never more is refunded than was collected, whoever does it, and parts give back the whole fee', async () => {
  const shop = await paidByCard();
  shop.stripe.refundInDashboard(shop.intent, 1_234_500);
  await shop.delivered();
  await expect(shop.desk.request({ reference: shop.reference, amount: 37_656, reason: '' })).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  await shop.desk.request({ reference: shop.reference, amount: 30_000, reason: '' });
  await shop.delivered();
  shop.stripe.refundInDashboard(shop.intent, 765_500);
  await shop.delivered();
  expect(await shop.wallet()).toBe(0);
  expect(await shop.stands()).toMatchObject({ refunded_amount: 50_000 });
  await expect(shop.desk.request({ reference: shop.reference, reason: '' })).rejects.toMatchObject({ code: 'VALIDATION_ERROR', message: `Payment ${shop.reference} has been refunded in full` });
  await expectSound(shop);
});

test('a refund of ours is never taken for one of the dashboard, also where its answer was lost, or it bears another name there', async () => {
  const shop = await paidByCard();
  shop.line.next(REFUNDS, { kind: 'does_and_resets' });
  await shop.desk.request({ reference: shop.reference, amount: 10_000, reason: '' });
  await shop.delivered();
  shop.stripe.refundInDashboard(shop.intent, 1_000_000, { reference: 'order-7' });
  await shop.delivered();
  await shop.malipo.pass(MINUTE_MS);
  expect(await refunds(shop)).toMatchObject([{ reference: expect.stringMatching(/^dgw_/) as string, status: 'completed' }, { reference: shop.stripe.refunds[1]!.id, status: 'completed' }]);
  expect(await shop.wallet()).toBe(46_000 - 18_400);
  await expectSound(shop);
});

test('one that fails later is undone: wallet and fee are as before, its merchant hears it, and it can be refunded again', async () => {
  const shop = await paidByCard();
  const { id } = shop.stripe.refundInDashboard(shop.intent, 2_000_000);
  await shop.delivered();
  shop.malipo.clock.advance(DAY_MS);
  for (let time = 0; time < 2; time++) {
    shop.stripe.failRefund(id);
    await shop.delivered();
    await shop.malipo.pass(MINUTE_MS);
  }
  expect(await shop.wallet()).toBe(46_000);
  expect(await shop.stands()).not.toHaveProperty('refunded_amount');
  expect((await shop.events()).map(({ kind }) => kind)).toEqual(['refunded', 'refund_failed']);
  await shop.desk.request({ reference: shop.reference, reason: '' });
  await shop.delivered();
  expect(await shop.wallet()).toBe(0);
  await expectSound(shop);
});

test('more of them than Stripe lists on one page are all entered, each once', async () => {
  const shop = await paidByCard();
  for (let each = 0; each < 230; each++) shop.stripe.refundInDashboard(shop.intent, 10_000);
  for (let time = 0; time < 2; time++) await shop.delivered({ inOrder: (callbacks) => callbacks.slice(0, 1) });
  expect(await rows(shop.malipo.store, 'SELECT CAST(count(*) AS INTEGER) AS refunds, CAST(count(DISTINCT reference) AS INTEGER) AS names FROM refunds')).toEqual([{ refunds: 230, names: 230 }]);
  expect(await shop.stands()).toMatchObject({ refunded_amount: 23_000 });
  expect(await shop.open()).toEqual([]);
  await expectSound(shop);
});

test('one that fails beside another that stands is undone alone', async () => {
  const shop = await paidByCard();
  const first = shop.stripe.refundInDashboard(shop.intent, 1_000_000);
  shop.malipo.clock.advance(MINUTE_MS);
  shop.stripe.refundInDashboard(shop.intent, 2_000_000);
  await shop.delivered();
  shop.stripe.failRefund(first.id);
  await shop.delivered();
  expect(await refunds(shop)).toMatchObject([{ back: 1 }, { back: 0 }]);
  expect(await shop.wallet()).toBe(27_600);
  await expectSound(shop);
});

test('one that its bank takes days over is entered when it has succeeded, and one that never does is not', async () => {
  const shop = await paidByCard();
  shop.stripe.nextRefund = () => 'pending';
  const [first, second] = [1_000_000, 2_000_000].map((amount) => shop.stripe.refundInDashboard(shop.intent, amount));
  await shop.delivered();
  expect(await refunds(shop)).toEqual([]);
  shop.malipo.clock.advance(DAY_MS);
  shop.stripe.endRefund(first!, 'succeeded');
  shop.stripe.endRefund(second!, 'failed');
  await shop.delivered();
  expect(await refunds(shop)).toMatchObject([{ reference: first!.id, status: 'completed' }]);
  expect(await shop.wallet()).toBe(36_800);
  await expectSound(shop);
});

test('what the wallet has spent the platform bears; a person can have the app pay, and whoever gave has it again when it fails', async () => {
  for (const isCharged of [false, true]) {
    const shop = await paidByCard();
    await shop.spendAllBut(8_200);
    const { id } = shop.stripe.refundInDashboard(shop.intent, 1_000_000);
    await shop.delivered();
    expect(await shop.wallet()).toBe(0);
    expect(await shop.open()).toEqual([{ id: 1, subject: 'refund:1', kind: 'reversal_shortfall' }]);
    expect(await shop.problems()).toEqual([]);
    if (isCharged) {
      await expect(reviewDesk(shop.malipo).resolve(1, 'charge', '…')).rejects.toMatchObject({ code: 'INSUFFICIENT_BALANCE' });
      await shop.paysByCard(2_500);
      await reviewDesk(shop.malipo).resolve(1, 'charge', 'They have it again');
      expect(await shop.wallet()).toBe(1_300);
      expect(await shop.problems()).toEqual([]);
    }
    shop.malipo.clock.advance(DAY_MS);
    shop.stripe.failRefund(id);
    await shop.delivered();
    expect(await shop.wallet()).toBe(isCharged ? 10_500 : 8_200);
    expect(await shop.open()).toEqual([]);
    expect(await shop.problems()).toEqual([]);
  }
});

test('what was given back before we heard that it was paid is entered with it; all of it, and it is nothing that was paid', async () => {
  for (const [amount, status, wallet] of [[2_000_000, 'completed', 27_600], [5_000_000, 'failed', 0]] as const) {
    const shop = await paidByCard({ heard: false });
    shop.stripe.refundInDashboard(shop.intent, amount);
    shop.unheard();
    await shop.malipo.pass(MINUTE_MS);
    await shop.malipo.jobs.runDue();
    expect(await shop.stands()).toMatchObject({ status });
    expect(await shop.wallet()).toBe(wallet);
    expect(await shop.problems()).toEqual([]);
  }
});

test('one that does not fit beside a refund of ours under way is entered once that was refused', async () => {
  const shop = await paidByCard();
  const { id } = shop.stripe.refundInDashboard(shop.intent, 2_000_000);
  await shop.desk.request({ reference: shop.reference, amount: 40_000, reason: '' });
  shop.line.next(REFUNDS, { kind: 'resets' });
  await shop.malipo.jobs.runDue();
  await shop.delivered();
  expect(await refunds(shop)).toMatchObject([{ status: 'pending' }]);
  expect(await shop.open()).toEqual([]);
  await shop.malipo.pass(DAY_MS);
  await shop.malipo.pass(MINUTE_MS);
  expect(await refunds(shop)).toMatchObject([{ status: 'failed' }, { reference: id, status: 'completed' }]);
  expect(await shop.wallet()).toBe(27_600);
  await expectSound(shop);
});
