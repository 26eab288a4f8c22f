/** A provider is asked once more before anything is taken of a completed payment: what a review says may be days old. */
import { expect, test } from 'vitest';
import type { ProviderStatus } from '../../../server/providers/provider.ts';
import { reviewById } from '../../../server/reviews/reviews.ts';
import { AGREED_MINOR, openLiveShop } from '../support/live-shop.ts';
import { callBack, collect, transaction, verify } from '../support/payments.ts';
import { givenBack, reversed, says, takenBack } from './said.ts';

const NOTE = 'Asked again, the provider says that all of it is there.';

/** A payment of which its provider said that a fifth was taken back. */
async function doubted() {
  const shop = await openLiveShop();
  const reference = await shop.paid();
  await takenBack(shop, reference, 1_000_000);
  const stands = (fields: object = {}): ProviderStatus => ({ kind: 'completed', providerRef: 'x', amountMinor: AGREED_MINOR, currency: 'UGX', at: shop.malipo.clock.now(), ...fields });
  return {
    ...shop,
    reference,
    stands,
    nowSays: (status: ProviderStatus) => void shop.provider.answersStatus(() => status),
    review: (id: number) => reviewById(shop.malipo.store.read, id),
  };
}

test('what stands after all is not taken back: the review is settled, and says so', async () => {
  const shop = await doubted();
  shop.nowSays(shop.stands());
  expect(await shop.desk.resolve(1, 'accept', 'On last week’s statement')).toMatchObject({ resolution: 'settled', note: NOTE });
  expect(await shop.open()).toEqual([]);
  expect(await shop.wallet()).toBe(46_000);
  expect(await shop.problems()).toEqual([]);
});

test('what was entered and is there again since is put back', async () => {
  const shop = await doubted();
  await shop.desk.resolve(1, 'accept', 'A fifth of it is gone');
  await takenBack(shop, shop.reference, 2_000_000);
  shop.nowSays(shop.stands());
  await shop.desk.resolve(2, 'accept', 'Two fifths');
  expect(await shop.review(2)).toMatchObject({ resolution: 'settled' });
  expect(await shop.wallet()).toBe(46_000);
  expect(await transaction(shop.malipo, shop.liveKey, shop.reference)).not.toHaveProperty('reversed_at');
  expect(await shop.problems()).toEqual([]);
});

test.each<[string, ProviderStatus | ((shop: Awaited<ReturnType<typeof doubted>>) => ProviderStatus), string, number]>([
  ['more is gone', reversed(2_000_000, 0), 'The provider now says 20000 UGX, and so does review 1: decide again', 46_000 - 18_400],
  ['a part of what it has is gone', (shop) => shop.stands({ refunds: [givenBack(500_000)] }), 'The provider now says 5000 UGX, and so does review 1: decide again', 46_000 - 4_600],
  ['it never was paid', { kind: 'failed', code: 'failed', reason: 'Unknown' }, 'The provider now says 0 UGX, and so does review 1: decide again', 0],
])('where it says by then that %s, that is to be decided on', async (_what, status, message, wallet) => {
  const shop = await doubted();
  shop.nowSays(typeof status === 'function' ? status(shop) : status);
  await expect(shop.desk.resolve(1, 'accept', '…')).rejects.toMatchObject({ code: 'VALIDATION_ERROR', message });
  expect(await shop.wallet()).toBe(46_000);
  await shop.desk.resolve(1, 'accept', 'As it says');
  expect(await shop.wallet()).toBe(wallet);
  expect(await shop.problems()).toEqual([]);
});

test.each<[ProviderStatus, string, string]>([
  [{ kind: 'unknown', reason: 'silent' }, 'PROVIDER_ERROR', 'iotec does not answer what became of it: try again'],
  [{ kind: 'pending' }, 'VALIDATION_ERROR', 'iotec now says that the payment is pending: there is nothing to accept'],
])('nothing is decided by a provider that does not say', async (status, code, message) => {
  const shop = await doubted();
  shop.nowSays(status);
  await expect(shop.desk.resolve(1, 'accept', '…')).rejects.toMatchObject({ code, message });
  expect(await shop.open()).toHaveLength(1);
  await shop.desk.resolve(1, 'dismiss', 'Left as it is');
  expect(await shop.wallet()).toBe(46_000);
});

test('a completed payout that its provider does not call failed any more stays paid', async () => {
  const shop = await openLiveShop();
  await shop.paid();
  const reference = await shop.payout(10_000);
  const paid = { kind: 'completed', providerRef: 'x', amountMinor: 1_000_000, currency: 'UGX', at: shop.malipo.clock.now() } as const;
  await says(shop, reference, paid);
  await says(shop, reference, { kind: 'failed', code: 'failed', reason: 'No such wallet' });
  expect(await shop.open()).toEqual([{ id: 1, subject: 'payment:2', kind: 'reversal_mismatch' }]);
  shop.provider.answersStatus(() => paid);
  await shop.desk.resolve(1, 'accept', 'It never left');
  expect(await reviewById(shop.malipo.store.read, 1)).toMatchObject({ resolution: 'settled', note: NOTE });
  expect(await shop.wallet()).toBe(36_000);
  expect(await shop.problems()).toEqual([]);
});

test.each(['open', 'dismissed'] as const)('a provider that says of itself that all of it is there has answered, and is heard anew when it says otherwise: %s', async (state) => {
  const shop = await doubted();
  if (state === 'dismissed') await shop.desk.resolve(1, 'dismiss', 'The network is looking into it');
  await says(shop, shop.reference, shop.stands());
  expect(await shop.open()).toEqual([]);
  await says(shop, shop.reference, shop.stands());
  await takenBack(shop, shop.reference, 1_000_000);
  expect(await shop.open()).toEqual([{ id: state === 'open' ? 2 : 3, subject: 'payment:1', kind: 'reversal_mismatch' }]);
  expect(await shop.problems()).toEqual([]);
});

test('what was of another amount, and has been paid as agreed since, is credited as agreed', async () => {
  const shop = await openLiveShop();
  const reference = await collect(shop.malipo, shop.liveKey);
  shop.provider.saysCompleted(shop.malipo.clock.now(), { amountMinor: 2_000_000 });
  await verify(shop.malipo, shop.liveKey, reference);
  shop.provider.saysCompleted(shop.malipo.clock.now(), { amountMinor: AGREED_MINOR });
  expect(await shop.desk.resolve(1, 'credit', 'Paid in two parts')).toMatchObject({ resolution: 'settled', note: NOTE });
  expect(await shop.wallet()).toBe(46_000);
  expect(await shop.problems()).toEqual([]);
});

test.each([
  [1_000_000, 50_000],
  [3_000_000, 30_000],
])('of what it received more than was agreed it has given %i back: it is credited, and that is refunded', async (givenBackMinor, has) => {
  const shop = await openLiveShop();
  const reference = await collect(shop.malipo, shop.liveKey);
  const at = shop.malipo.clock.now();
  shop.provider.saysCompleted(at, { amountMinor: 6_000_000 });
  await verify(shop.malipo, shop.liveKey, reference);
  shop.provider.answersStatus(() => ({ kind: 'completed', providerRef: 'x', amountMinor: 6_000_000, currency: 'UGX', at, refunds: [givenBack(givenBackMinor)] }));
  expect(await shop.desk.resolve(1, 'credit', 'As much as was received')).toMatchObject({ resolution: 'credit' });
  await shop.malipo.jobs.runDue();
  expect(await transaction(shop.malipo, shop.liveKey, reference)).toMatchObject({ amount: 60_000, refunded_amount: givenBackMinor / 100 });
  expect(await shop.wallet()).toBe(has * 0.92);
  expect(await shop.problems()).toEqual([]);
});

test('what was taken back while its provider was asked what can be credited stays taken back', async () => {
  const shop = await openLiveShop();
  const reference = await collect(shop.malipo, shop.liveKey);
  shop.provider.saysCompleted(shop.malipo.clock.now(), { amountMinor: 2_000_000 });
  await verify(shop.malipo, shop.liveKey, reference);
  const whole = { kind: 'completed', providerRef: 'x', amountMinor: AGREED_MINOR, currency: 'UGX', at: shop.malipo.clock.now() } as const;
  shop.provider.answersStatus(async () => {
    for (const status of [whole, reversed(AGREED_MINOR, whole.at)]) {
      shop.provider.answersStatus(() => status);
      await callBack(shop.malipo, reference, { news: status.kind });
      await shop.malipo.jobs.runDue();
    }
    return whole;
  });
  await shop.desk.resolve(1, 'credit', 'Paid in two parts');
  expect(await shop.wallet()).toBe(0);
  expect(await transaction(shop.malipo, shop.liveKey, reference)).toHaveProperty('reversed_at');
  expect(await shop.problems()).toEqual([]);
});
