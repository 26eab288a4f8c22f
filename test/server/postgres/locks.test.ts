/** Who waits for whom: a credit for nobody, a debit for its own wallet; and what becomes of whoever stands still with a lock. */
import { expect, test } from 'vitest';
import { statement, type Store } from '../../../server/db/store.ts';
import { InsufficientBalanceError, post } from '../../../server/ledger/ledger.ts';
import { collectSettled, type Movement, withdrawalHeld, withdrawalReleased } from '../../../server/ledger/postings.ts';
import { account, balances, movement, openApps, posted, WRITTEN_AT } from '../support/books.ts';
import { openedStore, temporaryStore } from '../support/temporary-store.ts';
import { until } from '../support/until.ts';

const waitingForLocks = statement<{ waiting: number }>(`
  SELECT count(*) AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`);

/** As the database does with a session that stands still in a transaction for ten seconds. */
const giveUpOnWhoStandsStill = statement(`
  SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'`);

const earned = (id: number, change: Partial<Movement> = {}) => collectSettled({ ...movement({ source: `payment:${id}`, ...change }), feeMinor: 0 });
const withdrawn = (id: number, change: Partial<Movement> = {}) => withdrawalHeld(movement({ source: `withdrawal:${id}`, ...change }));

/** Two servers on the books of two apps, each with 1,000 in its wallet. */
async function twoServers() {
  const { store: one, databaseUrl } = temporaryStore();
  const other = openedStore(databaseUrl);
  await openApps(one, 1, 2);
  for (const appId of [1, 2]) await posted(one, earned(appId, { appId, amountMinor: 1_000 }));
  return { one, other };
}

/** A debit of app 1's wallet whose transaction stays open until it is let go; counts how often it was begun. */
function heldOpen(store: Store, amountMinor: number) {
  const goOn = Promise.withResolvers<void>();
  const held = { begun: 0, isOpen: false, goOn: goOn.resolve, done: Promise.resolve() as Promise<unknown> };
  held.done = store.write(async (tx) => {
    held.begun++;
    await post(tx, withdrawn(1, { amountMinor }), WRITTEN_AT);
    held.isOpen = true;
    await goOn.promise;
    await tx.all(waitingForLocks);
  });
  held.done.catch(() => undefined);
  return held;
}

test('an open debit of a wallet keeps no credit waiting, to that wallet or from it, and no debit of another', async () => {
  const { one, other } = await twoServers();
  const held = heldOpen(one, 600);
  await until(() => held.isOpen);
  await posted(other, earned(3, { amountMinor: 500 }));
  await posted(other, withdrawn(2, { appId: 2, amountMinor: 700 }));
  await posted(other, withdrawalReleased(movement({ source: 'withdrawal:2', appId: 2, amountMinor: 700 })));
  expect(await balances(other.read)).toMatchObject({ wallet: 1_500, held: 0 });
  held.goOn();
  await held.done;
  expect(await balances(other.read)).toMatchObject({ wallet: 900, held: 600 });
});

test('a second debit of the wallet waits for the first, and counts what it left', async () => {
  const { one, other } = await twoServers();
  const held = heldOpen(one, 600);
  await until(() => held.isOpen);
  const second = posted(other, withdrawn(2, { amountMinor: 600 }));
  second.catch(() => undefined);
  await until(async () => (await other.read.get(waitingForLocks))!.waiting === 1);
  held.goOn();
  await held.done;
  await expect(second).rejects.toBeInstanceOf(InsufficientBalanceError);
  expect(await balances(other.read)).toMatchObject({ wallet: 400, held: 600 });
});

test('a server that stood still with a wallet locked loses the lock, and cannot spend afterwards what another has spent since', async () => {
  const { one, other } = await twoServers();
  const held = heldOpen(one, 600);
  await until(() => held.isOpen);
  const second = posted(other, withdrawn(2, { amountMinor: 1_000 }));
  await until(async () => (await other.read.get(waitingForLocks))!.waiting === 1);
  await other.read.all(giveUpOnWhoStandsStill);
  expect(await second).toBe(true);
  held.goOn();
  await expect(held.done).rejects.toMatchObject({ account: account('wallet'), balanceMinor: 0, neededMinor: 600 });
  expect(held.begun).toBe(2);
  expect(await balances(other.read)).toMatchObject({ wallet: 0, held: 1_000 });
});
