/** Money back to the customer: held before it is sent, sent once, never more than was collected, and told to the merchant. */
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { JobQueue } from '../../../server/jobs/queue.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import type { ProviderStatus, Submission } from '../../../server/providers/provider.ts';
import { RefundDesk, type RefundWish } from '../../../server/refunds/requesting.ts';
import { buildMalipo } from '../support/build-malipo.ts';
import { rows, walletBalance } from '../support/database.ts';
import { callBack, collect, transaction } from '../support/payments.ts';
import { never } from '../support/scripted-provider.ts';
import { until } from '../support/until.ts';
import { AGREED_MINOR, paidShop } from './paid-shop.ts';

test('mobile money goes back by a payout to the phone that paid, held before it is sent, and the merchant hears of it', async () => {
  const shop = await paidShop();
  const refund = await shop.refund();
  expect(await shop.wallet()).toBe(0);
  expect(shop.provider.disbursed).toEqual([]);
  await shop.malipo.jobs.runDue();
  expect(shop.provider.disbursed).toMatchObject([{ reference: refund.reference, phone: '256772123456', amountMinor: AGREED_MINOR, currency: 'UGX' }]);
  expect(await shop.stands()).toEqual([{ status: 'pending', submission: 'sent' }]);
  expect(await shop.problems()).toEqual([]);

  shop.paysOut();
  await shop.malipo.pass(MINUTE_MS);
  expect(await shop.stands()).toEqual([{ status: 'completed', submission: 'sent' }]);
  expect(await transaction(shop.malipo, shop.liveKey, shop.reference)).toMatchObject({ status: 'completed', refunded_amount: 50_000 });
  expect(await shop.problems()).toEqual([]);
  const [event] = (await rows<{ facts: string }>(shop.malipo.store, 'SELECT facts FROM webhook_events ORDER BY id DESC LIMIT 1')) as [{ facts: string }];
  expect(JSON.parse(event.facts)).toMatchObject({ back: { news: { kind: 'refunded', reference: refund.reference, amountMinor: AGREED_MINOR, reason: 'Out of stock' }, refundedMinor: AGREED_MINOR } });
});

test('parts go back until nothing is left, and with them the fee, to the minor unit', async () => {
  const shop = await paidShop();
  for (const amount of [16_667, 16_667, 16_666]) {
    await shop.refund({ amount });
    shop.paysOut(amount * 100);
    await shop.malipo.jobs.runDue();
    await shop.malipo.pass(MINUTE_MS);
  }
  await expect(shop.refund({ amount: 1_000 })).rejects.toMatchObject({ code: 'VALIDATION_ERROR', message: `Payment ${shop.reference} has been refunded in full` });
  expect(await shop.wallet()).toBe(0);
  expect(await rows(shop.malipo.store, 'SELECT sum(fee_minor) AS fee FROM refunds')).toEqual([{ fee: 400_000 }]);
  expect(await transaction(shop.malipo, shop.liveKey, shop.reference)).toMatchObject({ refunded_amount: 50_000 });
  expect(await shop.problems()).toEqual([]);
});

test('refunds at once never come to more than was collected', async () => {
  const shop = await paidShop();
  const asked = await Promise.allSettled(Array.from({ length: 8 }, () => shop.refund({ amount: 20_000 })));
  expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  expect(await shop.problems()).toEqual([]);
});

test('the same key makes one refund; for another amount it is refused', async () => {
  const shop = await paidShop();
  const first = await shop.refund({ amount: 10_000, key: 'return-7' });
  expect((await shop.refund({ amount: 10_000, key: 'return-7' })).id).toBe(first.id);
  await expect(shop.refund({ amount: 9_000, key: 'return-7' })).rejects.toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
  expect(await shop.stands()).toHaveLength(1);
});

test.each<[string, Partial<RefundWish>, string]>([
  ['of an unknown payment', { reference: 'dgw_nobody' }, 'NOT_FOUND'],
  ['of more than was paid', { amount: 50_001 }, 'VALIDATION_ERROR'],
  ['of a part of a shilling', { amount: 0.5 }, 'VALIDATION_ERROR'],
  ['of less than the provider pays out', { amount: 499 }, 'VALIDATION_ERROR'],
])('a refund %s is refused, and nothing is held', async (_what, wish, code) => {
  const shop = await paidShop();
  await expect(shop.refund(wish)).rejects.toMatchObject({ code });
  expect(await shop.wallet()).toBe(46_000);
  expect(await shop.problems()).toEqual([]);
});

test('money that the app has spent cannot be given back', async () => {
  const shop = await paidShop();
  const spent = await shop.malipo.post('/v1/payments/disburse', { amount: 46_000, currency: 'UGX', phone_number: '256772999888' }, { key: shop.liveKey });
  expect(spent.statusCode).toBe(200);
  await expect(shop.refund()).rejects.toMatchObject({ code: 'INSUFFICIENT_BALANCE' });
  expect(await shop.problems()).toEqual([]);
});

test('a payment that is pending, or a payout, cannot be refunded', async () => {
  const shop = await paidShop();
  shop.provider.answersStatus(() => ({ kind: 'pending' }));
  const pending = await collect(shop.malipo, shop.liveKey);
  await expect(shop.refund({ reference: pending })).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  const payout = await shop.malipo.post('/v1/payments/disburse', { amount: 1_000, currency: 'UGX', phone_number: '256772999888' }, { key: shop.liveKey });
  await expect(shop.refund({ reference: payout.json().data.reference as string })).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
});

test('a refund in doubt keeps its hold, is asked about by its own reference, and is never sent again', async () => {
  const shop = await paidShop();
  shop.provider.answersDisburse(() => ({ kind: 'unknown', reason: 'reset' })).answersStatus(() => ({ kind: 'unknown', reason: 'silent' }));
  const refund = await shop.refund();
  await shop.malipo.jobs.runDue();
  for (const wait of [MINUTE_MS, HOUR_MS, DAY_MS, 7 * DAY_MS]) await shop.malipo.pass(wait);
  expect(shop.provider.disbursed).toHaveLength(1);
  expect(new Set(shop.provider.asked.slice(1))).toEqual(new Set([refund.reference]));
  expect(await shop.stands()).toEqual([{ status: 'pending', submission: 'unknown' }]);
  expect(await shop.wallet()).toBe(0);
  shop.paysOut();
  await shop.malipo.pass(7 * HOUR_MS);
  expect(await shop.stands()).toEqual([{ status: 'completed', submission: 'sent' }]);
  expect(await shop.problems()).toEqual([]);
});

test('a server that dies while it sends a refund leaves it to be asked about, not sent again', async () => {
  const shop = await paidShop();
  shop.provider.answersDisburse(() => never<Submission>()).answersStatus(() => ({ kind: 'pending', providerRef: 'theirs' }));
  await shop.refund();
  const running = shop.malipo.jobs.runDue();
  await until(() => shop.provider.disbursed.length === 1);
  expect(await shop.stands()).toEqual([{ status: 'pending', submission: 'sending' }]);

  // The lease of the dead server runs out, and another takes the job up.
  const again = await buildMalipo({ databaseUrl: shop.malipo.databaseUrl, clock: shop.malipo.clock, live: [shop.provider] });
  await new JobQueue(again.store).releaseAbandoned(again.clock.now());
  await again.jobs.runDue();
  expect(shop.provider.disbursed).toHaveLength(1);
  expect(await shop.stands()).toEqual([{ status: 'pending', submission: 'sent' }]);
  shop.malipo.clock.advance(10 * SECOND_MS);
  await running;
});

test('a refund whose provider loses its credentials here waits for them if it was not sent, and is before a person after a day if it was', async () => {
  const shop = await paidShop();
  await shop.refund({ amount: 10_000 });
  await shop.malipo.jobs.runDue();
  await shop.refund({ amount: 20_000 });
  const unconfigured = await buildMalipo({ live: [], databaseUrl: shop.malipo.databaseUrl, clock: shop.malipo.clock });
  await unconfigured.pass(DAY_MS + MINUTE_MS);
  expect(await rows(shop.malipo.store, 'SELECT subject, kind FROM reviews')).toEqual([{ subject: 'refund:1', kind: 'outcome_unknown' }]);
  await shop.malipo.pass(MINUTE_MS);
  expect(await shop.stands()).toEqual([
    { status: 'pending', submission: 'sent' },
    { status: 'pending', submission: 'sent' },
  ]);
  expect(await shop.problems()).toEqual([]);
});

test('a refused refund is back in the wallet, fee and all', async () => {
  const shop = await paidShop();
  shop.provider.answersDisburse(() => ({ kind: 'refused', code: 'failed', reason: 'Wallet is closed' }));
  await shop.refund({ amount: 20_000 });
  expect(await shop.wallet()).toBe(27_600);
  await shop.malipo.jobs.runDue();
  expect(await rows(shop.malipo.store, 'SELECT status, failure_reason FROM refunds')).toEqual([{ status: 'failed', failure_reason: 'Wallet is closed' }]);
  expect(await shop.wallet()).toBe(46_000);
  expect((await shop.refund({ amount: 50_000 })).amountMinor).toBe(AGREED_MINOR);
  expect(await shop.problems()).toEqual([]);
});

test('a provider that says it paid another amount back is not believed: a person decides', async () => {
  const shop = await paidShop();
  await shop.refund({ amount: 20_000 });
  shop.paysOut(1_000_000);
  await shop.malipo.jobs.runDue();
  await shop.malipo.pass(MINUTE_MS);
  expect(await shop.stands()).toEqual([{ status: 'pending', submission: 'sent' }]);
  expect(await rows(shop.malipo.store, 'SELECT subject, kind FROM reviews')).toEqual([{ subject: 'refund:1', kind: 'amount_mismatch' }]);
});

test('a refund given up as never sent is looked back at: paid after all, it is before a person', async () => {
  const shop = await paidShop();
  shop.provider.answersDisburse(() => ({ kind: 'unknown', reason: 'reset' })).answersStatus(() => ({ kind: 'not_found' }));
  await shop.refund();
  await shop.malipo.jobs.runDue();
  await shop.malipo.pass(2 * MINUTE_MS);
  await shop.malipo.pass(2 * MINUTE_MS);
  expect(await shop.stands()).toEqual([{ status: 'failed', submission: 'unknown' }]);
  expect(await shop.wallet()).toBe(46_000);
  shop.paysOut();
  await shop.malipo.pass(2 * DAY_MS);
  expect(await rows(shop.malipo.store, 'SELECT subject, kind FROM reviews')).toEqual([{ subject: 'refund:1', kind: 'paid_after_release' }]);
  expect(shop.provider.disbursed).toHaveLength(1);
  expect(await shop.problems()).toEqual([]);
});

test('a callback about a given-up refund whose provider then says nothing is asked about again', async () => {
  const shop = await paidShop();
  shop.provider.answersDisburse(() => ({ kind: 'refused', code: 'failed', reason: 'No' })).answersStatus(() => ({ kind: 'unknown', reason: 'silent' }));
  const refund = await shop.refund();
  await shop.malipo.jobs.runDue();
  await callBack(shop.malipo, refund.reference, { news: 1 });
  await shop.malipo.jobs.runDue();
  shop.paysOut();
  await shop.malipo.pass(MINUTE_MS);
  expect(await rows(shop.malipo.store, 'SELECT subject, kind FROM reviews')).toEqual([{ subject: 'refund:1', kind: 'paid_after_release' }]);
});

test.each<ProviderStatus>([{ kind: 'pending' }, { kind: 'failed', code: 'failed', reason: 'No' }])('a refused refund that its provider turns out to have ($kind) is looked back at: paid after all, it is before a person', async (word) => {
  const shop = await paidShop();
  shop.provider.answersStatus(() => word);
  shop.provider.answersDisburse(() => ({ kind: 'refused', code: 'failed', reason: 'No' }));
  const refund = await shop.refund();
  await shop.malipo.jobs.runDue();
  await callBack(shop.malipo, refund.reference);
  await shop.malipo.jobs.runDue();
  expect(await shop.stands()).toEqual([{ status: 'failed', submission: 'sent' }]);
  shop.paysOut();
  await shop.malipo.pass(HOUR_MS);
  expect(await rows(shop.malipo.store, 'SELECT subject, kind FROM reviews')).toEqual([{ subject: 'refund:1', kind: 'paid_after_release' }]);
  expect(await shop.wallet()).toBe(46_000);
  expect(await shop.problems()).toEqual([]);
});

test('a refund callback is a reason to ask', async () => {
  const shop = await paidShop();
  const refund = await shop.refund();
  await shop.malipo.jobs.runDue();
  shop.paysOut();
  await callBack(shop.malipo, refund.reference);
  await shop.malipo.jobs.runDue();
  expect(await shop.stands()).toEqual([{ status: 'completed', submission: 'sent' }]);
});

test('in test mode a card and a phone are refunded on the sandbox', async () => {
  const malipo = await buildMalipo();
  const { testKey, app } = await malipo.makeShop({ slug: 'duka' });
  const reference = await collect(malipo, testKey);
  await malipo.pass(5 * SECOND_MS);
  const desk = new RefundDesk({ store: malipo.store, clock: malipo.clock, jobs: malipo.queue });
  await desk.request({ reference, reason: '' });
  await malipo.jobs.runDue();
  await malipo.pass(HOUR_MS);
  expect(await rows(malipo.store, 'SELECT status, method FROM refunds')).toEqual([{ status: 'completed', method: 'by_payout' }]);
  expect(await walletBalance(malipo.store, { appId: app.id })).toBe(0);
  expect(await verifyBooks(malipo.store.read)).toEqual([]);
});
