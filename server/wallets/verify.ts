import { CURRENCIES } from '../core/money.ts';
import type { Reader } from '../db/store.ts';
import { brokenRules, literals, rule, type Rule } from '../ledger/rule.ts';
import { IS_AGAIN, SUBJECT, TRANSFERS } from '../ledger/sources.ts';

interface WithdrawalRow {
  id: number;
  reference: string;
  status: string;
}

const POSTINGS = ['withdrawalHeld', 'withdrawalPaid', 'withdrawalReleased', 'withdrawalPaidLate'];

/** How often each posting of a withdrawal stands in the ledger. */
const POSTED = `
  SELECT w.id, w.reference, w.status, ${POSTINGS.map((posting) => `CAST(count(CASE WHEN t.posting = '${posting}' THEN 1 END) AS BIGINT) AS "${posting}"`).join(', ')}
  FROM withdrawals w LEFT JOIN ledger_transfers t ON t.source = 'withdrawal:' || w.id
  GROUP BY w.id, w.reference, w.status`;

const RULES: readonly Rule[] = [
  rule<WithdrawalRow & { withdrawalHeld: number; withdrawalPaid: number; withdrawalReleased: number }>(
    'a withdrawal holds once, and ends its hold once as its status says',
    `SELECT * FROM (${POSTED}) posted WHERE "withdrawalHeld" <> 1
     OR "withdrawalPaid" + "withdrawalPaidLate" <> CASE status WHEN 'completed' THEN 1 ELSE 0 END
     OR "withdrawalReleased" <> CASE WHEN status = 'failed' OR "withdrawalPaidLate" = 1 THEN 1 ELSE 0 END`,
    (row) =>
      `${withdrawal(row)} is ${row.status}, and was held ${row.withdrawalHeld}, paid ${row.withdrawalPaid} and released ${row.withdrawalReleased} times in the ledger`,
  ),

  rule<{ appId: number; provider: string; currency: string; mode: string; surplusMinor: number }>(
    'what is held is what is on its way out',
    `SELECT app_id AS "appId", provider, currency, mode, CAST(sum(minor) AS BIGINT) AS "surplusMinor" FROM (
       SELECT a.app_id, a.provider, a.currency, a.mode, e.amount_minor AS minor
       FROM ledger_accounts a JOIN ledger_entries e ON e.account_id = a.id WHERE a.kind = 'held'
       UNION ALL SELECT app_id, provider, currency, mode, -amount_minor FROM payments WHERE direction = 'disburse' AND status = 'pending'
       UNION ALL SELECT app_id, provider, currency, mode, -amount_minor FROM refunds WHERE status = 'pending'
       UNION ALL SELECT app_id, provider, currency, 'live', -amount_minor FROM withdrawals WHERE status = 'pending') flows
     GROUP BY app_id, provider, currency, mode HAVING sum(minor) <> 0`,
    (row) =>
      `App ${row.appId} has ${Math.abs(row.surplusMinor)} minor units ${row.surplusMinor > 0 ? 'more' : 'less'} held at ${row.provider} ` +
      `(${row.currency}, ${row.mode}) than its open payouts and withdrawals`,
  ),

  rule<WithdrawalRow & { reversals: number }>(
    'a withdrawal is reversed in the ledger exactly when it says so, and once',
    `SELECT w.id, w.reference, w.status, CAST(coalesce(sum(CASE t.posting WHEN 'withdrawalReversed' THEN 1 WHEN 'withdrawalPaidLate' THEN -1 END), 0) AS BIGINT) AS reversals
     FROM withdrawals w LEFT JOIN (SELECT t.posting, ${SUBJECT} AS source FROM ${TRANSFERS}
       WHERE t.posting = 'withdrawalReversed' OR (t.posting = 'withdrawalPaidLate' AND ${IS_AGAIN})) t ON t.source = 'withdrawal:' || w.id
     WHERE w.reversed_at IS NOT NULL OR t.source IS NOT NULL GROUP BY w.id, w.reference, w.status, w.reversed_at
     HAVING coalesce(sum(CASE t.posting WHEN 'withdrawalReversed' THEN 1 WHEN 'withdrawalPaidLate' THEN -1 END), 0) <> CASE WHEN w.reversed_at IS NULL THEN 0 ELSE 1 END OR w.status <> 'completed'`,
    (row) => `${withdrawal(row)} is ${row.status} and has ${row.reversals} reversals in the ledger, which is not what it says`,
  ),

  rule<WithdrawalRow>(
    'an open withdrawal to a phone will be asked about',
    `SELECT w.id, w.reference, w.status FROM withdrawals w WHERE w.status = 'pending' AND w.method = 'mobile_money'
     AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.kind = 'withdrawal.check' AND j.subject = 'withdrawal:' || w.id)`,
    (row) => `${withdrawal(row)} is pending and no job will ever ask about it`,
  ),

  rule<WithdrawalRow & { currency: string }>(
    'a withdrawal that failed has a reason, one that completed has a time, and its currency is known',
    `SELECT id, reference, status, currency FROM withdrawals
     WHERE (status = 'failed') <> (failure_reason <> '') OR (status = 'completed') <> (completed_at IS NOT NULL) OR currency NOT IN (${literals(CURRENCIES)})`,
    (row) => `${withdrawal(row)} is ${row.status} (${row.currency}) without a reason or time, or with one it should not have`,
  ),

  rule<{ withdrawalId: number; appId: number; key: string }>(
    'an idempotency key points to a withdrawal of its own app',
    `SELECT i.withdrawal_id AS "withdrawalId", i.app_id AS "appId", i.key FROM idempotency_keys i
     LEFT JOIN withdrawals w ON w.id = i.withdrawal_id AND w.app_id = i.app_id
     WHERE i.withdrawal_id IS NOT NULL AND (w.id IS NULL OR i.mode <> 'live')`,
    (row) => `Idempotency key ${JSON.stringify(row.key)} of app ${row.appId} points to withdrawal ${row.withdrawalId}, which is not its own`,
  ),
];

/** Checks that withdrawals and the ledger agree; answers a readable sentence for each break. */
export function verifyWithdrawals(reader: Reader): Promise<string[]> {
  return brokenRules(reader, RULES);
}

function withdrawal({ id, reference }: WithdrawalRow): string {
  return `Withdrawal ${id} (${reference})`;
}
