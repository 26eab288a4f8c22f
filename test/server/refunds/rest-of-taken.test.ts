/** What a provider took back of a payment cannot be refunded again; the rest of it can. */
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { rows } from '../support/database.ts';
import { callBack } from '../support/payments.ts';
import { reviewDesk } from '../support/review-desk.ts';
import { AGREED_MINOR, paidShop } from './paid-shop.ts';

const TAKEN_MINOR = 2_000_000;

/** A payment of UGX 50,000 of which the provider took 20,000 back, as a person has accepted. */
async function partlyTakenShop() {
  const shop = await paidShop();
  const says = (reference: string, amountMinor: number) =>
    shop.provider.answersStatus((asked) => (asked.reference === reference ? { kind: 'reversed', providerRef: 'theirs', amountMinor, currency: 'UGX', at: shop.malipo.clock.now(), reason: 'Charged back' } : { kind: 'pending' }));
  says(shop.reference, TAKEN_MINOR);
  await callBack(shop.malipo, shop.reference);
  await shop.malipo.jobs.runDue();
  await reviewDesk(shop.malipo).resolve(1, 'accept', 'On the statement');
  expect(await shop.wallet()).toBe(27_600);
  return { ...shop, comesBack: says };
}

async function paidOut(shop: Awaited<ReturnType<typeof paidShop>>, amountMinor: number): Promise<void> {
  await shop.malipo.jobs.runDue();
  shop.paysOut(amountMinor);
  await shop.malipo.pass(MINUTE_MS);
}

test('the rest goes back with the rest of the fee, and then nothing is left', async () => {
  const shop = await partlyTakenShop();
  await expect(shop.refund({ amount: 30_001 })).rejects.toMatchObject({ code: 'VALIDATION_ERROR', message: `Of payment ${shop.reference} 30000 UGX are left to refund` });
  await shop.refund({ amount: 10_000 });
  expect((await shop.refund()).amountMinor).toBe(2_000_000);
  await paidOut(shop, 1_000_000);
  expect(await rows(shop.malipo.store, 'SELECT fee_minor FROM refunds ORDER BY id')).toEqual([{ fee_minor: 80_000 }, { fee_minor: 160_000 }]);
  expect(await shop.wallet()).toBe(0);
  await expect(shop.refund()).rejects.toMatchObject({ code: 'VALIDATION_ERROR', message: `The provider has taken a part of payment ${shop.reference} back, and the rest has been refunded` });
  expect(await shop.problems()).toEqual([]);
});

test('refunds at once never come to more than is left', async () => {
  const shop = await partlyTakenShop();
  const asked = await Promise.allSettled(Array.from({ length: 6 }, () => shop.refund({ amount: 12_000 })));
  expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  expect(await shop.problems()).toEqual([]);
});

test('of one that was taken back whole nothing is left', async () => {
  const shop = await paidShop();
  shop.provider.answersStatus(() => ({ kind: 'reversed', providerRef: 'theirs', amountMinor: AGREED_MINOR, currency: 'UGX', at: 0, reason: 'Charged back' }));
  await callBack(shop.malipo, shop.reference);
  await shop.malipo.jobs.runDue();
  await expect(shop.refund()).rejects.toMatchObject({ code: 'VALIDATION_ERROR', message: `The provider has taken payment ${shop.reference} back already` });
});

test('a refund of the rest that comes back is in the wallet again, and can be made again', async () => {
  const shop = await partlyTakenShop();
  const refund = await shop.refund();
  await paidOut(shop, 3_000_000);
  expect(await shop.wallet()).toBe(0);
  shop.comesBack(refund.reference, 3_000_000);
  await shop.malipo.pass(HOUR_MS);
  expect(await shop.wallet()).toBe(27_600);
  expect(await shop.problems()).toEqual([]);
  expect((await shop.refund()).amountMinor).toBe(3_000_000);
});

test('what the provider gives back after all can be refunded, too', async () => {
  const shop = await partlyTakenShop();
  await shop.refund();
  await paidOut(shop, 3_000_000);
  shop.paysOut();
  await callBack(shop.malipo, shop.reference, { news: 1 });
  await shop.malipo.jobs.runDue();
  expect(await shop.wallet()).toBe(18_400);
  expect((await shop.refund()).amountMinor).toBe(TAKEN_MINOR);
  await shop.malipo.jobs.runDue();
  expect(await shop.wallet()).toBe(0);
  expect(await shop.problems()).toEqual([]);
});

test('a refund that was paid after it was given up is not charged where as much has gone back since: the platform can bear it', async () => {
  const shop = await paidShop();
  await shop.malipo.jobs.runDue();
  shop.provider.answersDisburse(() => ({ kind: 'unknown', reason: 'reset' })).answersStatus(() => ({ kind: 'not_found' }));
  const lost = await shop.refund({ amount: 20_000 });
  for (const wait of [0, 2 * MINUTE_MS, 2 * MINUTE_MS]) await shop.malipo.pass(wait);
  const again = await shop.refund({ amount: 40_000 });
  await paidOut(shop, 4_000_000);
  expect(await shop.wallet()).toBe(9_200);
  shop.provider.answersStatus(({ reference }) => ({ kind: 'completed', providerRef: reference, amountMinor: reference === lost.reference ? TAKEN_MINOR : again.amountMinor, currency: 'UGX', at: shop.malipo.clock.now() }));
  await shop.malipo.pass(2 * DAY_MS);
  const more = await shop.malipo.post('/v1/payments/collect', { amount: 50_000, currency: 'UGX', phone_number: '256772123456' }, { key: shop.liveKey });
  shop.paysOut();
  await callBack(shop.malipo, more.json().data.reference as string);
  await shop.malipo.pass(15 * SECOND_MS);
  const desk = reviewDesk(shop.malipo);
  await expect(desk.resolve(1, 'charge', '…')).rejects.toMatchObject({ code: 'VALIDATION_ERROR', message: 'Of its payment 10000 UGX have not gone back since: the app has paid for the rest already, --absorb this' });
  await desk.resolve(1, 'absorb', 'Given up too early');
  expect(await shop.wallet()).toBe(55_200);
  expect(await shop.problems()).toEqual([]);
});
