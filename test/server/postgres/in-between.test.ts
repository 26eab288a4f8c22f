/**
 * Between one statement of a command and the next another server may commit: READ COMMITTED shows it from then on. What
 * lets go of money decides by the row that its own update answers, and who needs a lock and a row asks in one order.
 */
import { expect, onTestFinished, test } from 'vitest';
import { MINUTE_MS } from '../../../server/core/clock.ts';
import { statement } from '../../../server/db/store.ts';
import type { CallbackHint } from '../../../server/providers/provider.ts';
import { RefundDesk } from '../../../server/refunds/requesting.ts';
import { rows, someoneWaits, walletBalance } from '../support/database.ts';
import { buildMalipo } from '../support/build-malipo.ts';
import { openGateway } from '../support/gateway.ts';
import { TOKEN, TOKEN_HEADER } from '../support/paying-provider.ts';
import { callBack, collect } from '../support/payments.ts';
import { ScriptedProvider } from '../support/scripted-provider.ts';
import { openedStore } from '../support/temporary-store.ts';
import { until } from '../support/until.ts';

const WITHDRAWAL = { amount: 50_000, currency: 'UGX', provider: 'iotec', method: 'mobile_money', destination: '256772123456', destination_name: 'J' };
const PAYOUT = { amount: 10_000, currency: 'UGX', phone_number: '256772123456' };

/** A shop with money, whose provider loses the answers to payouts and then does not find them. */
async function forgetfulProvider() {
  const gateway = await openGateway();
  await gateway.earn(92_000);
  const { provider } = gateway;
  provider.onDisburse = (request) => {
    provider.takes(request);
    throw new Error('socket hang up');
  };
  provider.says = { kind: 'not_found' };
  /** As another server that records an acknowledgement; its commit is held until the first server waits for it. */
  const acknowledgedMeanwhile = async (table: string, work: () => Promise<unknown>) => {
    const other = openedStore(gateway.databaseUrl);
    const { promise: written, resolve: isWritten } = Promise.withResolvers<void>();
    let working: Promise<unknown> = Promise.resolve();
    const acknowledging = other.write(async (tx) => {
      await tx.run(statement(`UPDATE ${table} SET submission = 'sent' WHERE status = 'pending'`));
      isWritten();
      await until(() => someoneWaits(gateway.store));
    });
    await written;
    working = work();
    await Promise.all([acknowledging, working]);
  };
  return { ...gateway, acknowledgedMeanwhile };
}

test.each([
  ['payments', 'payout'],
  ['withdrawals', 'withdrawal'],
  ['refunds', 'refund'],
] as const)('an acknowledgement in %s that another server commits meanwhile keeps the %s from being given up', async (table, kind) => {
  const gateway = await forgetfulProvider();
  if (kind === 'payout') await gateway.post('/v1/payments/disburse', PAYOUT);
  if (kind === 'withdrawal') await gateway.post('/v1/withdrawals', WITHDRAWAL);
  if (kind === 'refund') {
    const [{ reference }] = (await rows<{ reference: string }>(gateway.store, 'SELECT reference FROM payments')) as [{ reference: string }];
    await new RefundDesk({ store: gateway.store, clock: gateway.clock, jobs: gateway.queue }).request({ reference, amount: 10_000, reason: '' });
    await gateway.pass(0);
  }
  const before = await gateway.balance();
  gateway.clock.advance(8 * MINUTE_MS);
  await gateway.acknowledgedMeanwhile(table, () => gateway.jobs.runDue());
  expect(await rows(gateway.store, `SELECT status, submission FROM ${table} ORDER BY id DESC LIMIT 1`)).toEqual([{ status: 'pending', submission: 'sent' }]);
  expect(await gateway.balance()).toBe(before);
  expect(await gateway.problems()).toEqual([]);
});

test('whoever waits for the lock of a withdrawal holds nothing of it, so that nobody waits for each other', async () => {
  const gateway = await openGateway();
  await gateway.earn(92_000);
  const { provider, store } = gateway;
  await gateway.post('/v1/withdrawals', WITHDRAWAL);
  const rowIsFree = statement('SELECT id FROM withdrawals FOR UPDATE NOWAIT');
  const other = openedStore(gateway.databaseUrl);
  onTestFinished(() => other.close());
  for (const says of [
    { kind: 'pending' },
    { kind: 'reversed', providerRef: 'x', amountMinor: 1, currency: 'UGX', at: 0, reason: 'No' },
    { kind: 'completed', providerRef: 'x', amountMinor: 5_000_000, currency: 'UGX', at: 0 },
    { kind: 'reversed', providerRef: 'x', amountMinor: 5_000_000, currency: 'UGX', at: 0, reason: 'No' },
  ] as const) {
    provider.says = says;
    await store.write((tx) => tx.run(statement(`UPDATE withdrawals SET submission = 'unknown'`)));
    let working: Promise<unknown> = Promise.resolve();
    await other.write(async (tx) => {
      await tx.lock('withdrawal:1');
      await gateway.post('/v1/webhooks/iotec', { reference: provider.sent[0]!.reference, says }, 'live', { [TOKEN_HEADER]: TOKEN });
      working = gateway.jobs.runDue();
      await until(() => someoneWaits(store));
      expect(await tx.all(rowIsFree)).toHaveLength(1);
    });
    await working;
  }
  expect(await rows(store, 'SELECT status, reversed_at AS back FROM withdrawals')).toEqual([{ status: 'completed', back: 0 }]);
  expect(await gateway.problems()).toEqual([]);
});

/** Keeps no reference of ours, and calls back about a transaction as if it were any payment of this customer's. */
class Nameless extends ScriptedProvider {
  override readCallback(): CallbackHint {
    return { unproven: true, providerRef: '456', told: { phone: '255754123456', amountMinor: 500_000 } };
  }

  recognises(): Promise<boolean> {
    return Promise.resolve(true);
  }
}

test('a lost answer that another server records meanwhile is not overwritten by what a callback says', async () => {
  const provider = new Nameless('dukuzi').answersCollect(() => ({ kind: 'unknown', reason: 'reset' }));
  const malipo = await buildMalipo({ live: [provider] });
  const { liveKey } = await malipo.makeShop({ slug: 'duka' });
  await collect(malipo, liveKey, { amount: 5_000, currency: 'TZS', provider: 'dukuzi', phone_number: '255754123456' });
  const other = openedStore(malipo.databaseUrl);
  const { promise: written, resolve: isWritten } = Promise.withResolvers<void>();
  const answering = other.write(async (tx) => {
    await tx.run(statement(`UPDATE payments SET provider_ref = '123', submission = 'sent'`));
    isWritten();
    await until(() => someoneWaits(malipo.store));
  });
  await written;
  await Promise.all([answering, malipo.post('/v1/webhooks/dukuzi', {})]);
  expect(await rows(malipo.store, 'SELECT provider_ref FROM payments')).toEqual([{ provider_ref: '123' }]);
});

test('a callback that another server hears again while its job ends is acted on again, and what was heard the first time stands', async () => {
  const provider = new ScriptedProvider();
  const malipo = await buildMalipo({ live: [provider] });
  const { app, liveKey } = await malipo.makeShop({ slug: 'duka' });
  const reference = await collect(malipo, liveKey);
  provider.saysCompleted(malipo.clock.now(), { amountMinor: 5_000_000 });
  await callBack(malipo, reference);
  const other = openedStore(malipo.databaseUrl);
  const { promise: heardAgain, resolve: hearsAgain } = Promise.withResolvers<void>();
  const receiving = other.write(async (tx) => {
    await tx.run(statement('UPDATE provider_callbacks SET received_at = received_at + 1'));
    hearsAgain();
    await until(() => someoneWaits(malipo.store));
  });
  await heardAgain;
  await Promise.all([receiving, malipo.jobs.runDue()]);
  expect(await walletBalance(malipo.store, { appId: app.id, mode: 'live' })).toBe(46_000);
  expect(await rows(malipo.store, 'SELECT processed_at FROM provider_callbacks')).toEqual([{ processed_at: null }]);
  provider.answersStatus(() => ({ kind: 'reversed', providerRef: 'theirs', amountMinor: 5_000_000, currency: 'UGX', at: 0, reason: 'Charged back' }));
  await malipo.pass(MINUTE_MS);
  expect(await walletBalance(malipo.store, { appId: app.id, mode: 'live' })).toBe(0);
  expect(await rows(malipo.store, `SELECT kind FROM jobs WHERE kind = 'callback.process'`)).toEqual([]);
});
