/** Money out whose hold was released: paid after all, borne by the platform, come back; and what a person can decide of it. */
import { expect, test } from 'vitest';
import { refundDesk } from '../../../server/cli/desks.ts';
import { DAY_MS, HOUR_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { openReviewIn, reviewById } from '../../../server/reviews/reviews.ts';
import { interrupted } from '../support/interrupted-store.ts';
import { openLiveShop } from '../support/live-shop.ts';
import { transaction } from '../support/payments.ts';
import { reviewDesk } from '../support/review-desk.ts';
import { atTheProvider, type LiveShop, reversed, says, takenBack } from './said.ts';

const FAILED = { kind: 'failed', code: 'failed', reason: 'No such wallet' } as const;

function paid(shop: LiveShop, reference: string, amountMinor: number): Promise<void> {
  return says(shop, reference, { kind: 'completed', providerRef: 'x', amountMinor, currency: 'UGX', at: shop.malipo.clock.now() });
}

/** A payout of 10,000 that failed, and of which its provider says later that it paid so much. */
async function paidAfterRelease(paidMinor = 1_000_000) {
  const shop = await openLiveShop();
  await shop.paid();
  const payoutReference = await shop.payout(10_000);
  shop.provider.answersStatus(() => FAILED);
  await shop.malipo.pass(15 * SECOND_MS);
  expect(await shop.wallet()).toBe(46_000);
  await paid(shop, payoutReference, paidMinor);
  expect(await shop.open()).toEqual([{ id: 1, subject: 'payment:2', kind: 'paid_after_release' }]);
  return { ...shop, payoutReference };
}

/** The same of a refund. */
async function refundPaidAfterRelease() {
  const shop = await openLiveShop();
  const reference = await shop.paid();
  const { malipo } = shop;
  shop.provider.answersStatus(() => FAILED);
  const refund = await refundDesk(malipo, malipo.clock).request({ reference, amount: 10_000, reason: '' });
  await malipo.jobs.runDue();
  await malipo.pass(15 * SECOND_MS);
  await paid(shop, refund.reference, 1_000_000);
  expect(await shop.open()).toEqual([{ id: 1, subject: 'refund:1', kind: 'paid_after_release' }]);
  return { ...shop, payoutReference: refund.reference };
}

test('a payout that was paid after its release is charged to the app, and is complete after all', async () => {
  const shop = await paidAfterRelease();
  await shop.desk.resolve(1, 'charge', 'Confirmed with the provider');
  expect(await shop.wallet()).toBe(36_000);
  expect(await transaction(shop.malipo, shop.liveKey, shop.payoutReference)).toMatchObject({ status: 'completed', failure_reason: '' });
  expect(await shop.problems()).toEqual([]);
});

test('and is looked back at from then on, however long after its failure: what comes back is in the wallet', async () => {
  const shop = await openLiveShop();
  await shop.paid();
  const reference = await shop.payout(10_000);
  shop.provider.answersStatus(() => FAILED);
  await shop.malipo.pass(15 * SECOND_MS);
  for (const wait of [HOUR_MS, DAY_MS, 7 * DAY_MS, DAY_MS]) await shop.malipo.pass(wait);
  await paid(shop, reference, 1_000_000);
  await shop.desk.resolve(1, 'charge', 'Confirmed with the provider');
  shop.provider.answersStatus(() => reversed(1_000_000, shop.malipo.clock.now()));
  await shop.malipo.pass(HOUR_MS);
  expect(await shop.wallet()).toBe(46_000);
  expect(await shop.problems()).toEqual([]);
});

test.each(['payout', 'refund'] as const)('what is said and decided of a %s that failed does not put off the end of its look-backs', async (what) => {
  const shop = what === 'payout' ? await paidAfterRelease() : await refundPaidAfterRelease();
  await shop.malipo.pass(DAY_MS + HOUR_MS);
  await shop.desk.resolve(1, 'dismiss', 'Settled with the network');
  await paid(shop, shop.payoutReference, 1_000_000);
  await shop.malipo.pass(6 * DAY_MS);
  const asked = shop.provider.asked.length;
  for (let day = 0; day < 8; day++) await shop.malipo.pass(DAY_MS);
  expect(shop.provider.asked).toHaveLength(asked);
});

test('or the platform pays for it, out of its fees', async () => {
  const shop = await paidAfterRelease();
  await shop.desk.resolve(1, 'absorb', 'Our mistake');
  expect(await shop.wallet()).toBe(46_000);
  expect(await transaction(shop.malipo, shop.liveKey, shop.payoutReference)).toMatchObject({ status: 'failed' });
  expect(await shop.problems()).toEqual([]);
});

test('what the platform bore and came back since is before a person, and the platform’s again', async () => {
  const shop = await paidAfterRelease();
  await shop.desk.resolve(1, 'absorb', 'Our mistake');
  const before = await atTheProvider(shop.malipo);
  await takenBack(shop, shop.payoutReference, 1_000_000);
  expect(await shop.open()).toEqual([{ id: 2, subject: 'payment:2', kind: 'reversal_mismatch' }]);
  await shop.desk.resolve(2, 'accept', 'It is back');
  expect(await atTheProvider(shop.malipo)).toBe(before + 1_000_000);
  expect(await shop.wallet()).toBe(46_000);
  expect(await transaction(shop.malipo, shop.liveKey, shop.payoutReference)).toMatchObject({ status: 'failed' });
  await shop.malipo.pass(8 * DAY_MS);
  expect(await shop.open()).toEqual([]);
  expect(await shop.problems()).toEqual([]);
});

test('and what it paid once more, and has back once more: each time is before a person, and entered', async () => {
  const shop = await paidAfterRelease();
  const before = await atTheProvider(shop.malipo);
  const decide = async (kind: string, resolution: 'absorb' | 'accept' | 'charge') => {
    const [review, ...others] = await shop.open();
    expect([review!.kind, others]).toEqual([kind, []]);
    await shop.desk.resolve(review!.id, resolution, 'Looked into');
  };
  for (let time = 1; time <= 2; time++) {
    await decide('paid_after_release', 'absorb');
    expect(await atTheProvider(shop.malipo)).toBe(before - 1_000_000);
    await takenBack(shop, shop.payoutReference, 1_000_000);
    await decide('reversal_mismatch', 'accept');
    expect(await atTheProvider(shop.malipo)).toBe(before);
    await paid(shop, shop.payoutReference, 1_000_000);
    expect(await shop.problems()).toEqual([]);
  }
  await decide('paid_after_release', 'charge');
  expect(await shop.wallet()).toBe(36_000);
  expect(await shop.problems()).toEqual([]);
});

test('a wallet that has spent the money cannot be charged: nothing is decided', async () => {
  const shop = await paidAfterRelease();
  await shop.payout(40_000);
  await expect(shop.desk.resolve(1, 'charge', '…')).rejects.toMatchObject({ code: 'INSUFFICIENT_BALANCE' });
  expect(await shop.open()).toHaveLength(1);
  expect(await shop.problems()).toEqual([]);
});

test('a part of a payout that came back is nothing to decide once all of it is in the wallet again', async () => {
  const shop = await openLiveShop();
  await shop.paid();
  const reference = await shop.payout(10_000);
  await takenBack(shop, reference, 400_000);
  expect(await shop.open()).toEqual([{ id: 1, subject: 'payment:2', kind: 'reversal_mismatch' }]);
  await takenBack(shop, reference, 1_000_000);
  expect(await transaction(shop.malipo, shop.liveKey, reference)).toMatchObject({ status: 'failed' });
  expect(await shop.open()).toEqual([]);
  expect(await reviewById(shop.malipo.store.read, 1)).toMatchObject({ resolution: 'settled', note: 'What had moved is back.' });
  expect(await shop.problems()).toEqual([]);
});

test.each([
  ['called it paid, otherwise than agreed,', 'amount_mismatch', paid, 900_000],
  ['had only a part of it back, so that the rest was gone,', 'reversal_mismatch', takenBack, 400_000],
] as const)('but that its provider %s is to be looked at though it calls it failed since', async (_what, kind, hears, amountMinor) => {
  const shop = await openLiveShop();
  await shop.paid();
  const reference = await shop.payout(10_000);
  await hears(shop, reference, amountMinor);
  await says(shop, reference, FAILED);
  expect(await transaction(shop.malipo, shop.liveKey, reference)).toMatchObject({ status: 'failed' });
  expect(await shop.open()).toEqual([{ id: 1, subject: 'payment:2', kind }]);
  await shop.desk.resolve(1, 'dismiss', 'It never left');
  expect(await shop.problems()).toEqual([]);
});

test('what came back in part only, after its provider had called it failed, is to be looked at until all is back', async () => {
  const shop = await openLiveShop();
  await shop.paid();
  const reference = await shop.payout(10_000);
  await paid(shop, reference, 900_000);
  await says(shop, reference, FAILED);
  await takenBack(shop, reference, 300_000);
  expect(await shop.open()).toEqual([{ id: 1, subject: 'payment:2', kind: 'amount_mismatch' }]);
  await takenBack(shop, reference, 900_000);
  expect(await shop.open()).toEqual([]);
});

test('the hold of a payout that was paid with more than was agreed does not end by less than that coming back', async () => {
  const shop = await openLiveShop();
  await shop.paid();
  const reference = await shop.payout(10_000);
  await paid(shop, reference, 1_200_000);
  await takenBack(shop, reference, 1_000_000);
  expect(await shop.wallet()).toBe(36_000);
  expect((await shop.open()).map(({ kind }) => kind)).toEqual(['amount_mismatch', 'reversal_mismatch']);
  await takenBack(shop, reference, 1_200_000);
  expect(await shop.wallet()).toBe(46_000);
  expect(await shop.open()).toEqual([]);
  expect(await shop.problems()).toEqual([]);
});

test.each(['payout', 'refund'] as const)('what a %s was paid after its release, and is back since, is nothing to charge', async (what) => {
  const shop = what === 'payout' ? await paidAfterRelease() : await refundPaidAfterRelease();
  await takenBack(shop, shop.payoutReference, 400_000);
  expect(await shop.open()).toHaveLength(1);
  await takenBack(shop, shop.payoutReference, 1_000_000);
  expect(await shop.open()).toEqual([]);
  await expect(shop.desk.resolve(1, 'charge', '…')).rejects.toMatchObject({ code: 'VALIDATION_ERROR', message: 'Review 1 was decided already: settled' });
  await paid(shop, shop.payoutReference, 1_000_000);
  expect(await shop.open()).toMatchObject([{ id: 2, kind: 'paid_after_release' }]);
  expect(await shop.wallet()).toBe(46_000);
  expect(await shop.problems()).toEqual([]);
});

test('what came back of a payout whose hold was released is nobody’s to accept: the platform bore nothing of it', async () => {
  const shop = await openLiveShop();
  await shop.paid();
  const reference = await shop.payout(10_000);
  await takenBack(shop, reference, 1_000_000);
  expect(await transaction(shop.malipo, shop.liveKey, reference)).toMatchObject({ status: 'failed' });
  // As an earlier release left it.
  await shop.malipo.store.write((tx) => openReviewIn(tx, { subject: 'payment:2', kind: 'reversal_mismatch', detail: { agreed: { amount_minor: 1_000_000, currency: 'UGX' } } }, shop.malipo.clock.now()));
  const before = await atTheProvider(shop.malipo);
  await expect(shop.desk.resolve(1, 'accept', '…')).rejects.toMatchObject({ code: 'VALIDATION_ERROR', message: 'What was held is in the wallet again: there is nothing to accept' });
  expect(await atTheProvider(shop.malipo)).toBe(before);
  await shop.desk.resolve(1, 'dismiss', 'It is in the wallet');
  expect(await shop.wallet()).toBe(46_000);
  expect(await shop.problems()).toEqual([]);
});

test('nor can more come back to the platform than it bore', async () => {
  const shop = await paidAfterRelease(900_000);
  await shop.desk.resolve(1, 'absorb', 'Our mistake');
  await takenBack(shop, shop.payoutReference, 1_000_000);
  await expect(shop.desk.resolve(2, 'accept', '…')).rejects.toMatchObject({ code: 'VALIDATION_ERROR', message: 'The platform bore 9000 UGX of this, and 10000 UGX cannot come back of it: settle it by hand, and --dismiss this' });
  await takenBack(shop, shop.payoutReference, 900_000);
  await shop.desk.resolve(2, 'accept', 'It is back');
  expect(await shop.problems()).toEqual([]);
});

test.each([
  ['a payout under way', false, 36_000, 'release', 46_000, '--release it where the app is to have all of it back, and settle the difference outside'],
  ['a completed payout', true, 36_000, 'dismiss', 36_000, '--dismiss this with a note, and settle it outside'],
] as const)('a part that came back of %s is not entered as the whole', async (_what, isPaid, held, resolution, wallet, advice) => {
  const shop = await openLiveShop();
  await shop.paid();
  const reference = await shop.payout(10_000);
  if (isPaid) await paid(shop, reference, 1_000_000);
  await takenBack(shop, reference, 400_000);
  await expect(shop.desk.resolve(1, 'accept', '…')).rejects.toMatchObject({ code: 'VALIDATION_ERROR', message: `The provider says that 4000 UGX of 10000 UGX came back, and only the whole can be entered: ${advice}` });
  expect(await shop.wallet()).toBe(held);
  await shop.desk.resolve(1, resolution, 'Settled with the network');
  expect(await shop.wallet()).toBe(wallet);
  expect(await shop.problems()).toEqual([]);
});

test('nothing is charged to the app that the platform bears already', async () => {
  const shop = await paidAfterRelease(900_000);
  await shop.desk.resolve(1, 'absorb', 'Our mistake');
  await paid(shop, shop.payoutReference, 1_000_000);
  expect(await shop.open()).toEqual([{ id: 2, subject: 'payment:2', kind: 'paid_after_release' }]);
  await expect(shop.desk.resolve(2, 'charge', '…')).rejects.toMatchObject({ code: 'VALIDATION_ERROR', message: 'The platform has borne this once already: settle what is more by hand, and --dismiss this' });
  expect(await shop.wallet()).toBe(46_000);
  await takenBack(shop, shop.payoutReference, 900_000);
  await shop.desk.resolve(3, 'accept', 'It is back');
  await shop.desk.resolve(2, 'charge', 'And this was paid');
  expect(await shop.wallet()).toBe(36_000);
  expect(await shop.problems()).toEqual([]);
});

test('what is decided is what the review says when it is closed', async () => {
  const shop = await paidAfterRelease(900_000);
  const { store, clock } = shop.malipo;
  const before = await atTheProvider({ store });
  // Whoever held the lock before the desk has heard of another amount.
  const reported = { amount_minor: 800_000, currency: 'UGX', provider_ref: 'x', at: clock.now() };
  const busy = interrupted(store, 'lock', (tx) => openReviewIn(tx, { subject: 'payment:2', kind: 'paid_after_release', detail: { agreed: { amount_minor: 1_000_000, currency: 'UGX' }, reported } }, clock.now()));
  await reviewDesk({ store: busy, clock }).resolve(1, 'absorb', 'Our mistake');
  expect(await atTheProvider({ store })).toBe(before - 800_000);
  expect(await shop.problems()).toEqual([]);
});
