/** What we have of a provider in a span of time: payments and withdrawals alike, each with what the ledger moved for it. */
import type { PaymentStatus } from '../core/checkout-contract.ts';
import type { Mode } from '../core/mode.ts';
import { type Reader, statement } from '../db/store.ts';
import type { AskedPayment, HistorySpan } from '../providers/provider.ts';

export interface OurRecord extends AskedPayment {
  app: string;
  status: PaymentStatus;
  /** `refused` was never taken by the provider; `operator` is none of its business. */
  submission: 'sending' | 'sent' | 'unknown' | 'refused' | 'operator';
  amountMinor: number;
  /** What the ledger says moved at the provider because it completed, whichever way; zero while nothing did. */
  bookedMinor: number;
}

export interface Books {
  provider: string;
  mode: Mode;
}

/** The postings in which money moves at a provider because something completed. */
const COMPLETING = `'collectSettled', 'payoutSent', 'withdrawalPaid'`;

function booked(source: string): string {
  return `
    (SELECT CAST(coalesce(sum(abs(e.amount_minor)), 0) AS BIGINT) FROM ledger_transfers t
     JOIN ledger_entries e ON e.transfer_id = t.id JOIN ledger_accounts a ON a.id = e.account_id AND a.kind = 'clearing'
     WHERE t.source = ${source} AND t.posting IN (${COMPLETING})) AS "bookedMinor"`;
}

const PAYMENTS = `
  SELECT r.reference, r.provider_ref AS "providerRef", r.direction, r.method, r.status, r.submission, r.currency,
    r.amount_minor AS "amountMinor", r.created_at AS "createdAt", apps.slug AS app, ${booked(`'payment:' || r.id`)}
  FROM payments r JOIN apps ON apps.id = r.app_id
  WHERE r.provider = :provider AND r.mode = :mode`;

/** Withdrawals are of live money only. */
const WITHDRAWALS = `
  SELECT r.reference, r.provider_ref AS "providerRef", 'disburse' AS direction, r.method, r.status, r.submission, r.currency,
    r.amount_minor AS "amountMinor", r.created_at AS "createdAt", apps.slug AS app, ${booked(`'withdrawal:' || r.id`)}
  FROM withdrawals r JOIN apps ON apps.id = r.app_id
  WHERE r.provider = :provider AND :mode = 'live' AND r.submission <> 'operator'`;

const within = [PAYMENTS, WITHDRAWALS].map((of) => statement<OurRecord>(`${of} AND r.created_at >= :from AND r.created_at < :until ORDER BY r.id`));
const named = [PAYMENTS, WITHDRAWALS].map((of) => statement<OurRecord>(`${of} AND r.reference = :reference`));

/** Everything that was sent to a provider within a span, in the order it was made. */
export async function recordsWithin(reader: Reader, books: Books, { from, until }: HistorySpan): Promise<OurRecord[]> {
  const [payments, withdrawals] = await Promise.all(within.map((each) => reader.all(each, { ...books, from, until })));
  return [...payments!, ...withdrawals!];
}

/** The record of this reference, whenever it was made. */
export async function recordNamed(reader: Reader, books: Books, reference: string): Promise<OurRecord | undefined> {
  for (const each of named) {
    const record = await reader.get(each, { ...books, reference });
    if (record !== undefined) return record;
  }
  return undefined;
}
