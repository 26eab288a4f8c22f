import { expect, test } from 'vitest';
import type { PaymentStatus } from '../../../server/core/checkout-contract.ts';
import { HOUR_MS } from '../../../server/core/clock.ts';
import { canBecome } from '../../../server/payments/payment.ts';
import type { ProviderStatus } from '../../../server/providers/provider.ts';
import { buildMalipo, type TestMalipo } from '../support/build-malipo.ts';
import { rows, walletBalance } from '../support/database.ts';
import { callBack, collect, transaction, verify } from '../support/payments.ts';
import { ScriptedProvider } from '../support/scripted-provider.ts';

const AGREED_MINOR = 5_000_000;

const MOVES: Record<PaymentStatus, PaymentStatus[]> = {
  pending: ['completed', 'failed', 'expired'],
  failed: ['completed'],
  expired: ['completed'],
  completed: [],
};

test.each(Object.entries(MOVES))('from %s a payment goes only to %j', (from, allowed) => {
  const all: PaymentStatus[] = ['pending', 'completed', 'failed', 'expired'];
  expect(all.filter((to) => canBecome({ direction: 'collect', status: from as PaymentStatus }, to))).toEqual(allowed);
});

/** Brings a live payment of UGX 50,000 to a status, through its provider. */
async function paymentThatIs(status: PaymentStatus, malipo: TestMalipo, provider: ScriptedProvider, key: string): Promise<string> {
  const reference = await collect(malipo, key);
  if (status === 'completed') provider.saysCompleted(malipo.clock.now(), { amountMinor: AGREED_MINOR });
  if (status === 'failed') provider.answersStatus(() => ({ kind: 'failed', code: 'declined', reason: 'Declined' }));
  if (status === 'expired') await malipo.pass(4 * HOUR_MS);
  else await verify(malipo, key, reference);
  expect(await rows(malipo.store, 'SELECT status FROM payments')).toEqual([{ status }]);
  return reference;
}

const COMPLETED: ProviderStatus = { kind: 'completed', providerRef: 'x', amountMinor: AGREED_MINOR, currency: 'UGX', at: 0 };
const FAILED: ProviderStatus = { kind: 'failed', code: 'insufficient_funds', reason: 'No money' };
const PENDING: ProviderStatus = { kind: 'pending', providerRef: 'other' };
const NOT_FOUND: ProviderStatus = { kind: 'not_found' };
const UNKNOWN: ProviderStatus = { kind: 'unknown', reason: 'nonsense' };

test.each<[PaymentStatus, string, ProviderStatus]>([
  ['pending', 'pending', PENDING],
  ['pending', 'unknown', UNKNOWN],
  ['pending', 'not found, which it acknowledged', NOT_FOUND],
  ['failed', 'pending', PENDING],
  ['failed', 'failed for another reason', FAILED],
  ['failed', 'unknown', UNKNOWN],
  ['failed', 'not found', NOT_FOUND],
  ['expired', 'pending', PENDING],
  ['expired', 'failed', FAILED],
  ['expired', 'unknown', UNKNOWN],
  ['expired', 'not found', NOT_FOUND],
  ['completed', 'completed again', COMPLETED],
  ['completed', 'failed', FAILED],
  ['completed', 'not found', NOT_FOUND],
  ['completed', 'pending', PENDING],
])('a %s payment whose provider says %s stays as it is', async (status, _says, says) => {
  const provider = new ScriptedProvider();
  const malipo = await buildMalipo({ live: [provider] });
  const { app, liveKey } = await malipo.makeShop({ slug: 'duka' });
  const reference = await paymentThatIs(status, malipo, provider, liveKey);
  const before = await transaction(malipo, liveKey, reference);
  const balance = await walletBalance(malipo.store, { appId: app.id, mode: 'live' });

  provider.answersStatus(() => says);
  expect(await verify(malipo, liveKey, reference)).toEqual(before);
  await callBack(malipo, reference);
  await malipo.jobs.runDue();

  expect(await transaction(malipo, liveKey, reference)).toEqual(before);
  expect(await walletBalance(malipo.store, { appId: app.id, mode: 'live' })).toBe(balance);
  const [row] = await rows<{ version: number }>(malipo.store, 'SELECT version FROM payments');
  expect(row!.version).toBe(status === 'pending' ? 1 : 2);
});

test.each<PaymentStatus>(['failed', 'expired'])('a late success of a %s payment is credited once, and its failure forgotten', async (status) => {
  const provider = new ScriptedProvider();
  const malipo = await buildMalipo({ live: [provider] });
  const { app, liveKey } = await malipo.makeShop({ slug: 'duka' });
  const reference = await paymentThatIs(status, malipo, provider, liveKey);
  expect((await transaction(malipo, liveKey, reference)).failure_reason).not.toBe('');

  const paidAt = malipo.clock.now();
  provider.saysCompleted(paidAt, { amountMinor: AGREED_MINOR });
  await verify(malipo, liveKey, reference);
  await callBack(malipo, reference);
  await malipo.jobs.runDue();
  const late = await verify(malipo, liveKey, reference);

  expect(late).toMatchObject({ status: 'completed', failure_reason: '', completed_at: new Date(paidAt).toISOString().replace('.000', '') });
  expect(await walletBalance(malipo.store, { appId: app.id, mode: 'live' })).toBe(46_000);
  expect(await rows(malipo.store, 'SELECT posting, source FROM ledger_transfers')).toEqual([{ posting: 'collectSettled', source: 'payment:1' }]);
  expect(await rows(malipo.store, 'SELECT failure_code FROM payments')).toEqual([{ failure_code: '' }]);
  expect(await rows(malipo.store, `SELECT kind FROM jobs WHERE kind = 'payment.check'`)).toEqual([]);
});
