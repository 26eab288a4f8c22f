/** A refund that comes back, or of which its provider says two things: the app's money and the customer's are never both gone. */
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { openReviews, type Reported } from '../../../server/reviews/reviews.ts';
import type { ProviderStatus, Submission } from '../../../server/providers/provider.ts';
import { rows } from '../support/database.ts';
import { callBack, transaction } from '../support/payments.ts';
import { reviewDesk } from '../support/review-desk.ts';
import { until } from '../support/until.ts';
import { AGREED_MINOR, paidShop } from './paid-shop.ts';

const PART_MINOR = 2_000_000;

function cameBack(amountMinor = PART_MINOR): ProviderStatus {
  return { kind: 'reversed', providerRef: 'out', amountMinor, currency: 'UGX', at: 0, reason: 'Wallet is closed' };
}

/** A payment of UGX 50,000 of which 20,000 went back to the customer. */
async function refundedShop() {
  const shop = await paidShop();
  const refund = await shop.refund({ amount: 20_000 });
  await shop.malipo.jobs.runDue();
  shop.paysOut(PART_MINOR);
  await shop.malipo.pass(15 * SECOND_MS);
  expect(await shop.stands()).toEqual([{ status: 'completed', submission: 'sent' }]);
  expect(await shop.wallet()).toBe(27_600);
  return {
    ...shop,
    refundReference: refund.reference,
    payment: () => transaction(shop.malipo, shop.liveKey, shop.reference),
    reviews: async () => (await openReviews(shop.malipo.store.read)).map(({ subject, kind }) => ({ subject, kind })),
  };
}

test('a refund is looked back at after an hour, a day and a week, and then no more', async () => {
  const shop = await refundedShop();
  const before = shop.provider.asked.length;
  for (const [index, wait] of [HOUR_MS, DAY_MS, 7 * DAY_MS, 30 * DAY_MS].entries()) {
    await shop.malipo.pass(wait);
    expect(shop.provider.asked).toHaveLength(before + Math.min(index + 1, 3));
  }
  expect(await rows(shop.malipo.store, `SELECT subject FROM jobs WHERE kind = 'refund.follow'`)).toEqual([]);
});

test('one that came back is in the wallet again, fee and all, once; the merchant hears of it, and can refund again', async () => {
  const shop = await refundedShop();
  shop.provider.answersStatus(() => cameBack());
  await shop.malipo.pass(HOUR_MS);
  await callBack(shop.malipo, shop.refundReference);
  await shop.malipo.pass(DAY_MS);
  expect(await shop.wallet()).toBe(46_000);
  expect(await shop.payment()).not.toHaveProperty('refunded_amount');
  expect(await rows(shop.malipo.store, `SELECT posting FROM ledger_transfers WHERE source = 'refund:1' ORDER BY id`)).toEqual([{ posting: 'refundHeld' }, { posting: 'refundPaid' }, { posting: 'refundReversed' }]);
  const [event] = (await rows<{ facts: string }>(shop.malipo.store, 'SELECT facts FROM webhook_events ORDER BY id DESC LIMIT 1')) as [{ facts: string }];
  expect(JSON.parse(event.facts)).toMatchObject({ back: { news: { kind: 'refund_failed', reference: shop.refundReference, amountMinor: PART_MINOR, reason: 'Wallet is closed' }, refundedMinor: 0 } });
  expect(await shop.problems()).toEqual([]);

  expect((await shop.refund()).amountMinor).toBe(AGREED_MINOR);
  await shop.malipo.jobs.runDue();
  shop.paysOut();
  await shop.malipo.pass(MINUTE_MS);
  expect(await shop.wallet()).toBe(0);
  expect(await shop.payment()).toMatchObject({ refunded_amount: 50_000 });
  expect(await shop.problems()).toEqual([]);
});

test('another amount, or none, waits for a person; a part cannot be entered, and one that never was paid is in the wallet again', async () => {
  const shop = await refundedShop();
  shop.provider.answersStatus(() => cameBack(1_900_000));
  await shop.malipo.pass(HOUR_MS);
  expect(await shop.reviews()).toEqual([{ subject: 'refund:1', kind: 'reversal_mismatch' }]);
  await expect(reviewDesk(shop.malipo).resolve(1, 'accept', '…')).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  expect(await shop.wallet()).toBe(27_600);
  shop.provider.answersStatus(() => ({ kind: 'failed', code: 'failed', reason: 'Never heard of it' }));
  await shop.malipo.pass(DAY_MS);
  await reviewDesk(shop.malipo).resolve(1, 'accept', 'On the statement');
  expect(await shop.wallet()).toBe(46_000);
  expect(await shop.payment()).not.toHaveProperty('refunded_amount');
  expect(await shop.problems()).toEqual([]);
});

test('one that comes back when the whole payment was taken back since is for a person, who settles it by hand', async () => {
  const shop = await refundedShop();
  shop.provider.answersStatus(({ reference }) => (reference === shop.refundReference ? { kind: 'pending' } : cameBack(AGREED_MINOR - PART_MINOR)));
  await callBack(shop.malipo, shop.reference);
  await shop.malipo.jobs.runDue();
  expect(await shop.wallet()).toBe(0);
  shop.provider.answersStatus(() => cameBack());
  await shop.malipo.pass(HOUR_MS);
  expect(await shop.reviews()).toEqual([{ subject: 'refund:1', kind: 'reversal_mismatch' }]);
  const desk = reviewDesk(shop.malipo);
  await expect(desk.resolve(1, 'accept', '…')).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  await desk.resolve(1, 'dismiss', 'Paid to the customer by hand');
  expect(await shop.wallet()).toBe(0);
  expect(await shop.problems()).toEqual([]);
});

test('a payment taken back while a refund of it is under way waits for a person, who decides when that has ended', async () => {
  const shop = await paidShop();
  const refund = await shop.refund({ amount: 20_000 });
  await shop.malipo.jobs.runDue();
  shop.provider.answersStatus(({ reference }) => (reference === refund.reference ? { kind: 'pending' } : cameBack(AGREED_MINOR)));
  await callBack(shop.malipo, shop.reference);
  await shop.malipo.jobs.runDue();
  expect((await openReviews(shop.malipo.store.read)).map(({ kind }) => kind)).toEqual(['reversal_mismatch']);
  const desk = reviewDesk(shop.malipo);
  await expect(desk.resolve(1, 'accept', '…')).rejects.toMatchObject({ code: 'VALIDATION_ERROR', message: `A refund of payment ${shop.reference} is under way: what is left of it is known when that has ended` });
  const paid = { kind: 'completed', providerRef: 'out', amountMinor: PART_MINOR, currency: 'UGX', at: shop.malipo.clock.now() } as const;
  shop.provider.answersStatus(({ reference }) => (reference === refund.reference ? paid : cameBack(AGREED_MINOR)));
  await shop.malipo.pass(MINUTE_MS);
  await desk.resolve(1, 'accept', 'The rest is gone');
  expect(await shop.wallet()).toBe(0);
  expect(await shop.problems()).toEqual([]);
});

test('a payment that was refunded in full, and is taken back all the same, is gone twice: the platform bears what the wallet has no more', async () => {
  const shop = await paidShop();
  await shop.refund();
  await shop.malipo.jobs.runDue();
  shop.paysOut();
  await shop.malipo.pass(15 * SECOND_MS);
  shop.provider.answersStatus(() => cameBack(AGREED_MINOR));
  await callBack(shop.malipo, shop.reference);
  await shop.malipo.jobs.runDue();
  expect((await openReviews(shop.malipo.store.read)).map(({ subject, kind }) => `${subject} ${kind}`)).toEqual(['payment:1 reversal_mismatch']);
  await reviewDesk(shop.malipo).resolve(1, 'accept', 'On the statement');
  expect((await openReviews(shop.malipo.store.read)).map(({ kind, detail }) => [kind, (JSON.parse(detail) as Reported).shortfall_minor])).toEqual([['reversal_shortfall', AGREED_MINOR]]);
  expect(await shop.wallet()).toBe(0);
  expect(await shop.problems()).toEqual([]);
});

test('a pending refund that came back whole is released; one that came back as something else stays held until a person has looked', async () => {
  const shop = await paidShop();
  for (const [part, wallet] of [[PART_MINOR, 46_000], [1_900_000, 27_600]] as const) {
    shop.provider.answersStatus(() => cameBack(part));
    await shop.refund({ amount: 20_000 });
    await shop.malipo.jobs.runDue();
    await shop.malipo.pass(15 * SECOND_MS);
    expect(await shop.wallet()).toBe(wallet);
  }
  expect((await openReviews(shop.malipo.store.read)).map(({ subject, kind }) => `${subject} ${kind}`)).toEqual(['refund:2 reversal_mismatch']);
  await reviewDesk(shop.malipo).resolve(1, 'release', 'It is all back');
  expect(await shop.wallet()).toBe(46_000);
  expect(await shop.problems()).toEqual([]);
});

test('a refusal of a refund that its provider has acknowledged meanwhile leaves it held, and asked about', async () => {
  const shop = await paidShop();
  const { promise, resolve } = Promise.withResolvers<Submission>();
  shop.provider.answersDisburse(() => promise);
  const refund = await shop.refund({ amount: 20_000 });
  const sending = shop.malipo.jobs.runDue();
  await until(() => shop.provider.disbursed.length === 1);
  await callBack(shop.malipo, refund.reference);
  await until(async () => {
    await shop.malipo.jobs.runDue();
    return (await shop.stands())[0]?.['submission'] === 'sent';
  });
  resolve({ kind: 'refused', code: 'failed', reason: 'No' });
  await sending;
  expect(await shop.stands()).toEqual([{ status: 'pending', submission: 'sent' }]);
  shop.paysOut(PART_MINOR);
  await shop.malipo.pass(MINUTE_MS);
  expect(await shop.wallet()).toBe(27_600);
  expect(await shop.problems()).toEqual([]);
});

test('a refund of which its provider says nothing for a day is before a person, who can end it', async () => {
  const shop = await paidShop();
  await shop.refund({ amount: 20_000 });
  for (const wait of [0, DAY_MS, DAY_MS]) await shop.malipo.pass(wait);
  expect((await openReviews(shop.malipo.store.read)).map(({ subject, kind }) => `${subject} ${kind}`)).toEqual(['refund:1 outcome_unknown']);
  await reviewDesk(shop.malipo).resolve(1, 'accept', 'On the statement');
  expect(await shop.stands()).toEqual([{ status: 'completed', submission: 'sent' }]);
  expect(await shop.wallet()).toBe(27_600);
  expect(await shop.problems()).toEqual([]);
});
