/** What our own database says of everything that was to move, in one row each, with what the ledger booked for it. */
import { type Reader, statement } from '../../../server/db/store.ts';
import { sourcesOf } from '../../../server/ledger/sources.ts';
import type { Resolution, ReviewKind } from '../../../server/reviews/reviews.ts';

export interface OurRow {
  kind: 'collect' | 'disburse' | 'withdrawal' | 'refund';
  /** `payment:12` */
  subject: string;
  reference: string;
  provider: string;
  currency: string;
  /** The attempt's name; of a refund the payment's reference. */
  name: string;
  phone: string;
  status: string;
  submission: string;
  amountMinor: number;
  feeMinor: number;
  /** Of a payment: what of it went back by refunds. */
  refundedMinor: number;
  /** The app's rate, in hundredths of a percent. */
  feeBasisPoints: number;
  /** What the platform gave when it was taken back, its share and what the wallet was short of. */
  givenByFeesMinor: number;
  reversedAt: number | null;
  /** What the ledger says that our account at the provider has more because of it; negative for money out. */
  bookedMinor: number;
  /** Whether its provider will be asked about it again. */
  isFollowed: boolean;
  reviews: ReadonlyMap<ReviewKind, Resolution | 'open'>;
}

const FEE_RATE = '(SELECT fee_basis_points FROM apps WHERE apps.id = app_id)';

const GIVEN_BY_FEES = `(SELECT coalesce(-sum(e.amount_minor), 0) FROM ledger_transfers t JOIN ledger_entries e ON e.transfer_id = t.id
    JOIN ledger_accounts a ON a.id = e.account_id AND a.kind = 'fees' WHERE t.posting = 'collectReversed' AND t.source = 'payment:' || payments.id)`;

function booked(subject: string): string {
  return `(SELECT coalesce(-sum(e.amount_minor), 0) FROM ledger_transfers t JOIN ledger_entries e ON e.transfer_id = t.id
    JOIN ledger_accounts a ON a.id = e.account_id AND a.kind = 'clearing' WHERE t.source IN (${sourcesOf(subject)})) AS "bookedMinor"`;
}

const rows = statement<Omit<OurRow, 'reviews' | 'isFollowed'>>(`
  SELECT direction AS kind, 'payment:' || id AS subject, reference, provider, currency, description AS name, phone, status, submission,
    amount_minor AS "amountMinor", fee_minor AS "feeMinor", refunded_minor AS "refundedMinor", ${FEE_RATE} AS "feeBasisPoints", ${GIVEN_BY_FEES} AS "givenByFeesMinor",
    reversed_at AS "reversedAt", ${booked(`'payment:' || payments.id`)} FROM payments
  UNION ALL SELECT 'withdrawal', 'withdrawal:' || id, reference, provider, currency, note, CASE method WHEN 'mobile_money' THEN destination ELSE '' END, status, submission,
    amount_minor, 0, 0, 0, 0, reversed_at, ${booked(`'withdrawal:' || withdrawals.id`)} FROM withdrawals
  UNION ALL SELECT 'refund', 'refund:' || r.id, r.reference, r.provider, r.currency, p.reference, p.phone, r.status, r.submission,
    r.amount_minor, r.fee_minor, 0, 0, 0, r.reversed_at, ${booked(`'refund:' || r.id`)} FROM refunds r JOIN payments p ON p.id = r.payment_id`);

const reviews = statement<{ subject: string; kind: ReviewKind; resolution: Resolution | '' }>('SELECT subject, kind, resolution FROM reviews');

const followed = statement<{ subject: string }>(`SELECT subject FROM jobs WHERE kind IN ('payment.check', 'withdrawal.check', 'refund.follow')`);

const clearing = statement<{ provider: string; currency: string; minor: number }>(`
  SELECT a.provider, a.currency, -sum(e.amount_minor) AS minor FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id
  WHERE a.kind = 'clearing' AND a.mode = 'live' GROUP BY a.provider, a.currency`);

const keys = statement<{ key: string; reference: string }>(`SELECT request_key AS key, reference FROM refunds WHERE request_key IS NOT NULL`);

export interface OurBooks {
  rows: readonly OurRow[];
  /** What the ledger has at each provider: `iotec UGX`. */
  balances: ReadonlyMap<string, number>;
  /** Which refund each of the operator's keys stands for. */
  refundsByKey: ReadonlyMap<string, string>;
}

export async function readOurBooks(reader: Reader): Promise<OurBooks> {
  const found = await reader.all(reviews);
  const reviewsOf = (subject: string): OurRow['reviews'] => new Map(found.filter((review) => review.subject === subject).map(({ kind, resolution }) => [kind, resolution || 'open']));
  const jobs = new Set((await reader.all(followed)).map(({ subject }) => subject));
  return {
    rows: (await reader.all(rows)).map((row) => ({ ...row, isFollowed: jobs.has(row.subject), reviews: reviewsOf(row.subject) })),
    balances: new Map((await reader.all(clearing)).map(({ provider, currency, minor }) => [`${provider} ${currency}`, minor])),
    refundsByKey: new Map((await reader.all(keys)).map(({ key, reference }) => [key, reference])),
  };
}
