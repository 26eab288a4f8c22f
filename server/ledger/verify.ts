import type { Reader } from '../db/store.ts';
import { HOLD_ENDINGS, POSTING_NAMES } from './postings.ts';
import { brokenRules, literals, rule, type Rule } from './rule.ts';

interface Transfer {
  id: number;
  posting: string;
  source: string;
}

/** The postings that open a hold, each with those that may end it. */
const HOLDS = Map.groupBy(Object.entries(HOLD_ENDINGS), ([, { hold }]) => hold);

const RULES: readonly Rule[] = [
  rule<Transfer & { sumMinor: number }>(
    'a transfer sums to zero',
    `SELECT t.id, t.posting, t.source, CAST(sum(e.amount_minor) AS BIGINT) AS "sumMinor"
     FROM ledger_transfers t JOIN ledger_entries e ON e.transfer_id = t.id
     GROUP BY t.id, t.posting, t.source HAVING sum(e.amount_minor) <> 0`,
    (row) => `${transfer(row)} sums to ${row.sumMinor} minor units, not to zero`,
  ),

  rule<Transfer & { entries: number }>(
    'a transfer has at least two entries',
    `SELECT t.id, t.posting, t.source, CAST(count(e.id) AS BIGINT) AS entries
     FROM ledger_transfers t LEFT JOIN ledger_entries e ON e.transfer_id = t.id
     GROUP BY t.id, t.posting, t.source HAVING count(e.id) < 2`,
    (row) => `${transfer(row)} has ${row.entries === 1 ? 'only one entry' : 'no entries'}`,
  ),

  rule<Transfer & { entryId: number; accountId: number; currency: string; accountCurrency: string }>(
    'an entry is in the currency of its transfer',
    `SELECT e.id AS "entryId", t.id, t.posting, t.source, t.currency, a.id AS "accountId", a.currency AS "accountCurrency"
     FROM ledger_entries e JOIN ledger_transfers t ON t.id = e.transfer_id JOIN ledger_accounts a ON a.id = e.account_id
     WHERE a.currency <> t.currency`,
    (row) => `Entry ${row.entryId} is in account ${row.accountId}, which is ${row.accountCurrency}, but ${transfer(row, 'transfer')} is in ${row.currency}`,
  ),

  rule<Transfer>(
    'the entries of a transfer agree in mode, provider and app',
    `SELECT t.id, t.posting, t.source
     FROM ledger_transfers t JOIN ledger_entries e ON e.transfer_id = t.id JOIN ledger_accounts a ON a.id = e.account_id
     GROUP BY t.id, t.posting, t.source
     HAVING min(a.mode) <> max(a.mode) OR min(a.provider) <> max(a.provider) OR min(a.app_id) <> max(a.app_id)`,
    (row) => `${transfer(row)} moves money between accounts of different modes, providers or apps`,
  ),

  rule<{ id: number; appId: number; kind: string; provider: string; currency: string; mode: string; balanceMinor: number }>(
    'no wallet and no held account is below zero',
    `SELECT a.id, a.app_id AS "appId", a.kind, a.provider, a.currency, a.mode, CAST(sum(e.amount_minor) AS BIGINT) AS "balanceMinor"
     FROM ledger_accounts a JOIN ledger_entries e ON e.account_id = a.id
     WHERE a.kind IN ('wallet', 'held')
     GROUP BY a.id, a.app_id, a.kind, a.provider, a.currency, a.mode HAVING sum(e.amount_minor) < 0`,
    (row) => `Account ${row.id} (${row.kind} of app ${row.appId}, ${row.provider} ${row.currency} ${row.mode}) is below zero: ${row.balanceMinor} minor units`,
  ),

  rule<{ currency: string; mode: string; sumMinor: number }>(
    'all accounts of a currency and mode sum to zero',
    `SELECT a.currency, a.mode, CAST(sum(e.amount_minor) AS BIGINT) AS "sumMinor"
     FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id
     GROUP BY a.currency, a.mode HAVING sum(e.amount_minor) <> 0`,
    (row) => `All ${row.currency} accounts in ${row.mode} mode sum to ${row.sumMinor} minor units, not to zero`,
  ),

  rule<{ accountId: number; upTo: number; balanceMinor: number; sumMinor: number }>(
    'a folded balance is the sum of the entries it covers',
    `SELECT b.account_id AS "accountId", b.up_to_entry_id AS "upTo", b.balance_minor AS "balanceMinor", CAST(coalesce(sum(e.amount_minor), 0) AS BIGINT) AS "sumMinor"
     FROM ledger_balances b LEFT JOIN ledger_entries e ON e.account_id = b.account_id AND e.id <= b.up_to_entry_id
     GROUP BY b.account_id, b.up_to_entry_id, b.balance_minor HAVING b.balance_minor <> coalesce(sum(e.amount_minor), 0)`,
    (row) => `Account ${row.accountId} has a folded balance of ${row.balanceMinor} up to entry ${row.upTo}; its entries until then sum to ${row.sumMinor} (minor units)`,
  ),

  rule<{ entryId: number; transferId: number; accountId: number; noTransfer: number }>(
    'an entry belongs to a transfer and an account',
    `SELECT e.id AS "entryId", e.transfer_id AS "transferId", e.account_id AS "accountId", CASE WHEN t.id IS NULL THEN 1 ELSE 0 END AS "noTransfer"
     FROM ledger_entries e LEFT JOIN ledger_transfers t ON t.id = e.transfer_id LEFT JOIN ledger_accounts a ON a.id = e.account_id
     WHERE t.id IS NULL OR a.id IS NULL`,
    (row) => `Entry ${row.entryId} belongs to ${row.noTransfer ? `transfer ${row.transferId}` : `account ${row.accountId}`}, which does not exist`,
  ),

  rule<Transfer>(
    'the name of a posting is known',
    `SELECT id, posting, source FROM ledger_transfers WHERE posting NOT IN (${literals(POSTING_NAMES)})`,
    (row) => `${transfer(row)} is no posting that this version of Malipo makes`,
  ),

  ...[...HOLDS].map(([hold, endings]) =>
    rule<{ source: string; opened: number; ended: number; heldMinor: number }>(
      `a ${hold} is ended at most once and over its whole amount`,
      `SELECT * FROM (
         SELECT t.source, CAST(count(DISTINCT CASE WHEN t.posting = '${hold}' THEN t.id END) AS BIGINT) AS opened,
           CAST(count(DISTINCT CASE WHEN t.posting <> '${hold}' THEN t.id END) AS BIGINT) AS ended,
           CAST(coalesce(sum(CASE WHEN a.kind = 'held' THEN e.amount_minor END), 0) AS BIGINT) AS "heldMinor"
         FROM ledger_transfers t LEFT JOIN ledger_entries e ON e.transfer_id = t.id LEFT JOIN ledger_accounts a ON a.id = e.account_id
         WHERE t.posting IN (${literals([hold, ...endings.map(([ending]) => ending)])}) GROUP BY t.source) holds
       WHERE ended > opened OR (ended > 0 AND "heldMinor" <> 0)`,
      (row) =>
        row.ended > row.opened
          ? `The ${hold} of ${row.source} was opened ${times(row.opened)} and ended ${times(row.ended)}`
          : `The ${hold} of ${row.source} was ended but leaves ${row.heldMinor} minor units held`,
    ),
  ),
];

/**
 * Checks the whole journal: every rule a posting keeps when it is made, asked again of what stands in the database.
 * Answers readable sentences that name what is broken, at most a hundred a rule and a count of the rest.
 */
export function verifyLedger(reader: Reader): Promise<string[]> {
  return brokenRules(reader, RULES);
}

function transfer({ id, posting, source }: Transfer, word = 'Transfer'): string {
  return `${word} ${id} (${posting} of ${source})`;
}

function times(count: number): string {
  return count === 0 ? 'never' : count === 1 ? 'once' : `${count} times`;
}
