import { CURRENCIES, MINOR_PER_MAJOR, takesWholeUnitsOnly } from '../core/money.ts';
import type { Reader } from '../db/store.ts';
import { brokenRules, literals, rule, type Rule } from '../ledger/rule.ts';
import { IS_AGAIN, PAYMENTS_OF_TRANSFERS } from '../ledger/sources.ts';
import { verifyLedger } from '../ledger/verify.ts';
import { verifyRefunds } from '../refunds/verify.ts';
import { verifyWithdrawals } from '../wallets/verify.ts';
import { verifyWebhooks } from '../webhooks/verify.ts';
import { COUNTED_RIGHT } from './counts.ts';
import { MOVED_RIGHT } from './verify-movements.ts';

interface PaymentRow {
  id: number;
  reference: string;
  status: string;
}

const STATUSES = ['pending', 'completed', 'failed', 'expired'];
const SUBMISSIONS = ['sending', 'sent', 'unknown', 'refused'];
const WHOLE_CURRENCIES = CURRENCIES.filter(takesWholeUnitsOnly);

/** What each transfer of this kind moved for its payment, counting only the accounts that are this payment's. */
function moved(postings: readonly string[], from = `payments p JOIN ledger_transfers t ON t.source = 'payment:' || p.id`): string {
  return `(
    SELECT p.id, p.reference, p.status, p.amount_minor AS "amountMinor", p.fee_minor AS "feeMinor", t.id AS "transferId", t.posting, t.source,
      CAST(coalesce(sum(CASE WHEN a.kind = 'wallet' AND a.app_id = p.app_id THEN e.amount_minor END), 0) AS BIGINT) AS "walletMinor",
      CAST(coalesce(sum(CASE WHEN a.kind = 'fees' THEN e.amount_minor END), 0) AS BIGINT) AS "feesMinor",
      CAST(coalesce(sum(CASE WHEN a.kind = 'clearing' THEN e.amount_minor END), 0) AS BIGINT) AS "clearingMinor"
    FROM ${from}
    LEFT JOIN ledger_entries e ON e.transfer_id = t.id
    LEFT JOIN ledger_accounts a ON a.id = e.account_id AND a.provider = p.provider AND a.currency = p.currency AND a.mode = p.mode
    WHERE t.posting IN (${literals(postings)})
    GROUP BY p.id, p.reference, p.status, p.amount_minor, p.fee_minor, t.id, t.posting, t.source) moved`;
}

interface Moved extends PaymentRow {
  amountMinor: number;
  feeMinor: number;
  transferId: number;
  walletMinor: number;
  feesMinor: number;
  clearingMinor: number;
}

/** Transfers of these postings whose source is no completed payment of this direction. */
function withoutPayment(postings: readonly string[], direction: string, where = '1 = 1'): string {
  // EXCEPT sorts both sides once. An outer join on the made-up text has no index: SQLite took 3.7 s for
  // 10,000 payments, and four times that for each doubling.
  return `
    SELECT t.id, t.source FROM ledger_transfers t WHERE ${where} AND t.posting IN (${literals(postings)}) AND t.source IN (
      SELECT source FROM ledger_transfers WHERE posting IN (${literals(postings)})
      EXCEPT SELECT 'payment:' || id FROM payments WHERE status = 'completed' AND direction = '${direction}')`;
}

/** Completed payments of this direction that do not have exactly one transfer of these postings. */
function notPostedOnce(postings: readonly string[], direction: string): string {
  return `
    SELECT p.id, p.reference, p.status, CAST(count(t.id) AS BIGINT) AS transfers
    FROM payments p LEFT JOIN ledger_transfers t ON t.posting IN (${literals(postings)}) AND t.source = 'payment:' || p.id
    WHERE p.status = 'completed' AND p.direction = '${direction}'
    GROUP BY p.id, p.reference, p.status HAVING count(t.id) <> 1`;
}

const SETTLED_ONCE: readonly Rule[] = [
  rule<PaymentRow & { transfers: number }>(
    'a completed payment has exactly one settlement',
    notPostedOnce(['collectSettled'], 'collect'),
    (row) => `${payment(row)} is completed and has ${row.transfers === 0 ? 'no settlement' : `${row.transfers} settlements`} in the ledger`,
  ),

  rule<Moved>(
    'a settlement credits the net amount to the app and the fee to the platform',
    `SELECT * FROM ${moved(['collectSettled'])}
     WHERE "walletMinor" <> "amountMinor" - "feeMinor" OR "feesMinor" <> "feeMinor" OR "clearingMinor" <> -"amountMinor"`,
    (row) =>
      `${payment(row)} of ${row.amountMinor} with a fee of ${row.feeMinor} was settled by transfer ${row.transferId} with ${row.walletMinor} ` +
      `to its wallet, ${row.feesMinor} to fees and ${row.clearingMinor} at its provider (minor units)`,
  ),

  rule<{ id: number; source: string }>(
    'a settlement has a completed payment',
    withoutPayment(['collectSettled'], 'collect'),
    (row) => `Transfer ${row.id} settles ${row.source}, which is no completed payment`,
  ),
];

const PAID_OUT_ONCE: readonly Rule[] = [
  rule<PaymentRow & { transfers: number }>(
    'a completed payout was sent exactly once',
    notPostedOnce(['payoutSent', 'payoutPaidLate'], 'disburse'),
    (row) => `${payment(row, 'Payout')} is completed and has ${row.transfers === 0 ? 'no transfer' : `${row.transfers} transfers`} out in the ledger`,
  ),

  rule<{ id: number; source: string }>(
    'a sent payout has a completed payment',
    withoutPayment(['payoutSent', 'payoutPaidLate'], 'disburse', `NOT (${IS_AGAIN})`),
    (row) => `Transfer ${row.id} sends ${row.source}, which is no completed payout`,
  ),

  rule<PaymentRow & { released: number }>(
    'a payout that failed was released exactly once, and no other was',
    `SELECT p.id, p.reference, p.status, CAST(count(CASE t.posting WHEN 'payoutReleased' THEN 1 END) AS BIGINT) AS released
     FROM payments p LEFT JOIN ledger_transfers t ON t.posting IN ('payoutReleased', 'payoutPaidLate') AND t.source = 'payment:' || p.id
     WHERE p.direction = 'disburse' GROUP BY p.id, p.reference, p.status
     HAVING count(CASE t.posting WHEN 'payoutReleased' THEN 1 END)
       <> CASE WHEN p.status = 'failed' OR count(CASE t.posting WHEN 'payoutPaidLate' THEN 1 END) = 1 THEN 1 ELSE 0 END`,
    (row) => `${payment(row, 'Payout')} is ${row.status} and was released ${row.released} times in the ledger`,
  ),

  rule<PaymentRow>(
    'a payout does not expire',
    `SELECT id, reference, status FROM payments WHERE direction = 'disburse' AND status = 'expired'`,
    (row) => `${payment(row, 'Payout')} is expired, and nobody knows where its money is`,
  ),

  rule<PaymentRow>(
    'money on its way out is held',
    `SELECT p.id, p.reference, p.status FROM payments p
     WHERE p.direction = 'disburse' AND p.status = 'pending' AND (
       NOT EXISTS (SELECT 1 FROM ledger_transfers t WHERE t.posting = 'payoutHeld' AND t.source = 'payment:' || p.id)
       OR EXISTS (SELECT 1 FROM ledger_transfers t WHERE t.posting IN ('payoutSent', 'payoutReleased') AND t.source = 'payment:' || p.id))`,
    (row) => `${payment(row, 'Payout')} is pending, but its money is not held`,
  ),
];

/** What was restored stands again, and so does a payout that left once more after it had come back. */
const REVERSAL = `CASE WHEN t.posting IN ('collectRestored', 'payoutPaidLate') THEN -1 ELSE 1 END`;

const REVERSED_ONCE: readonly Rule[] = [
  rule<PaymentRow & { reversals: number; isMarked: number }>(
    'a payment is reversed in the ledger exactly when it says so, and once',
    `SELECT p.id, p.reference, p.status, CAST(sum(${REVERSAL}) AS BIGINT) AS reversals, CASE WHEN p.reversed_at IS NULL THEN 0 ELSE 1 END AS "isMarked"
     FROM ${PAYMENTS_OF_TRANSFERS} WHERE t.posting IN ('collectReversed', 'payoutReversed', 'collectRestored') OR (t.posting = 'payoutPaidLate' AND ${IS_AGAIN})
     GROUP BY p.id, p.reference, p.status, p.reversed_at
     HAVING sum(${REVERSAL}) <> CASE WHEN p.reversed_at IS NULL THEN 0 ELSE 1 END OR p.status <> 'completed'
     UNION ALL SELECT p.id, p.reference, p.status, 0, 1 FROM payments p
     WHERE p.reversed_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ledger_transfers t WHERE t.posting IN ('collectReversed', 'payoutReversed') AND t.source = 'payment:' || p.id)`,
    (row) => `${payment(row)} is ${row.status}, ${row.isMarked ? 'says' : 'does not say'} that it was reversed, and has ${row.reversals} reversals in the ledger`,
  ),

  rule<Moved>(
    'of a payment no more is taken back than it was of, from its wallet and from fees',
    `SELECT * FROM ${moved(['collectReversed'], PAYMENTS_OF_TRANSFERS)}
     WHERE "clearingMinor" NOT BETWEEN 1 AND "amountMinor" OR "walletMinor" NOT BETWEEN -"clearingMinor" AND 0 OR "clearingMinor" + "walletMinor" + "feesMinor" <> 0`,
    (row) =>
      `${payment(row)} of ${row.amountMinor} was reversed by transfer ${row.transferId} with ${row.clearingMinor} at its provider, ` +
      `${row.walletMinor} in its wallet and ${row.feesMinor} in fees (minor units)`,
  ),

  rule<PaymentRow & { walletMinor: number; feesMinor: number; lostMinor: number }>(
    'of a shortfall no more is recovered than the platform lost, and from the same wallet',
    `SELECT * FROM (
       SELECT id, reference, status,
         CAST(sum(CASE posting WHEN 'shortfallRecovered' THEN "walletMinor" ELSE 0 END) AS BIGINT) AS "walletMinor",
         CAST(sum(CASE posting WHEN 'shortfallRecovered' THEN "feesMinor" ELSE 0 END) AS BIGINT) AS "feesMinor",
         CAST(sum(CASE posting WHEN 'collectReversed' THEN -"feesMinor" ELSE 0 END) AS BIGINT) AS "lostMinor"
       FROM ${moved(['collectReversed', 'shortfallRecovered'], PAYMENTS_OF_TRANSFERS)} GROUP BY id, reference, status, source) sums
     WHERE "walletMinor" <> -"feesMinor" OR "feesMinor" < 0 OR "feesMinor" > "lostMinor"`,
    (row) => `Of payment ${row.id} (${row.reference}) ${row.feesMinor} were recovered from ${row.walletMinor} of its wallet, and the platform had lost ${row.lostMinor} (minor units)`,
  ),

  rule<PaymentRow & { missingMinor: number; walletMinor: number }>(
    'what was restored is what had been taken back, to whoever had given it',
    `SELECT * FROM (
       SELECT id, reference, status, CAST(sum("clearingMinor") AS BIGINT) AS "missingMinor", CAST(sum("walletMinor") AS BIGINT) AS "walletMinor"
       FROM ${moved(['collectReversed', 'shortfallRecovered', 'collectRestored'], PAYMENTS_OF_TRANSFERS)}
       GROUP BY id, reference, status, source HAVING count(CASE posting WHEN 'collectRestored' THEN 1 END) > 0) sums WHERE "missingMinor" <> 0 OR "walletMinor" <> 0`,
    (row) =>
      `${payment(row)} was restored, and of what was taken back ${row.missingMinor} at its provider and ${row.walletMinor} in its wallet are missing or too much (minor units)`,
  ),
];

const WELL_FORMED: readonly Rule[] = [
  rule<PaymentRow & { completedAt: number | null }>(
    'completed_at is set exactly when a payment is completed',
    `SELECT id, reference, status, completed_at AS "completedAt" FROM payments WHERE (status = 'completed') <> (completed_at IS NOT NULL)`,
    (row) => `${payment(row)} is ${row.status} ${row.completedAt === null ? 'without a time' : 'but has a time'} of completion`,
  ),

  rule<PaymentRow>(
    'a payment that failed or expired has a reason',
    `SELECT id, reference, status FROM payments WHERE status IN ('failed', 'expired') AND failure_reason = ''`,
    (row) => `${payment(row)} is ${row.status} without a reason`,
  ),

  rule<PaymentRow & { submission: string; currency: string }>(
    'status, submission and currency are known',
    `SELECT id, reference, status, submission, currency FROM payments
     WHERE status NOT IN (${literals(STATUSES)}) OR submission NOT IN (${literals(SUBMISSIONS)}) OR currency NOT IN (${literals(CURRENCIES)})`,
    (row) => `${payment(row)} has an unknown status, submission or currency: ${row.status}, ${row.submission}, ${row.currency}`,
  ),

  rule<PaymentRow>(
    'a refused payment is not pending',
    `SELECT id, reference, status FROM payments WHERE submission = 'refused' AND status = 'pending'`,
    (row) => `${payment(row)} was refused by its provider and is still pending`,
  ),

  rule<PaymentRow>(
    'a pending payment will be asked about',
    `SELECT p.id, p.reference, p.status FROM payments p WHERE p.status = 'pending'
     AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.kind = 'payment.check' AND j.subject = 'payment:' || p.id)`,
    (row) => `${payment(row)} is pending and no job will ever ask about it`,
  ),

  rule<PaymentRow & { amountMinor: number; feeMinor: number }>(
    'a fee is within its amount',
    `SELECT id, reference, status, amount_minor AS "amountMinor", fee_minor AS "feeMinor" FROM payments
     WHERE amount_minor < 1 OR fee_minor < 0 OR fee_minor > amount_minor`,
    (row) => `${payment(row)} has a fee of ${row.feeMinor} on an amount of ${row.amountMinor} (minor units)`,
  ),

  rule<PaymentRow & { amountMinor: number; currency: string }>(
    `${WHOLE_CURRENCIES.join(' and ')} amounts are whole`,
    `SELECT id, reference, status, amount_minor AS "amountMinor", currency FROM payments
     WHERE currency IN (${literals(WHOLE_CURRENCIES)}) AND amount_minor % ${MINOR_PER_MAJOR} <> 0`,
    (row) => `${payment(row)} is of ${row.amountMinor} minor units, which is not a whole ${row.currency} amount`,
  ),
];

const ANSWERED_ONCE: readonly Rule[] = [
  rule<{ paymentId: number; appId: number; mode: string; key: string; gone: number }>(
    'an idempotency key points to a payment of its own app and mode',
    `SELECT i.payment_id AS "paymentId", i.app_id AS "appId", i.mode, i.key, CASE WHEN p.id IS NULL THEN 1 ELSE 0 END AS gone
     FROM idempotency_keys i LEFT JOIN payments p ON p.id = i.payment_id
     WHERE i.payment_id IS NOT NULL AND (p.id IS NULL OR p.app_id <> i.app_id OR p.mode <> i.mode)`,
    (row) =>
      `Idempotency key ${JSON.stringify(row.key)} of app ${row.appId} (${row.mode}) points to payment ${row.paymentId}, ` +
      (row.gone ? 'which does not exist' : 'which is of another app or mode'),
  ),
];

/** Checks that payments, ledger, jobs and idempotency records agree; answers a readable sentence for each break. */
export function verifyPayments(reader: Reader): Promise<string[]> {
  return brokenRules(reader, [...SETTLED_ONCE, ...PAID_OUT_ONCE, ...MOVED_RIGHT, ...REVERSED_ONCE, ...WELL_FORMED, ...ANSWERED_ONCE, ...COUNTED_RIGHT]);
}

/** Everything `malipo verify` checks. An empty list: the books are in order. */
export async function verifyBooks(reader: Reader): Promise<string[]> {
  return [...(await verifyLedger(reader)), ...(await verifyPayments(reader)), ...(await verifyWithdrawals(reader)), ...(await verifyRefunds(reader)), ...(await verifyWebhooks(reader))];
}

function payment({ id, reference }: PaymentRow, word = 'Payment'): string {
  return `${word} ${id} (${reference})`;
}
