/** What stands in the database, read beside the running server as the CLI reads it. */
import { openConnection, StatementCache } from '../../../server/db/sqlite/connection.ts';
import { statement } from '../../../server/db/store.ts';
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

const payments = statement<Row>(`
  SELECT p.id, p.reference, coalesce(json_extract(p.metadata, '$.purchase'), p.customer_name) AS purchase,
    p.amount_minor AS "amountMinor", p.amount_minor - p.fee_minor AS "netMinor", p.provider, p.currency, p.status,
    p.failure_reason AS "failureReason", count(t.id) AS settlements
  FROM payments p LEFT JOIN ledger_transfers t ON t.source = 'payment:' || p.id
  GROUP BY p.id`);

/** Prompts whose buyer paid although their payment says otherwise: money taken and not credited. */
const paidForNothing = statement<{ reference: string }>(`
  SELECT s.reference FROM sandbox_prompts s LEFT JOIN payments p ON p.reference = s.reference
  WHERE s.status = 'approved' AND p.status IS NOT 'completed'`);

const integrity = statement<{ integrity_check: string }>('PRAGMA integrity_check');

export class Books {
  readonly #connection;
  readonly #reader: StatementCache;

  constructor(file: string) {
    this.#connection = openConnection(file, { readonly: true });
    this.#reader = new StatementCache(this.#connection);
  }

  payments(): Row[] {
    return this.#reader.all(payments);
  }

  paidForNothing(): string[] {
    return this.#reader.all(paidForNothing).map(({ reference }) => reference);
  }

  integrity(): string[] {
    return this.#reader.all(integrity).map(({ integrity_check: problem }) => problem);
  }

  /** What `malipo verify` says. */
  verify(): Promise<string[]> {
    return verifyBooks(this.#reader);
  }

  wallets(appId: number) {
    return walletBalances(this.#reader, appId, 'test');
  }

  close(): void {
    this.#connection.close();
  }
}

/** The rows by both names under which a surface acknowledges them. */
export function byAcknowledgement(rows: readonly Row[]): (acknowledged: Acknowledged) => Row | undefined {
  const byReference = new Map(rows.map((row) => [row.reference, row]));
  const byId = new Map(rows.map((row) => [row.id, row]));
  return (acknowledged) => ('id' in acknowledged ? byId.get(acknowledged.id) : byReference.get(acknowledged.reference));
}
