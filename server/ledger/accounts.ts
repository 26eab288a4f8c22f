import type { Mode } from '../core/mode.ts';
import type { Currency } from '../core/money.ts';
import { type Reader, statement, type Transaction } from '../db/store.ts';

/**
 * Where money stands. An app has, for each provider, currency and mode, a `wallet` (what it may spend) and a
 * `held` account (what is on its way out); the platform has `clearing` (our standing at the provider) and `fees`.
 */
export type Account = {
  readonly provider: string;
  readonly currency: Currency;
  readonly mode: Mode;
} & ({ readonly appId: number; readonly kind: 'wallet' | 'held' } | { readonly appId: null; readonly kind: 'clearing' | 'fees' });

/** The platform's accounts belong to no app; the unique index knows them by this id, because NULL equals nothing. */
const PLATFORM = 0;

const IDENTITY = `coalesce(app_id, ${PLATFORM}) = :owner AND kind = :kind AND provider = :provider AND currency = :currency AND mode = :mode`;

const find = statement<{ id: number }>(`SELECT id FROM ledger_accounts WHERE ${IDENTITY}`);

const create = statement(`
  INSERT INTO ledger_accounts (app_id, kind, provider, currency, mode)
  VALUES (:appId, :kind, :provider, :currency, :mode)
  ON CONFLICT DO NOTHING`);

// Summed from the covering index, so that the entries themselves are not read. The cast keeps PostgreSQL, whose
// sums of bigint are numeric, to the integer that SQLite answers.
const balance = statement<{ balanceMinor: number }>(`
  SELECT CAST(coalesce(sum(amount_minor), 0) AS BIGINT) AS "balanceMinor"
  FROM ledger_entries WHERE account_id = (SELECT id FROM ledger_accounts WHERE ${IDENTITY})`);

const wallets = statement<WalletBalance>(`
  SELECT a.provider, a.currency, CAST(coalesce(sum(e.amount_minor), 0) AS BIGINT) AS "balanceMinor"
  FROM ledger_accounts a LEFT JOIN ledger_entries e ON e.account_id = a.id
  WHERE a.app_id = :appId AND a.mode = :mode AND a.kind = 'wallet'
  GROUP BY a.provider, a.currency ORDER BY a.provider, a.currency`);

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

/** The account as people read it in errors and locks: `wallet:7:iotec:UGX:live`, `fees:platform:iotec:UGX:live`. */
export function accountName({ kind, appId, provider, currency, mode }: Account): string {
  return `${kind}:${appId ?? 'platform'}:${provider}:${currency}:${mode}`;
}

/** Row ids by account name for each open database; kept, because accounts are never changed or removed. */
const knownIds = new WeakMap<object, Map<string, number>>();

/** The account's row id, made if the account is new. Remembered in the process only once it is committed. */
export async function accountId(tx: Transaction, account: Account): Promise<number> {
  const name = accountName(account);
  const known = knownIds.get(tx.database)?.get(name);
  if (known !== undefined) return known;
  const id = await findOrCreate(tx, account);
  tx.afterCommit(() => remember(tx.database, name, id));
  return id;
}

function remember(database: object, name: string, id: number): void {
  const ids = knownIds.get(database) ?? new Map<string, number>();
  knownIds.set(database, ids.set(name, id));
}

async function findOrCreate(tx: Transaction, account: Account): Promise<number> {
  const params = identity(account);
  const found = await tx.get(find, params);
  if (found !== undefined) return found.id;
  await tx.run(create, { ...params, appId: account.appId });
  // Another server may have made it between the two statements: then its row is the account.
  const made = await tx.get(find, params);
  if (made === undefined) throw new Error(`The ledger account ${accountName(account)} could not be made`);
  return made.id;
}

function identity({ appId, kind, provider, currency, mode }: Account) {
  return { owner: appId ?? PLATFORM, kind, provider, currency, mode };
}

function exact(amountMinor: number, account: Account): number {
  if (!Number.isSafeInteger(amountMinor)) throw new Error(`The balance of ${accountName(account)} is beyond what a number holds exactly`);
  return amountMinor;
}
