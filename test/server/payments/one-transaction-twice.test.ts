/** A gateway that keeps no reference of ours answers a second request with the transaction that it has for the first. */
import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../server/core/clock.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import { openReviews } from '../../../server/reviews/reviews.ts';
import { buildMalipo } from '../support/build-malipo.ts';
import { rows, walletBalance } from '../support/database.ts';
import { collect } from '../support/payments.ts';
import { ScriptedProvider } from '../support/scripted-provider.ts';

const ORDER = { amount: 5_000, currency: 'TZS', phone_number: '255712345678', provider: 'dukuzi' };

async function open() {
  const provider = new ScriptedProvider('dukuzi').answersCollect(() => ({ kind: 'accepted', providerRef: '123' }));
  const malipo = await buildMalipo({ live: [provider] });
  const { app, liveKey } = await malipo.makeShop({ slug: 'duka' });
  const paid = (at: number) => provider.answersStatus(({ providerRef }) => providerRef === '' ? { kind: 'unknown', reason: 'cannot be asked' } : { kind: 'completed', providerRef, amountMinor: 500_000, currency: 'TZS', at });
  return { malipo, liveKey, paid, wallet: () => walletBalance(malipo.store, { appId: app.id, mode: 'live', provider: 'dukuzi', currency: 'TZS' }) };
}

test('what its customer pays once is credited once, and somebody looks at the other', async () => {
  const { malipo, liveKey, paid, wallet } = await open();
  await Promise.all([collect(malipo, liveKey, ORDER), collect(malipo, liveKey, ORDER)]);
  paid(malipo.clock.now());
  await malipo.pass(4 * HOUR_MS);
  expect(await rows(malipo.store, 'SELECT status FROM payments ORDER BY status')).toEqual([{ status: 'completed' }, { status: 'expired' }]);
  expect(await wallet()).toBe(4_600);
  expect(await openReviews(malipo.store.read)).toMatchObject([{ kind: 'outcome_unknown' }]);
  expect(await verifyBooks(malipo.store.read)).toEqual([]);
});

test('a number that it hands out anew, for another phone or another amount, is another payment’s', async () => {
  const { malipo, liveKey, paid, wallet } = await open();
  await collect(malipo, liveKey, ORDER);
  await collect(malipo, liveKey, { ...ORDER, phone_number: '255754123456' });
  paid(malipo.clock.now());
  await malipo.pass(HOUR_MS);
  expect(await wallet()).toBe(9_200);
});
