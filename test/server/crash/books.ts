/** What stands in the database, read beside the running server as the CLI reads it. */
import { openStore, sqliteFile } from '../../../server/db/open.ts';
import { openConnection, StatementCache } from '../../../server/db/sqlite/connection.ts';
import { type Reader, statement, type Store } from '../../../server/db/store.ts';
import { walletBalances } from '../../../server/ledger/balances.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import type { Acknowledged } from './shop.ts';

export interface Row {
  id: number;
  reference: string;
  /** The purchase it was made for. */
  purchase: string;
  amountMinor: number;
  netMinor: number;
  provider: string;
  currency: string;
  status: string;
  failureReason: string;
  settlements: number;
}

type Written = Omit<Row, 'purchase'> & { metadata: string | null; customerName: string };

const payments = statement<Written>(`
  SELECT p.id, p.reference, p.metadata, p.customer_name AS "customerName",
    p.amount_minor AS "amountMinor", p.amount_minor - p.fee_minor AS "netMinor", p.provider, p.currency, p.status,
    p.failure_reason AS "failureReason", count(t.id) AS settlements
  FROM payments p LEFT JOIN ledger_transfers t ON t.source = 'payment:' || p.id
  GROUP BY p.id`);

/** Prompts whose buyer paid although their payment says otherwise: money taken and not credited. */
const paidForNothing = statement<{ reference: string }>(`
  SELECT s.reference FROM sandbox_prompts s LEFT JOIN payments p ON p.reference = s.reference
  WHERE s.status = 'approved' AND p.status IS DISTINCT FROM 'completed'`);

const integrity = statement<{ integrity_check: string }>('PRAGMA integrity_check');
const endLeases = statement('UPDATE jobs SET run_at = 0 WHERE lease IS NOT NULL');

/** Opened beside the servers, and through all their deaths. */
export async function openBooks(databaseUrl: string): Promise<Books> {
  const file = sqliteFile(databaseUrl);
  if (file === null) return new PostgresBooks(await openStore(databaseUrl));
  return new SqliteBooks(file);
}

export abstract class Books {
  readonly #reader: Reader;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  async payments(): Promise<Row[]> {
    const written = await this.#reader.all(payments);
    return written.map(({ metadata, customerName, ...row }) => ({ ...row, purchase: (JSON.parse(metadata || '{}') as { purchase?: string }).purchase ?? customerName }));
  }

  async paidForNothing(): Promise<string[]> {
    return (await this.#reader.all(paidForNothing)).map(({ reference }) => reference);
  }

  /** What `malipo verify` says. */
  verify(): Promise<string[]> {
    return verifyBooks(this.#reader);
  }

  wallets(appId: number) {
    return walletBalances(this.#reader, appId, 'test');
  }

  /** What the engine itself finds wrong with its files. */
  abstract damage(): Promise<string[]>;
  /** The jobs that dead servers had taken are due, as they are a minute and a half after the last of them died. */
  abstract leasesEnd(): Promise<void>;
  abstract close(): Promise<void>;
}

class SqliteBooks extends Books {
  readonly #connection;
  readonly #reader: StatementCache;

  constructor(file: string) {
    const connection = openConnection(file, { readonly: true });
    const reader = new StatementCache(connection);
    super(reader);
    this.#connection = connection;
    this.#reader = reader;
  }

  async damage(): Promise<string[]> {
    return this.#reader.all(integrity).map(({ integrity_check: found }) => found).filter((found) => found !== 'ok');
  }

  /** A file has one server: the next one knows that whoever held them is dead. */
  async leasesEnd(): Promise<void> {}

  async close(): Promise<void> {
    this.#connection.close();
  }
}

class PostgresBooks extends Books {
  readonly #store: Store;

  constructor(store: Store) {
    super(store.read);
    this.#store = store;
  }

  async damage(): Promise<string[]> {
    return [];
  }

  async leasesEnd(): Promise<void> {
    await this.#store.write((tx) => tx.run(endLeases));
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}

/** The rows by both names under which a surface acknowledges them. */
export function byAcknowledgement(rows: readonly Row[]): (acknowledged: Acknowledged) => Row | undefined {
  const byReference = new Map(rows.map((row) => [row.reference, row]));
  const byId = new Map(rows.map((row) => [row.id, row]));
  return (acknowledged) => ('id' in acknowledged ? byId.get(acknowledged.id) : byReference.get(acknowledged.reference));
}
