/** A provider that says two things at once, or of which two servers hear in another order than it spoke. */
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import type { ProviderStatus, Submission } from '../../../server/providers/provider.ts';
import { statement } from '../../../server/db/store.ts';
import { paymentById } from '../../../server/payments/statements.ts';
import { openReviews } from '../../../server/reviews/reviews.ts';
import { buildMalipo } from '../support/build-malipo.ts';
import { rows } from '../support/database.ts';
import { interrupted } from '../support/interrupted-store.ts';
import { AGREED_MINOR, openLiveShop } from '../support/live-shop.ts';
import { ScriptedProvider } from '../support/scripted-provider.ts';
import { says } from '../reviews/said.ts';
import { reviewDesk } from '../support/review-desk.ts';
import { callBack, COLLECT, collect, transaction, verify } from '../support/payments.ts';
import { until } from '../support/until.ts';

const REFUSED: Submission = { kind: 'refused', code: 'failed', reason: 'No' };

function reversed(amountMinor: number, currency = 'UGX'): ProviderStatus {
  return { kind: 'reversed', providerRef: 'theirs', amountMinor, currency, at: 0, reason: 'Rolled back' };
}

async function liveShop() {
  const shop = await openLiveShop();
  const { malipo, provider, liveKey } = shop;
  return {
    ...shop,
    reviews: async () => (await shop.open()).map(({ subject, kind }) => ({ subject, kind })),
    earn: async () => {
      await shop.paid();
      provider.answersStatus(() => ({ kind: 'pending' }));
    },
    payOut: () => malipo.post('/v1/payments/disburse', { amount: 10_000, currency: 'UGX', phone_number: '256772999888' }, { key: liveKey }),
  };
}

test('a reversal that one server hears while another completes the payment is not lost', async () => {
  const shop = await liveShop();
  const { malipo: one, provider, liveKey } = shop;
  const other = await buildMalipo({ live: [provider], databaseUrl: one.databaseUrl, clock: one.clock });
  const reference = await collect(one, liveKey);
  const { promise, resolve } = Promise.withResolvers<ProviderStatus>();
  provider.answersStatus(() => promise);
  const asking = one.post('/v1/webhooks/verify', { reference }, { key: liveKey });
  await until(() => provider.asked.length === 1);
  provider.saysCompleted(one.clock.now(), { amountMinor: AGREED_MINOR });
  await callBack(other, reference);
  await other.jobs.runDue();
  expect(await shop.wallet()).toBe(46_000);
  resolve(reversed(AGREED_MINOR));
  await asking;
  expect(await transaction(one, liveKey, reference)).toMatchObject({ status: 'completed', reversed_at: expect.any(String) as string });
  expect(await shop.wallet()).toBe(0);
  expect(await shop.problems()).toEqual([]);
});

test('another amount that one server hears of while another completes the payment is before nobody', async () => {
  const provider = new ScriptedProvider();
  let isArmed = false;
  const completes = statement(`UPDATE payments SET status = 'completed', completed_at = 1 WHERE status = 'pending'`);
  const malipo = await buildMalipo({
    live: [provider],
    wrapStore: (store) => interrupted(store, paymentById, async (tx) => isArmed && tx.run(completes)),
  });
  const { liveKey } = await malipo.makeShop({ slug: 'duka' });
  const reference = await collect(malipo, liveKey);
  isArmed = true;
  provider.saysCompleted(malipo.clock.now(), { amountMinor: 2_000_000 });
  expect(await verify(malipo, liveKey, reference)).toMatchObject({ status: 'completed' });
  expect(await openReviews(malipo.store.read)).toEqual([]);
});

test.each([
  ['less', { amountMinor: 4_000_000 }, { kind: 'reversal_mismatch', amount_minor: 1_000_000, currency: 'UGX' }],
  ['more', { amountMinor: 6_000_000 }, { kind: 'amount_mismatch', amount_minor: 6_000_000, currency: 'UGX' }],
  ['other money', { currency: 'KES' }, { kind: 'amount_mismatch', amount_minor: AGREED_MINOR, currency: 'KES' }],
] as const)('a completed payment that its provider then calls completed as %s is before a person once, and nothing moves', async (_, said, { kind, ...reported }) => {
  const shop = await liveShop();
  const { malipo } = shop;
  const reference = await shop.paid();
  const before = await rows(malipo.store, 'SELECT count(*) AS n FROM webhook_events');
  for (let time = 0; time < 3; time++) {
    await says(shop, reference, { kind: 'completed', providerRef: 'x', amountMinor: AGREED_MINOR, currency: 'UGX', at: malipo.clock.now(), ...said });
    expect(await shop.reviews()).toEqual([{ subject: 'payment:1', kind }]);
  }
  const [review] = await openReviews(malipo.store.read);
  expect(JSON.parse(review!.detail)).toMatchObject({ agreed: { amount_minor: AGREED_MINOR, currency: 'UGX' }, reported });
  expect(await transaction(malipo, shop.liveKey, reference)).toMatchObject({ status: 'completed', amount: 50_000 });
  expect(await shop.wallet()).toBe(46_000);
  expect(await rows(malipo.store, 'SELECT count(*) AS n FROM webhook_events')).toEqual(before);
  expect(await shop.problems()).toEqual([]);

  await says(shop, reference, { kind: 'completed', providerRef: 'x', amountMinor: AGREED_MINOR, currency: 'UGX', at: malipo.clock.now() });
  expect(await shop.reviews()).toEqual([]);
  await says(shop, reference, { kind: 'completed', providerRef: 'x', amountMinor: AGREED_MINOR, currency: 'UGX', at: malipo.clock.now(), ...said });
  expect(await shop.reviews()).toEqual([{ subject: 'payment:1', kind }]);
  const [again] = await shop.open();
  await shop.desk.resolve(again!.id, 'dismiss', 'Settled outside');
  expect(await shop.wallet()).toBe(46_000);
});

test('what is missing of a completed payment can be taken of it, as what its provider says that it has', async () => {
  const shop = await liveShop();
  const reference = await shop.paid();
  await says(shop, reference, { kind: 'completed', providerRef: 'x', amountMinor: 4_000_000, currency: 'UGX', at: shop.malipo.clock.now() });
  const [review] = await shop.open();
  await reviewDesk(shop.malipo).resolve(review!.id, 'accept', 'On the statement');
  expect(await shop.wallet()).toBe(36_800);
  await says(shop, reference, { kind: 'completed', providerRef: 'x', amountMinor: 4_000_000, currency: 'UGX', at: shop.malipo.clock.now() });
  expect(await shop.reviews()).toEqual([]);
  expect(await shop.problems()).toEqual([]);
});

test('what a person credited as another amount is what was agreed from then on', async () => {
  const shop = await liveShop();
  const reference = await collect(shop.malipo, shop.liveKey);
  for (let time = 0; time < 2; time++) {
    await says(shop, reference, { kind: 'completed', providerRef: 'x', amountMinor: 4_000_000, currency: 'UGX', at: shop.malipo.clock.now() });
    const [review] = await shop.open();
    expect(review === undefined).toBe(time === 1);
    if (review !== undefined) await reviewDesk(shop.malipo).resolve(review.id, 'credit', 'They paid less');
  }
  expect(await shop.wallet()).toBe(36_800);
  expect(await shop.problems()).toEqual([]);
});

test('a refusal of a payment that its provider has acknowledged meanwhile leaves it pending, and asked about', async () => {
  const shop = await liveShop();
  const { malipo, provider, liveKey } = shop;
  const { promise, resolve } = Promise.withResolvers<Submission>();
  provider.answersCollect(() => promise).answersStatus(() => ({ kind: 'pending', providerRef: 'theirs' }));
  const asking = malipo.post('/v1/payments/collect', COLLECT, { key: liveKey });
  await until(() => provider.collected.length === 1);
  const { reference } = provider.collected[0]!;
  await callBack(malipo, reference);
  await malipo.jobs.runDue();
  resolve(REFUSED);
  const answer = await asking;
  expect([answer.statusCode, answer.json().data?.status]).toEqual([200, 'pending']);
  provider.saysCompleted(malipo.clock.now(), { amountMinor: AGREED_MINOR });
  await malipo.pass(15 * SECOND_MS);
  expect(await shop.wallet()).toBe(46_000);
  expect(await shop.problems()).toEqual([]);
});

test('what was refused, and what its provider then calls failed, is looked back at as everything that failed: paid after all without a word, it is credited', async () => {
  const shop = await liveShop();
  const { malipo, provider, liveKey } = shop;
  provider.answersCollect(() => REFUSED).answersStatus(() => ({ kind: 'failed', code: 'failed', reason: 'No' }));
  await malipo.post('/v1/payments/collect', COLLECT, { key: liveKey });
  const { reference } = provider.collected[0]!;
  await callBack(malipo, reference);
  await malipo.jobs.runDue();
  provider.saysCompleted(malipo.clock.now(), { amountMinor: AGREED_MINOR });
  await malipo.pass(6 * HOUR_MS);
  expect(await transaction(malipo, liveKey, reference)).toMatchObject({ status: 'completed' });
  expect(await shop.wallet()).toBe(46_000);
  expect(await shop.problems()).toEqual([]);
});

test('nor does it let go of a payout that its provider is working on', async () => {
  const shop = await liveShop();
  await shop.earn();
  const { malipo, provider } = shop;
  const { promise, resolve } = Promise.withResolvers<Submission>();
  provider.answersDisburse(() => promise);
  const asking = shop.payOut();
  await until(() => provider.disbursed.length === 1);
  await callBack(malipo, provider.disbursed[0]!.reference);
  await malipo.jobs.runDue();
  resolve(REFUSED);
  expect((await asking).json().data).toMatchObject({ status: 'pending' });
  expect(await shop.wallet()).toBe(36_000);
  provider.saysCompleted(malipo.clock.now(), { amountMinor: 1_000_000 });
  await malipo.pass(MINUTE_MS);
  expect(await shop.wallet()).toBe(36_000);
  expect(await shop.reviews()).toEqual([]);
  expect(await shop.problems()).toEqual([]);
});

test('a pending payout that came back whole is in the wallet again', async () => {
  const shop = await liveShop();
  await shop.earn();
  await shop.payOut();
  shop.provider.answersStatus(() => reversed(1_000_000));
  await shop.malipo.pass(15 * SECOND_MS);
  expect(await shop.wallet()).toBe(46_000);
  expect(await shop.reviews()).toEqual([]);
  expect(await shop.problems()).toEqual([]);
});

/** A payout of which the provider says that another amount came back. */
async function cameBackInPart(status: ProviderStatus) {
  const shop = await liveShop();
  await shop.earn();
  const { reference } = (await shop.payOut()).json().data as { reference: string };
  shop.provider.answersStatus(() => status);
  await shop.malipo.pass(15 * SECOND_MS);
  expect(await shop.reviews()).toEqual([{ subject: 'payment:2', kind: 'reversal_mismatch' }]);
  expect(await shop.wallet()).toBe(36_000);
  return { ...shop, reference, stands: () => transaction(shop.malipo, shop.liveKey, reference) };
}

test.each([reversed(900_000), reversed(1_000_000, 'ITX')])('one that came back as something else stays held until a person has looked', async (status) => {
  const shop = await cameBackInPart(status);
  await shop.malipo.pass(DAY_MS);
  expect(await shop.stands()).toMatchObject({ status: 'pending' });
  expect(await shop.problems()).toEqual([]);
});

test.each([
  [reversed(900_000), 'release'],
  [reversed(0), 'accept'],
] as const)('whoever decides has its money back in the wallet; nobody can dismiss it and leave it held for ever', async (status, resolution) => {
  const shop = await cameBackInPart(status);
  await expect(shop.desk.resolve(1, 'dismiss', '…')).rejects.toMatchObject({ code: 'VALIDATION_ERROR', message: 'The money is still held, and would be for ever: --accept or --release it' });
  await shop.desk.resolve(1, resolution, 'All of it is back, less a fee');
  expect(await shop.stands()).toMatchObject({ status: 'failed', failure_reason: 'The operator found that nothing was paid out' });
  expect(await shop.wallet()).toBe(46_000);
  await shop.malipo.pass(DAY_MS);
  expect(await shop.reviews()).toEqual([]);
  expect(await shop.problems()).toEqual([]);
});

test.each([
  ['accept', 'completed', 36_000],
  ['release', 'failed', 46_000],
] as const)('a payout of which another amount was paid than agreed can be ended: %s', async (resolution, status, wallet) => {
  const shop = await liveShop();
  await shop.earn();
  const { reference } = (await shop.payOut()).json().data as { reference: string };
  shop.provider.saysCompleted(shop.malipo.clock.now(), { amountMinor: 900_000 });
  await shop.malipo.pass(15 * SECOND_MS);
  expect(await shop.reviews()).toEqual([{ subject: 'payment:2', kind: 'amount_mismatch' }]);
  await shop.desk.resolve(1, resolution, 'Looked at the statement');
  expect(await transaction(shop.malipo, shop.liveKey, reference)).toMatchObject({ status });
  expect(await shop.wallet()).toBe(wallet);
  expect(await shop.problems()).toEqual([]);
});

test('another amount that left after a payout was released is borne by the platform as it is, and is not charged to the app', async () => {
  const shop = await liveShop();
  await shop.earn();
  const { reference } = (await shop.payOut()).json().data as { reference: string };
  shop.provider.answersStatus(() => ({ kind: 'failed', code: 'failed', reason: 'No such wallet' }));
  await shop.malipo.pass(15 * SECOND_MS);
  shop.provider.saysCompleted(shop.malipo.clock.now(), { amountMinor: 900_000 });
  await callBack(shop.malipo, reference);
  await shop.malipo.jobs.runDue();
  expect(await shop.reviews()).toEqual([{ subject: 'payment:2', kind: 'paid_after_release' }]);
  const desk = shop.desk;
  await expect(desk.resolve(1, 'charge', '…')).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  await desk.resolve(1, 'absorb', 'Theirs to explain');
  expect(await rows(shop.malipo.store, `SELECT sum(e.amount_minor) AS minor FROM ledger_entries e JOIN ledger_transfers t ON t.id = e.transfer_id WHERE t.posting = 'payoutAbsorbed' AND e.amount_minor > 0`)).toEqual([{ minor: 900_000 }]);
  expect(await shop.wallet()).toBe(46_000);
  expect(await shop.problems()).toEqual([]);
});

test.each([
  ['accept', 'completed', 36_000],
  ['release', 'failed', 46_000],
] as const)('a payout of which its provider says nothing for a day is before a person, who can end it: %s', async (resolution, status, wallet) => {
  const shop = await liveShop();
  await shop.earn();
  const { reference } = (await shop.payOut()).json().data as { reference: string };
  shop.provider.answersStatus(() => ({ kind: 'not_found' }));
  await shop.malipo.pass(DAY_MS - MINUTE_MS);
  expect(await shop.reviews()).toEqual([]);
  for (const wait of [MINUTE_MS, DAY_MS]) await shop.malipo.pass(wait);
  expect(await shop.reviews()).toEqual([{ subject: 'payment:2', kind: 'outcome_unknown' }]);
  const desk = shop.desk;
  await expect(desk.resolve(1, 'dismiss', '…')).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  await desk.resolve(1, resolution, 'On the statement');
  expect(await transaction(shop.malipo, shop.liveKey, reference)).toMatchObject({ status });
  expect(await shop.wallet()).toBe(wallet);
  expect(await shop.problems()).toEqual([]);
});

test('and is before nobody when another server hears of it while this one is not answered', async () => {
  const shop = await liveShop();
  await shop.earn();
  const { reference } = (await shop.payOut()).json().data as { reference: string };
  const { malipo: one } = shop;
  const answering = new ScriptedProvider();
  const other = await buildMalipo({ live: [answering], databaseUrl: one.databaseUrl, clock: one.clock });
  shop.provider.answersStatus(async () => {
    answering.saysCompleted(one.clock.now(), { amountMinor: 1_000_000 });
    await callBack(other, reference);
    await other.jobs.runDue();
    return { kind: 'unknown', reason: 'silent' };
  });
  await one.pass(DAY_MS);
  expect(await transaction(one, shop.liveKey, reference)).toMatchObject({ status: 'completed' });
  expect(await shop.reviews()).toEqual([]);
  expect(await shop.problems()).toEqual([]);
});

test('and it is off the list when its provider says it after all', async () => {
  const shop = await liveShop();
  await shop.earn();
  await shop.payOut();
  for (const wait of [DAY_MS, DAY_MS]) await shop.malipo.pass(wait);
  expect(await shop.reviews()).toEqual([{ subject: 'payment:2', kind: 'outcome_unknown' }]);
  shop.provider.saysCompleted(shop.malipo.clock.now(), { amountMinor: 1_000_000 });
  await shop.malipo.pass(DAY_MS);
  expect(await shop.reviews()).toEqual([]);
  expect(await shop.wallet()).toBe(36_000);
  expect(await shop.problems()).toEqual([]);
});
