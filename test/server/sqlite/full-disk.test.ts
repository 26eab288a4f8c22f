/**
 * A disk that is full, and a file that is read-only: writes are refused, nothing is lost, and the server goes on by
 * itself. On a real disk of four megabytes where one may be mounted (Linux, as root), and everywhere by SQLite's own
 * limits, which make it answer as it does there.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import type { Connection } from '../../../server/db/sqlite/connection.ts';
import type { Store } from '../../../server/db/store.ts';
import { rows } from '../support/database.ts';
import { expectV1Refusal } from '../support/refusals.ts';
import { startServe } from '../support/serve-process.ts';
import { temporaryFolder } from '../support/temporary-store.ts';
import { shopInBusiness } from '../support/unwritable.ts';

const mayMount = process.platform === 'linux' && process.getuid?.() === 0 && spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;

/** A disk of its own for the running test. */
function smallDisk(): string {
  const folder = temporaryFolder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder]);
  onTestFinished(() => void execFileSync('umount', ['--lazy', folder]));
  return folder;
}

/** Until there is not room for another byte. */
function fill(file: string): void {
  for (const bytes of [64 * 1_024, 1]) {
    try {
      for (;;) appendFileSync(file, Buffer.alloc(bytes));
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
    }
  }
}

/** The connection that writes, for settings that no command could take back. */
const writing = (store: Store) => store.write((tx) => tx.database as Connection);

test.runIf(mayMount)('a disk without a byte of room takes no payment, and goes on when there is some again', async () => {
  const disk = smallDisk();
  const { expectRefusals, expectRecovery } = await shopInBusiness({ databaseUrl: `file:${join(disk, 'malipo.db')}` });
  const ballast = join(disk, 'ballast');
  fill(ballast);
  await expectRefusals();
  rmSync(ballast);
  await expectRecovery();
});

test.runIf(mayMount)('a server on a read-only disk says so and ends', async () => {
  const disk = smallDisk();
  const { malipo } = await shopInBusiness({ databaseUrl: `file:${join(disk, 'malipo.db')}` });
  await malipo.close();
  execFileSync('mount', ['-o', 'remount,ro', disk]);
  const server = startServe({ DATABASE_URL: `file:${join(disk, 'malipo.db')}` });
  expect(await server.ended()).toBe(1);
  expect(server.errors()).toMatch(/^the database .* cannot be opened: .* is on a disk that is read-only; .*\n$/);
});

test('a file that may not grow takes payments while there is room in it, then none, and goes on when it may', async () => {
  const { malipo, pay, expectRecovery } = await shopInBusiness();
  const connection = await writing(malipo.store);
  connection.pragma('max_page_count = 1'); // SQLite takes it as the size the file has now
  let taken = 0;
  while ((await pay(`filler-${taken}`)).statusCode === 200) taken++;
  expectV1Refusal(await pay(`filler-${taken}`), 'UNAVAILABLE');
  malipo.clock.advance(SECOND_MS);
  expectV1Refusal(await malipo.get('/readyz'), 'UNAVAILABLE', 'The database cannot be written');
  connection.pragma('max_page_count = 1000000');
  await expectRecovery();
  // Where only the provider's answer found no room, the payment is there, and its key finds it.
  malipo.clock.advance(MINUTE_MS);
  for (let order = 0; order <= taken; order++) expect((await pay(`filler-${order}`)).statusCode).toBe(200);
  expect(await rows(malipo.store, `SELECT count(DISTINCT i.payment_id) AS payments, count(*) AS keys FROM idempotency_keys i WHERE i.key LIKE 'filler-%'`)).toEqual([
    { payments: taken + 1, keys: taken + 1 },
  ]);
});

test('a file that may not be written takes no payment, and goes on when it may', async () => {
  const { malipo, expectRefusals, expectRecovery } = await shopInBusiness();
  const connection = await writing(malipo.store);
  connection.pragma('query_only = ON');
  await expectRefusals();
  connection.pragma('query_only = OFF');
  await expectRecovery();
});
