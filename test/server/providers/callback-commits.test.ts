/** What comes of a callback is written at once: its payment's money, that it was acted on, and that nobody need act on it again. */
import { expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { EXPIRES_AFTER_MS } from '../../../server/payments/payment.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import type { ProviderStatus } from '../../../server/providers/provider.ts';
import { RefundDesk } from '../../../server/refunds/requesting.ts';
import { buildMalipo, type MalipoOptions } from '../support/build-malipo.ts';
import { refuseRows, rows, walletBalance } from '../support/database.ts';
import { FailingStore } from '../support/failing-store.ts';
import { callBack, collect, PHONE, verify } from '../support/payments.ts';
import { ScriptedProvider } from '../support/scripted-provider.ts';
import { until } from '../support/until.ts';

const LEASE_MS = 90 * SECOND_MS;

const AGREED = { amountMinor: 5_000_000, currency: 'UGX' };
const PAID: ProviderStatus = { kind: 'completed', providerRef: 'theirs', ...AGREED, at: Date.UTC(2026, 2, 14) };
const DECLINED: ProviderStatus = { kind: 'failed', code: 'declined', reason: 'Declined' };
const TAKEN_BACK: ProviderStatus = { ...PAID, kind: 'reversed', reason: 'Charged back' };

async function liveShop(options: MalipoOptions = {}) {
  const provider = new ScriptedProvider();
  let disk: FailingStore;
  const malipo = await buildMalipo({ live: [provider], wrapStore: (store) => (disk = new FailingStore(store)), ...options });
  const shop = await malipo.makeShop({ slug: 'duka' });
  const net = () => walletBalance(malipo.store, { appId: shop.app.id, mode: 'live' });
  /** How many commits it takes to act on a callback about this reference. */
  const commitsOf = async (reference: string) => {
    await callBack(malipo, reference);
    const before = disk.written;
    await malipo.jobs.runDue();
    return disk.written - before;
  };
  return { malipo, provider, disk: disk!, net, commitsOf, ...shop };
}

/** One takes the job, among as many as there are; the other writes everything that comes of it. */
const TAKEN_AND_ENDED = 2;

const PROCESSED = 'SELECT (SELECT count(*) FROM provider_callbacks WHERE processed_at IS NULL) AS open, (SELECT count(*) FROM jobs WHERE lease IS NOT NULL) AS taken';

test.each<[string, { word: ProviderStatus; after?: number; before?: ProviderStatus; status: string; holds: number; reviews?: number }]>([
  ['a success', { word: PAID, status: 'completed', holds: 46_000 }],
  ['a failure', { word: DECLINED, status: 'failed', holds: 0 }],
  ['another amount', { word: { ...PAID, amountMinor: 1 }, status: 'pending', holds: 0, reviews: 1 }],
  ['a success after expiry', { after: EXPIRES_AFTER_MS + MINUTE_MS, word: PAID, status: 'completed', holds: 46_000 }],
  ['a success after a failure', { before: DECLINED, word: PAID, status: 'completed', holds: 46_000 }],
  ['a chargeback', { before: PAID, word: TAKEN_BACK, status: 'completed', holds: 0 }],
  ['nothing new', { word: { kind: 'pending' }, status: 'pending', holds: 0 }],
])('%s is written in the commit that ends the callback’s job', async (_what, { word, after = 0, before = { kind: 'pending' }, status, holds, reviews = 0 }) => {
  const { malipo, provider, net, commitsOf, liveKey } = await liveShop();
  const reference = await collect(malipo, liveKey);
  provider.answersStatus(() => before);
  await verify(malipo, liveKey, reference);
  await malipo.pass(after);
  provider.answersStatus(() => word);
  expect(await commitsOf(reference)).toBe(TAKEN_AND_ENDED);
  expect(await rows(malipo.store, 'SELECT status FROM payments')).toEqual([{ status }]);
  expect(await rows(malipo.store, PROCESSED)).toEqual([{ open: 0, taken: 0 }]);
  expect(await rows(malipo.store, 'SELECT id FROM reviews')).toHaveLength(reviews);
  expect(await net()).toBe(holds);
  expect(await verifyBooks(malipo.store.read)).toEqual([]);
});

test('so is the end of a withdrawal, and of a refund', async () => {
  const { malipo, provider, disk, net, commitsOf, liveKey } = await liveShop();
  const reference = await collect(malipo, liveKey);
  provider.answersStatus(() => PAID);
  await verify(malipo, liveKey, reference);
  provider.answersStatus(() => ({ kind: 'pending' }));
  const withdrawal = { amount: 10_000, currency: 'UGX', provider: 'iotec', method: 'mobile_money', destination: PHONE, destination_name: 'Jane' };
  await malipo.post('/v1/withdrawals', withdrawal, { key: liveKey });
  await new RefundDesk({ store: disk, clock: malipo.clock, jobs: malipo.queue }).request({ reference, amount: 10_000, reason: '' });
  await malipo.jobs.runDue();

  provider.answersStatus(() => ({ ...PAID, amountMinor: 1_000_000 }));
  const [paidOut, paidBack] = provider.disbursed;
  expect(await commitsOf(paidOut!.reference)).toBe(TAKEN_AND_ENDED);
  expect(await commitsOf(paidBack!.reference)).toBe(TAKEN_AND_ENDED);
  expect(await rows(malipo.store, 'SELECT w.status AS withdrawal, r.status AS refund FROM withdrawals w, refunds r')).toEqual([{ withdrawal: 'completed', refund: 'completed' }]);
  expect(await rows(malipo.store, PROCESSED)).toEqual([{ open: 0, taken: 0 }]);
  expect(await net()).toBe(46_000 - 10_000 - 9_200);
  expect(await verifyBooks(malipo.store.read)).toEqual([]);
});

test('a server that dies before that commit has settled nothing, and the next one settles it once', async () => {
  const { malipo, provider, disk, net, liveKey } = await liveShop();
  const reference = await collect(malipo, liveKey);
  provider.answersStatus(() => {
    disk.failing = 'to answer';
    return PAID;
  });
  await callBack(malipo, reference);
  void malipo.jobs.runDue();
  await until(() => disk.unanswered === 1);
  expect(await rows(malipo.store, PROCESSED)).toEqual([{ open: 1, taken: 1 }]);
  expect(await net()).toBe(0);

  const next = new ScriptedProvider().answersStatus(() => PAID);
  const restarted = await buildMalipo({ live: [next], databaseUrl: malipo.databaseUrl, clock: malipo.clock });
  await restarted.pass(LEASE_MS);
  expect(next.asked).toContain(reference);
  expect(await rows(restarted.store, PROCESSED)).toEqual([{ open: 0, taken: 0 }]);
  expect(await net()).toBe(46_000);
  expect(await verifyBooks(restarted.store.read)).toEqual([]);
});

test('a server that asked for longer than the job was its own writes nothing of what it heard; it is heard again', async () => {
  const { malipo, provider, net, liveKey } = await liveShop();
  const reference = await collect(malipo, liveKey);
  const { promise, resolve } = Promise.withResolvers<ProviderStatus>();
  provider.answersStatus(() => promise);
  await callBack(malipo, reference);
  const slow = malipo.jobs.runDue();
  await until(() => provider.asked.length === 1);
  const quick = new ScriptedProvider().answersStatus(() => ({ kind: 'pending' }));
  const other = await buildMalipo({ live: [quick], databaseUrl: malipo.databaseUrl, clock: malipo.clock });
  malipo.clock.jump(LEASE_MS);
  await other.jobs.runDue();
  expect(await rows(malipo.store, PROCESSED)).toEqual([{ open: 0, taken: 0 }]);
  resolve(PAID);
  await slow;
  expect(await rows(malipo.store, 'SELECT status FROM payments')).toEqual([{ status: 'pending' }]);
  expect(await net()).toBe(0);
  quick.answersStatus(() => PAID);
  await other.pass(HOUR_MS);
  expect(await net()).toBe(46_000);
  expect(await verifyBooks(malipo.store.read)).toEqual([]);
});

test('a payment that cannot be settled keeps none from being settled beside it, and its callback for later', async () => {
  const { malipo, provider, net, liveKey } = await liveShop();
  const references = [await collect(malipo, liveKey), await collect(malipo, liveKey), await collect(malipo, liveKey)];
  await refuseRows(malipo.store, 'webhook_events', 'NEW.payment_id = 2');
  provider.answersStatus(() => PAID);
  await Promise.all(references.map((reference) => callBack(malipo, reference)));
  await malipo.jobs.runDue();
  expect(await rows(malipo.store, 'SELECT status FROM payments ORDER BY id')).toEqual([{ status: 'completed' }, { status: 'pending' }, { status: 'completed' }]);
  expect(await rows(malipo.store, `SELECT reference FROM provider_callbacks WHERE processed_at IS NULL`)).toEqual([{ reference: references[1] }]);
  expect(await rows(malipo.store, `SELECT attempts, lease FROM jobs WHERE kind = 'callback.process'`)).toEqual([{ attempts: 1, lease: null }]);
  expect(await net()).toBe(2 * 46_000);
  expect(await verifyBooks(malipo.store.read)).toEqual([]);
});
