import { expect, test } from 'vitest';
import { MAX_AMOUNT_MINOR } from '../../../server/core/money.ts';
import { statement, type Store } from '../../../server/db/store.ts';
import { foldBalances, WORTH_FOLDING } from '../../../server/ledger/folding.ts';
import { InsufficientBalanceError, post, walletBalances } from '../../../server/ledger/ledger.ts';
import { collectSettled, payoutHeld, payoutSent } from '../../../server/ledger/postings.ts';
import { verifyLedger } from '../../../server/ledger/verify.ts';
import { balances, movement, openApps, posted, WRITTEN_AT } from '../support/books.ts';
import { buildMalipo } from '../support/build-malipo.ts';
import { verifiedAfter } from '../support/damaged-books.ts';
import { rows } from '../support/database.ts';
import { ENGINE } from '../support/database-under-test.ts';
import { temporaryStore } from '../support/temporary-store.ts';
import { until } from '../support/until.ts';

let payments = 0;

/** An app whose wallet was credited so many times, 100 minor units each, with a fee of 8. */
async function credited(store: Store, times: number, appId = 1): Promise<void> {
  await store.write(async (tx) => {
    for (let credit = 0; credit < times; credit++) {
      await post(tx, collectSettled({ ...movement({ source: `payment:${++payments}`, appId, amountMinor: 100 }), feeMinor: 8 }), WRITTEN_AT);
    }
  });
}

async function ledgerWith(credits: number): Promise<Store> {
  const { store } = temporaryStore();
  await openApps(store, 1, 2);
  await credited(store, credits);
  return store;
}

const others = statement<{ older: number }>(`
  SELECT count(*) AS older FROM ledger_fold_mark WHERE CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT) < fence`);

/** On PostgreSQL the tests beside this one have transactions of their own, which are older than the mark or not. */
async function olderOnesAreOver(store: Store): Promise<void> {
  if (ENGINE === 'postgres') await until(async () => (await store.read.get(others))!.older === 0);
}

/** Both steps: what is committed by now is folded by the second run, once nobody is writing any more. */
async function fold(store: Store): Promise<void> {
  await foldBalances(store);
  await olderOnesAreOver(store);
  await foldBalances(store);
}

const folded = (store: Store) => rows<{ kind: string; minor: number }>(store, `
  SELECT a.kind, b.balance_minor AS minor FROM ledger_balances b JOIN ledger_accounts a ON a.id = b.account_id ORDER BY a.kind`);

test('folding changes no balance, and covers every entry there was', async () => {
  const store = await ledgerWith(WORTH_FOLDING);
  const before = await balances(store.read);
  await fold(store);
  expect(await balances(store.read)).toEqual(before);
  expect(await folded(store)).toEqual([
    { kind: 'clearing', minor: -100 * WORTH_FOLDING },
    { kind: 'fees', minor: 8 * WORTH_FOLDING },
    { kind: 'wallet', minor: 92 * WORTH_FOLDING },
  ]);
  expect(await verifyLedger(store.read)).toEqual([]);
});

test('what comes after is added to it, and folded when it is worth it', async () => {
  const store = await ledgerWith(WORTH_FOLDING);
  await fold(store);
  await credited(store, 3);
  await fold(store);
  expect((await folded(store)).at(-1)).toEqual({ kind: 'wallet', minor: 92 * WORTH_FOLDING });
  expect(await walletBalances(store.read, 1, 'live')).toEqual([{ provider: 'iotec', currency: 'UGX', balanceMinor: 92 * (WORTH_FOLDING + 3) }]);
  await credited(store, WORTH_FOLDING);
  await fold(store);
  expect((await folded(store)).at(-1)).toEqual({ kind: 'wallet', minor: 92 * (2 * WORTH_FOLDING + 3) });
});

test('a first folding takes up a long history whole', async () => {
  const store = await ledgerWith(1);
  // More than are summed at once, twice over.
  const entries = 25_000;
  await store.write(async (tx) => {
    await tx.run(statement(`
      WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${entries})
      INSERT INTO ledger_entries (transfer_id, account_id, amount_minor)
      SELECT t.id, a.id, 1 FROM numbers, ledger_transfers t, ledger_accounts a WHERE a.kind = 'wallet'`));
  });
  await fold(store);
  expect((await folded(store)).at(-1)).toEqual({ kind: 'wallet', minor: 92 + entries });
});

test('a debit counts what was folded, and is refused beyond it', async () => {
  const store = await ledgerWith(WORTH_FOLDING);
  await fold(store);
  const all = 92 * WORTH_FOLDING;
  await expect(posted(store, payoutHeld(movement({ amountMinor: all + 1 })))).rejects.toBeInstanceOf(InsufficientBalanceError);
  expect(await posted(store, payoutHeld(movement({ amountMinor: all })))).toBe(true);
  expect(await balances(store.read)).toMatchObject({ wallet: 0, held: all });
});

test('balances stay right while wallets are credited, debited and folded all at once', async () => {
  const { store } = temporaryStore();
  await openApps(store, 1, 2);
  const rounds = 40;
  const busy = async (appId: number) => {
    for (let round = 0; round < rounds; round++) {
      await credited(store, 20, appId);
      const payout = movement({ source: `payment:${++payments}`, appId, amountMinor: 500 });
      await posted(store, payoutHeld(payout));
      await posted(store, payoutSent(payout));
    }
  };
  let writing = true;
  const folding = async () => {
    while (writing) await foldBalances(store);
  };
  const folder = Promise.all([folding(), folding()]);
  await Promise.all([busy(1), busy(1), busy(2)]).finally(() => (writing = false));
  await folder;
  expect(await balances(store.read)).toMatchObject({ wallet: 2 * rounds * (20 * 92 - 500), held: 0 });
  expect(await balances(store.read, { appId: 2 })).toMatchObject({ wallet: rounds * (20 * 92 - 500), held: 0 });
  expect((await folded(store)).length).toBeGreaterThan(0);
  expect(await verifyLedger(store.read)).toEqual([]);
});

test('a server folds by itself', async () => {
  const malipo = await buildMalipo();
  await openApps(malipo.store, 1);
  await credited(malipo.store, WORTH_FOLDING);
  await malipo.pass(10_000);
  await olderOnesAreOver(malipo.store);
  await malipo.pass(10_000);
  expect((await folded(malipo.store)).at(-1)).toEqual({ kind: 'wallet', minor: 92 * WORTH_FOLDING });
});

test('a folded balance that is not the sum of its entries is named', async () => {
  const found = await verifiedAfter('INSERT INTO ledger_balances (account_id, up_to_entry_id, balance_minor) VALUES (2, 2, 113529)');
  expect(found).toEqual(['Account 2 has a folded balance of 113529 up to entry 2; its entries until then sum to 113528 (minor units)']);
});

test('an account that is beyond what a number holds exactly keeps no other from being folded, and is told of', async () => {
  const { store } = temporaryStore();
  await openApps(store, 1, 2);
  await store.write(async (tx) => {
    for (let sale = 0; sale <= Number.MAX_SAFE_INTEGER; sale += MAX_AMOUNT_MINOR) {
      await post(tx, collectSettled({ ...movement({ source: `payment:${++payments}`, mode: 'test', amountMinor: MAX_AMOUNT_MINOR }), feeMinor: 0 }), WRITTEN_AT);
    }
  });
  await credited(store, WORTH_FOLDING, 2);
  await foldBalances(store);
  await olderOnesAreOver(store);
  await expect(foldBalances(store)).rejects.toThrow(RangeError);
  expect(await folded(store)).toEqual([
    { kind: 'clearing', minor: -100 * WORTH_FOLDING },
    { kind: 'fees', minor: 8 * WORTH_FOLDING },
    { kind: 'wallet', minor: 92 * WORTH_FOLDING },
  ]);
  // The others go on being folded afterwards, up to a new mark.
  await credited(store, WORTH_FOLDING, 2);
  await foldBalances(store).catch(() => undefined);
  await olderOnesAreOver(store);
  await foldBalances(store).catch(() => undefined);
  expect(await folded(store)).toContainEqual({ kind: 'wallet', minor: 2 * 92 * WORTH_FOLDING });
});
