/**
 * What accounts hold: the balance that the last folding left (`folding.ts`), and the sum of the entries since. Asked in
 * one statement, so that both are of one moment, and summed from the covering index, so that no entry itself is read.
 */
import type { Mode } from '../core/mode.ts';
import type { Currency } from '../core/money.ts';
import { type Reader, statement } from '../db/store.ts';
import { type Account, accountName, IDENTITY, identity } from './accounts.ts';

// The cast keeps PostgreSQL, whose sums of bigint are numeric, to the integer that SQLite answers.
const BALANCE = `CAST(coalesce(b.balance_minor, 0) + coalesce((
    SELECT sum(e.amount_minor) FROM ledger_entries e WHERE e.account_id = a.id AND e.id > coalesce(b.up_to_entry_id, 0)), 0) AS BIGINT) AS "balanceMinor"`;

const balance = statement<{ balanceMinor: number }>(`
  SELECT ${BALANCE} FROM ledger_accounts a LEFT JOIN ledger_balances b ON b.account_id = a.id WHERE ${IDENTITY}`);

// The app is named as the index of accounts knows it: this is asked of a table with everybody's.
const wallets = statement<WalletBalance>(`
  SELECT a.provider, a.currency, ${BALANCE}
  FROM ledger_accounts a LEFT JOIN ledger_balances b ON b.account_id = a.id
  WHERE coalesce(a.app_id, 0) = :appId AND a.kind = 'wallet' AND a.mode = :mode
  ORDER BY a.provider, a.currency`);

const allAccounts = statement<{ currency: string; mode: string; minor: number; belowZero: number }>(`
  SELECT currency, mode, CAST(sum("balanceMinor") AS BIGINT) AS minor,
    CAST(sum(CASE WHEN kind IN ('wallet', 'held') AND "balanceMinor" < 0 THEN 1 ELSE 0 END) AS BIGINT) AS "belowZero"
  FROM (SELECT a.kind, a.currency, a.mode, ${BALANCE} FROM ledger_accounts a LEFT JOIN ledger_balances b ON b.account_id = a.id) balances
  GROUP BY currency, mode`);

export interface WalletBalance {
  provider: string;
  currency: Currency;
  balanceMinor: number;
}

/** What the account holds, in minor units: the sum of its entries. An account without entries holds nothing. */
export async function balanceMinor(reader: Reader, account: Account): Promise<number> {
  const row = await reader.get(balance, identity(account));
  return exact(row?.balanceMinor ?? 0, account);
}

/** Every wallet an app has had money in, by provider and currency. */
export async function walletBalances(reader: Reader, appId: number, mode: Mode): Promise<WalletBalance[]> {
  return reader.all(wallets, { appId, mode });
}

/** What all accounts of each currency and mode come to (nothing, in books that are in order), and how many of them that must not be are below zero. */
export async function totals(reader: Reader): Promise<{ currency: string; mode: string; minor: number; belowZero: number }[]> {
  return reader.all(allAccounts);
}

function exact(amountMinor: number, account: Account): number {
  if (!Number.isSafeInteger(amountMinor)) throw new Error(`The balance of ${accountName(account)} is beyond what a number holds exactly`);
  return amountMinor;
}
