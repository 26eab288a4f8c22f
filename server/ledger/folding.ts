/**
 * Keeps reading a balance cheap however many entries an account has: a recurring job adds the entries that came since
 * the last time to `ledger_balances`. Nobody else writes there, and nobody waits for it: a credit appends its entries
 * and takes no lock, a debit locks its wallet alone, and both leave the sum to their readers.
 *
 * What must be certain is that no entry appears below the one up to which was folded: it would be in no balance. On
 * SQLite that is so, because ids are handed out by the one writer in the order of its commits. On PostgreSQL an id is
 * handed out when its row is written, and a transaction that has 7 may commit long after one that had 9. So folding has
 * two steps, a run apart:
 *
 *   1. Note the highest entry that is committed (`upTo`). Then begin a transaction, and note its own id (`fence`).
 *   2. When every transaction before the fence has ended, fold up to `upTo`.
 *
 * Whoever has an id of `upTo` or below was handed it before that entry was committed, so before step 1 read it, and so
 * before the fence began. It had its transaction's id by then: a writer asks for that with BEGIN, and a transfer, which
 * its entries refer to, is written before them. Transaction ids rise, so it is one of those before the fence; when they
 * have ended, what is committed up to `upTo` is all that ever will be. The mark is a row, not memory: a standby that takes
 * over has the mark only with all that was logged before it, ids included. A mark from another cluster (a dump that was
 * restored, whose transactions count anew) speaks of transactions that are not there, and is taken again.
 *
 * Rejected: a column with each entry's transaction id, which a dump carries into a cluster where ids begin again; a
 * table of entries not yet folded, right without any proof, at a second row for every entry and its removal; a moment's
 * lock on the table, which is the one thing that payments must never wait for.
 */
import { statement, type Store } from '../db/store.ts';

/** Entries an account must have gathered to be folded: as many are summed in less time than a balance takes to send. */
export const WORTH_FOLDING = 200;

/** Entries summed at once. On SQLite that stops the event loop: for about a millisecond. */
const FOLD_TOGETHER = 10_000;

/** When balances are folded: at a thousand credits a second, the most that one has to sum is ten thousand entries. */
export const FOLD_CRON = '*/10 * * * * *';

interface Mark {
  upTo: number;
  fence: number;
}

const highest = statement<{ id: number | null }>('SELECT max(id) AS id FROM ledger_entries');

const findMark = statement<Mark>('SELECT up_to_entry_id AS "upTo", fence FROM ledger_fold_mark');

const FENCE: Readonly<Record<Store['engine'], string>> = {
  sqlite: '0',
  postgres: 'CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT)',
};

const saveMark = byEngine((engine) =>
  statement(`
    INSERT INTO ledger_fold_mark (only_row, up_to_entry_id, fence) VALUES (1, :upTo, ${FENCE[engine]})
    ON CONFLICT (only_row) DO UPDATE SET up_to_entry_id = excluded.up_to_entry_id, fence = excluded.fence`),
);

/** Whether everybody who began before the fence has ended, and whether the fence is of this cluster at all. */
const PASSED: Readonly<Record<Store['engine'], string>> = {
  sqlite: '1 AS passed, 1 AS ours',
  postgres: `
    CASE WHEN CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT) >= CAST(:fence AS BIGINT) THEN 1 ELSE 0 END AS passed,
    CASE WHEN CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS TEXT) AS BIGINT) > CAST(:fence AS BIGINT) THEN 1 ELSE 0 END AS ours`,
};

const askFence = byEngine((engine) => statement<{ passed: number; ours: number }>(`SELECT ${PASSED[engine]}, :fence AS fence`));

interface Tail {
  accountId: number;
  from: number;
  balanceMinor: number;
}

/** Accounts with enough entries to be folded; each is looked at for that many and no more. */
const longTails = statement<Tail>(`
  SELECT a.id AS "accountId", coalesce(b.up_to_entry_id, 0) AS "from", coalesce(b.balance_minor, 0) AS "balanceMinor"
  FROM ledger_accounts a LEFT JOIN ledger_balances b ON b.account_id = a.id
  WHERE EXISTS (
    SELECT 1 FROM ledger_entries e WHERE e.account_id = a.id AND e.id > coalesce(b.up_to_entry_id, 0) AND e.id <= :upTo
    ORDER BY e.id LIMIT 1 OFFSET ${WORTH_FOLDING - 1})`);

const nextEntries = statement<{ entries: number; sumMinor: number; last: number | null }>(`
  SELECT CAST(count(*) AS BIGINT) AS entries, CAST(coalesce(sum(amount_minor), 0) AS BIGINT) AS "sumMinor", max(id) AS last FROM (
    SELECT id, amount_minor FROM ledger_entries WHERE account_id = :accountId AND id > :from AND id <= :upTo ORDER BY id LIMIT ${FOLD_TOGETHER}) next`);

/** Two servers may fold at once: whoever finds the balance no longer as it was read leaves it to the other. */
const saveBalance = statement(`
  INSERT INTO ledger_balances (account_id, up_to_entry_id, balance_minor) VALUES (:accountId, :last, :balanceMinor)
  ON CONFLICT (account_id) DO UPDATE SET up_to_entry_id = excluded.up_to_entry_id, balance_minor = excluded.balance_minor
  WHERE ledger_balances.up_to_entry_id = :from`);

/** The recurring job: folds up to the last run's mark once it is passed, and leaves one for the next. */
export async function foldBalances(store: Store): Promise<void> {
  const mark = await store.read.get(findMark);
  const fence = mark && (await store.read.get(askFence[store.engine], { fence: mark.fence }));
  let beyond: RangeError | undefined;
  if (mark !== undefined && fence?.ours === 1) {
    if (fence.passed === 0) return;
    beyond = await foldUpTo(store, mark.upTo);
  }
  const upTo = (await store.read.get(highest))?.id ?? 0;
  if (mark?.upTo !== upTo || fence?.ours !== 1) await store.write((tx) => tx.run(saveMark[store.engine], { upTo }));
  if (beyond !== undefined) throw beyond;
}

/**
 * Answers why an account was left out: play money can come to more than a number holds exactly (anybody who tries a shop's
 * sandbox may pay a hundred thousand million at once), and must not keep the accounts of real money from being folded.
 */
async function foldUpTo(store: Store, upTo: number): Promise<RangeError | undefined> {
  let beyond: RangeError | undefined;
  for (const tail of await store.read.all(longTails, { upTo })) {
    try {
      await foldAccount(store, tail, upTo);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      beyond = error;
    }
  }
  return beyond;
}

/** Summed outside the writer: entries never change, and everybody's commits go on meanwhile. */
async function foldAccount(store: Store, { accountId, from, balanceMinor }: Tail, upTo: number): Promise<void> {
  const { entries, sumMinor, last } = (await store.read.get(nextEntries, { accountId, from, upTo }))!;
  if (last === null) return;
  const folded = balanceMinor + sumMinor;
  if (!Number.isSafeInteger(folded)) throw new RangeError(`The balance of account ${accountId} is beyond what a number holds exactly`);
  const saved = await store.write((tx) => tx.run(saveBalance, { accountId, from, last, balanceMinor: folded }));
  if (saved === 1 && entries === FOLD_TOGETHER) await foldAccount(store, { accountId, from: last, balanceMinor: folded }, upTo);
}

function byEngine<T>(make: (engine: Store['engine']) => T): Readonly<Record<Store['engine'], T>> {
  return { sqlite: make('sqlite'), postgres: make('postgres') };
}
