import type { Reader } from '../db/store.ts';
import { brokenRules, rule, type Rule } from '../ledger/rule.ts';
import { IS_AGAIN, PAYMENTS_OF_TRANSFERS, SUBJECT, TRANSFERS } from '../ledger/sources.ts';

interface RefundRow {
  id: number;
  reference: string;
  status: string;
}

const POSTINGS = ['refundHeld', 'refundPaid', 'refundReleased', 'refundPaidLate', 'refundReversed', 'refundMadeThere', 'refundUndoneThere'];

const POSTED = `
  SELECT r.id, r.reference, r.status, CASE WHEN r.reversed_at IS NULL THEN 0 ELSE 1 END AS "isReversed", ${POSTINGS.map((posting) => `CAST(count(CASE WHEN t.posting = '${posting}' THEN 1 END) AS BIGINT) AS "${posting}"`).join(', ')}
  FROM refunds r LEFT JOIN ledger_transfers t ON t.source = 'refund:' || r.id
  GROUP BY r.id, r.reference, r.status, r.reversed_at`;

const RULES: readonly Rule[] = [
  rule<RefundRow & Record<(typeof POSTINGS)[number], number>>(
    'a refund holds once, and ends its hold once as its status says; one that was made at its provider left at once',
    `SELECT * FROM (${POSTED}) posted WHERE "refundHeld" + "refundMadeThere" <> 1
     OR "refundPaid" + "refundPaidLate" + "refundMadeThere" <> CASE status WHEN 'completed' THEN 1 ELSE 0 END
     OR "refundReleased" <> CASE WHEN status = 'failed' OR "refundPaidLate" = 1 THEN 1 ELSE 0 END`,
    (row) => `${refund(row)} is ${row.status}, and was held ${row.refundHeld}, paid ${row.refundPaid! + row.refundPaidLate! + row.refundMadeThere!} and released ${row.refundReleased} times in the ledger`,
  ),

  rule<RefundRow & { isReversed: number; reversals: number }>(
    'a refund came back in the ledger exactly when it says so, and once',
    `SELECT * FROM (
       SELECT posted.*, posted."refundReversed" + posted."refundUndoneThere" + coalesce(again.reversals, 0) AS reversals FROM (${POSTED}) posted
       LEFT JOIN (SELECT ${SUBJECT} AS source, CAST(sum(CASE t.posting WHEN 'refundReversed' THEN 1 ELSE -1 END) AS BIGINT) AS reversals
         FROM ${TRANSFERS} WHERE t.posting IN ('refundReversed', 'refundPaidLate') AND ${IS_AGAIN} GROUP BY ${SUBJECT}) again ON again.source = 'refund:' || posted.id) counted
     WHERE reversals <> "isReversed" OR ("isReversed" = 1 AND status <> 'completed')`,
    (row) => `${refund(row)} is ${row.status}, ${row.isReversed ? 'says' : 'does not say'} that it came back, and has ${row.reversals} reversals in the ledger`,
  ),

  rule<{ id: number; reference: string; amountMinor: number; refundedMinor: number; pendingMinor: number; completedMinor: number }>(
    'no payment is refunded beyond its amount, and each says what was',
    `SELECT * FROM (
       SELECT p.id, p.reference, p.amount_minor AS "amountMinor", p.refunded_minor AS "refundedMinor",
         CAST(coalesce(sum(CASE r.status WHEN 'pending' THEN r.amount_minor END), 0) AS BIGINT) AS "pendingMinor",
         CAST(coalesce(sum(CASE WHEN r.status = 'completed' AND r.reversed_at IS NULL THEN r.amount_minor END), 0) AS BIGINT) AS "completedMinor"
       FROM payments p JOIN refunds r ON r.payment_id = p.id
       GROUP BY p.id, p.reference, p.amount_minor, p.refunded_minor) sums
     WHERE "completedMinor" <> "refundedMinor" OR "pendingMinor" + "completedMinor" > "amountMinor"`,
    (row) =>
      `Payment ${row.id} (${row.reference}) of ${row.amountMinor} says that ${row.refundedMinor} were refunded; its refunds are ${row.completedMinor} completed and ${row.pendingMinor} under way (minor units)`,
  ),

  rule<{ id: number; reference: string; amountMinor: number; takenMinor: number; refundedMinor: number }>(
    'of a payment that was taken back in part no more is refunded afterwards than was left',
    `SELECT * FROM (
       SELECT p.id, p.reference, p.amount_minor AS "amountMinor", e.amount_minor AS "takenMinor", CAST(sum(r.amount_minor) AS BIGINT) AS "refundedMinor", max(hold.id) AS "lastHold", t.id AS taking
       FROM ${PAYMENTS_OF_TRANSFERS} JOIN refunds r ON r.payment_id = p.id AND r.status <> 'failed' AND r.reversed_at IS NULL
       JOIN ledger_transfers hold ON hold.posting IN ('refundHeld', 'refundMadeThere') AND hold.source = 'refund:' || r.id
       JOIN ledger_entries e ON e.transfer_id = t.id JOIN ledger_accounts a ON a.id = e.account_id AND a.kind = 'clearing'
       WHERE t.posting = 'collectReversed' AND NOT EXISTS (SELECT 1 FROM ledger_transfers restored WHERE restored.posting = 'collectRestored' AND restored.source = t.source)
       GROUP BY p.id, p.reference, p.amount_minor, e.amount_minor, t.id) sums
     WHERE "lastHold" > taking AND "takenMinor" + "refundedMinor" > "amountMinor"`,
    (row) => `Of payment ${row.id} (${row.reference}) of ${row.amountMinor} the provider took ${row.takenMinor} back, and ${row.refundedMinor} were refunded since or before (minor units)`,
  ),

  rule<RefundRow & { providerRef: string }>(
    'a refund that was made at its provider has the provider’s name, and was no more under way',
    `SELECT r.id, r.reference, r.status, r.provider_ref AS "providerRef" FROM refunds r JOIN ledger_transfers t ON t.posting = 'refundMadeThere' AND t.source = 'refund:' || r.id
     WHERE r.reference <> r.provider_ref OR r.method <> 'itself' OR r.submission <> 'sent' OR r.request_key IS NOT NULL`,
    (row) => `${refund(row)} was made at its provider, where its name is ${row.providerRef}, and is not told as that`,
  ),

  rule<{ id: number; reference: string; refundedMinor: number }>(
    'a payment that says it was refunded has refunds',
    `SELECT p.id, p.reference, p.refunded_minor AS "refundedMinor" FROM payments p
     WHERE p.refunded_minor <> 0 AND NOT EXISTS (SELECT 1 FROM refunds r WHERE r.payment_id = p.id)`,
    (row) => `Payment ${row.id} (${row.reference}) says that ${row.refundedMinor} minor units were refunded, and has no refund`,
  ),

  rule<RefundRow>(
    'an open refund will be followed',
    `SELECT r.id, r.reference, r.status FROM refunds r WHERE r.status = 'pending'
     AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.kind = 'refund.follow' AND j.subject = 'refund:' || r.id)`,
    (row) => `${refund(row)} is pending and no job will ever follow it`,
  ),

  rule<RefundRow>(
    'a refund that failed has a reason, one that completed has a time',
    `SELECT id, reference, status FROM refunds WHERE (status = 'failed') <> (failure_reason <> '') OR (status = 'completed') <> (completed_at IS NOT NULL)`,
    (row) => `${refund(row)} is ${row.status} without a reason or time, or with one it should not have`,
  ),
];

/** Checks that refunds, their payments and the ledger agree; answers a readable sentence for each break. */
export function verifyRefunds(reader: Reader): Promise<string[]> {
  return brokenRules(reader, RULES);
}

function refund({ id, reference }: RefundRow): string {
  return `Refund ${id} (${reference})`;
}
