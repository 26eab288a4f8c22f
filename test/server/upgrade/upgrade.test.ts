/**
 * A shop does not begin with the newest release: a database that any earlier one wrote opens, keeps what is in it, and
 * goes on. The books of each release are beside this file; those of a later release add to those of the ones before.
 */
import { expect, test } from 'vitest';
import { verifyBooks } from '../../../server/payments/verify.ts';
import { buildMalipo } from '../support/build-malipo.ts';
import { rows, walletBalance } from '../support/database.ts';
import { collect, transaction } from '../support/payments.ts';
import { databaseOf, MIGRATIONS } from './earlier-database.ts';

/** Net of the payment that was paid, less what is on its way out or gone by then. */
function walletOf(release: number): number {
  return release === 1 ? 46_000 : 46_000 - 1_000 - 2_000 - 3_000;
}

test.each(MIGRATIONS)('books that migration $version ($name) left open, verify, and take the next payment', async ({ version }) => {
  const malipo = await buildMalipo({ databaseUrl: await databaseOf(version) });
  expect(await verifyBooks(malipo.store.read)).toEqual([]);
  expect(await walletBalance(malipo.store, { appId: 1, mode: 'live' })).toBe(walletOf(version));
  expect(await rows(malipo.store, `SELECT reference, status FROM payments WHERE id <= 3 ORDER BY id`)).toEqual([
    { reference: 'dgw_paid', status: 'completed' },
    { reference: 'dgw_refused', status: 'failed' },
    { reference: 'dgw_waiting', status: 'pending' },
  ]);

  // Whatever lane they waited in, jobs that ask a provider wait in its own.
  const asking = await rows<{ lane: string }>(malipo.store, `SELECT lane FROM jobs WHERE kind IN ('payment.check', 'withdrawal.check')`);
  expect(asking.length).toBeGreaterThan(0);
  expect(asking.filter(({ lane }) => lane !== 'provider:live:iotec')).toEqual([]);

  const { testKey } = await malipo.makeShop({ slug: 'kiosk' });
  const reference = await collect(malipo, testKey);
  await malipo.pass(10_000);
  expect((await transaction(malipo, testKey, reference)).status).toBe('completed');
  expect(await verifyBooks(malipo.store.read)).toEqual([]);
});
