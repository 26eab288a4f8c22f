import type { Mode } from '../core/mode.ts';
import type { Currency } from '../core/money.ts';
import { statement, type Transaction } from '../db/store.ts';

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

/** Finds an account by what it is; see `identity`. */
export const IDENTITY = `coalesce(app_id, ${PLATFORM}) = :owner AND kind = :kind AND provider = :provider AND currency = :currency AND mode = :mode`;

const find = statement<{ id: number }>(`SELECT id FROM ledger_accounts WHERE ${IDENTITY}`);

const create = statement(`
  INSERT INTO ledger_accounts (app_id, kind, provider, currency, mode)
  VALUES (:appId, :kind, :provider, :currency, :mode)
  ON CONFLICT DO NOTHING`);

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

/** The parameters of `IDENTITY`. */
export function identity({ appId, kind, provider, currency, mode }: Account) {
  return { owner: appId ?? PLATFORM, kind, provider, currency, mode };
}
