import { statement, type Params, type Reader, type Store } from '../../../server/db/store.ts';

/** Rows as the database has them: the last word on what was and was not written. */
export async function rows<Row = Record<string, unknown>>({ read }: Pick<Store, 'read'>, sql: string, params: Params = {}): Promise<Row[]> {
  return read.all(statement<Row>(sql), params);
}

const COUNTED = [
  'payments',
  'idempotency_keys',
  'jobs',
  'reviews',
  'provider_callbacks',
  'sandbox_prompts',
  'ledger_accounts',
  'ledger_transfers',
  'ledger_entries',
] as const;

const counts = statement<Record<(typeof COUNTED)[number], number>>(
  `SELECT ${COUNTED.map((table) => `(SELECT count(*) FROM ${table}) AS ${table}`).join(', ')}`,
);

/** How many rows each table has that a request for money may write. */
export async function rowCounts({ read }: { read: Reader }): Promise<Record<string, number>> {
  return (await read.get(counts))!;
}

const wallet = statement<{ minor: number | null }>(`
  SELECT sum(e.amount_minor) AS minor FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id
  WHERE a.kind = 'wallet' AND a.app_id = :appId AND a.provider = :provider AND a.currency = :currency AND a.mode = :mode`);

/** What an app's wallet holds, in major units, summed from the entries themselves. */
export async function walletBalance(
  { read }: Pick<Store, 'read'>,
  { appId, provider = 'iotec', currency = 'UGX', mode = 'test' }: { appId: number; provider?: string; currency?: string; mode?: 'live' | 'test' },
): Promise<number> {
  return ((await read.get(wallet, { appId, provider, currency, mode }))?.minor ?? 0) / 100;
}

/** From now on no row, or none of which this holds, gets into this table: what is written with it must not stand without it. */
export async function refuseRows(store: Store, table: string, condition = 'true'): Promise<void> {
  const trigger = `CREATE TRIGGER no_room BEFORE INSERT ON ${table} FOR EACH ROW WHEN (${condition})`;
  const made =
    store.engine === 'sqlite'
      ? [`${trigger} BEGIN SELECT raise(ABORT, 'no room'); END`]
      : [`CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no room'; END $$`, `${trigger} EXECUTE FUNCTION no_room()`];
  for (const sql of made) await store.write((tx) => tx.run(statement(sql)));
}

const waiting = statement<{ waiting: number }>(`
  SELECT CAST(count(*) AS BIGINT) AS waiting FROM pg_locks WHERE NOT granted AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())`);

/** Whether a transaction in this PostgreSQL database waits for another's lock. */
export async function someoneWaits(store: Store): Promise<boolean> {
  return (await store.read.get(waiting))!.waiting > 0;
}
