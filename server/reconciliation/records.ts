/** What we have of a provider in a span of time: payments, withdrawals and refunds alike, each with what the ledger moved for it. */
import type { PaymentStatus } from '../core/checkout-contract.ts';
import type { Mode } from '../core/mode.ts';
import { type Reader, statement } from '../db/store.ts';
import { sourcesOf } from '../ledger/sources.ts';
import type { AskedPayment, HistorySpan } from '../providers/provider.ts';

export interface OurRecord extends AskedPayment {
  /** By what reviews are of: `payment:12`, `withdrawal:3`, `refund:4`. */
  subject: string;
  app: string;
  status: PaymentStatus;
  /** `refused` is thought never to have been taken by the provider; `operator` is none of its business. */
  submission: 'sending' | 'sent' | 'unknown' | 'refused' | 'operator';
  amountMinor: number;
  /** Completed, and taken back by the provider since. */
  isReversed: boolean;
  /** What the ledger says is gone at the provider, or came, because of it; zero before it completed. */
  bookedMinor: number;
}

export interface Books {
  provider: string;
  mode: Mode;
}

/** A row as the database has it. */
interface Row extends Omit<OurRecord, 'isReversed'> {
  reversedAt: number | null;
}

/** The hold of a test payout draws on the provider's clearing, and moves nothing there. */
const MOVING_NOTHING = `'payoutHeld', 'payoutReleased'`;

function booked(subject: string): string {
  return `
    (SELECT CAST(abs(coalesce(sum(e.amount_minor), 0)) AS BIGINT) FROM ledger_transfers t
     JOIN ledger_entries e ON e.transfer_id = t.id JOIN ledger_accounts a ON a.id = e.account_id AND a.kind = 'clearing'
     WHERE t.source IN (${sourcesOf(subject)}) AND t.posting NOT IN (${MOVING_NOTHING})) AS "bookedMinor"`;
}

const PAYMENTS = `
  SELECT r.reference, r.provider_ref AS "providerRef", r.direction, r.method, r.status, r.submission, r.currency,
    r.amount_minor AS "amountMinor", r.created_at AS "createdAt", r.reversed_at AS "reversedAt", apps.slug AS app, 'payment:' || r.id AS subject, ${booked(`'payment:' || r.id`)}
  FROM payments r JOIN apps ON apps.id = r.app_id
  WHERE r.provider = :provider AND r.mode = :mode`;

/** Withdrawals are of live money only. */
const WITHDRAWALS = `
  SELECT r.reference, r.provider_ref AS "providerRef", 'disburse' AS direction, r.method, r.status, r.submission, r.currency,
    r.amount_minor AS "amountMinor", r.created_at AS "createdAt", r.reversed_at AS "reversedAt", apps.slug AS app, 'withdrawal:' || r.id AS subject, ${booked(`'withdrawal:' || r.id`)}
  FROM withdrawals r JOIN apps ON apps.id = r.app_id
  WHERE r.provider = :provider AND :mode = 'live' AND r.submission <> 'operator'`;

/** Made when the provider was asked: one that is still queued is unknown there. */
const REFUNDS = `
  SELECT r.reference, r.provider_ref AS "providerRef", CASE r.method WHEN 'itself' THEN 'refund' ELSE 'disburse' END AS direction,
    CASE r.method WHEN 'itself' THEN 'card' ELSE 'mobile_money' END AS method, r.status, r.submission, r.currency,
    r.amount_minor AS "amountMinor", r.sent_at AS "createdAt", r.reversed_at AS "reversedAt", apps.slug AS app, 'refund:' || r.id AS subject, ${booked(`'refund:' || r.id`)}
  FROM refunds r JOIN apps ON apps.id = r.app_id
  WHERE r.provider = :provider AND r.mode = :mode AND r.sent_at IS NOT NULL`;

const KINDS = [
  { of: PAYMENTS, time: 'r.created_at' },
  { of: WITHDRAWALS, time: 'r.created_at' },
  { of: REFUNDS, time: 'r.sent_at' },
];

const within = KINDS.map(({ of, time }) => statement<Row>(`${of} AND ${time} >= :from AND ${time} < :until ORDER BY r.id`));
const named = KINDS.map(({ of }) => statement<Row>(`${of} AND r.reference = :reference`));

/** Everything that was sent to a provider within a span, in the order it was made. */
export async function recordsWithin(reader: Reader, books: Books, { from, until }: HistorySpan): Promise<OurRecord[]> {
  const rows = await Promise.all(within.map((each) => reader.all(each, { ...books, from, until })));
  return rows.flat().map(recordOf);
}

/** The record of this reference, whenever it was made. */
export async function recordNamed(reader: Reader, books: Books, reference: string): Promise<OurRecord | undefined> {
  for (const each of named) {
    const row = await reader.get(each, { ...books, reference });
    if (row !== undefined) return recordOf(row);
  }
  return undefined;
}

function recordOf({ reversedAt, ...row }: Row): OurRecord {
  return { ...row, isReversed: reversedAt !== null };
}
