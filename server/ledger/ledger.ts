import { type Reader, statement, type Transaction } from '../db/store.ts';
import { type Account, accountId, accountName } from './accounts.ts';
import { balanceMinor } from './balances.ts';
import { type Entry, HOLD_ENDINGS, type HoldEnding, type Posting, type PostingName } from './postings.ts';

export { balanceMinor, walletBalances } from './balances.ts';

/** The wallet does not hold what the posting takes out of it; nothing was written. */
export class InsufficientBalanceError extends Error {
  override name = 'InsufficientBalanceError';
  readonly account: Account;
  readonly balanceMinor: number;
  readonly neededMinor: number;

  constructor(account: Account, balance: number, needed: number) {
    super(`${accountName(account)} holds ${balance}, ${needed} is needed (minor units)`);
    this.account = account;
    this.balanceMinor = balance;
    this.neededMinor = needed;
  }
}

/** A hold was to be ended that is not open, not of this amount, or already ended the other way; nothing was written. */
export class HoldNotOpenError extends Error {
  override name = 'HoldNotOpenError';
}

const insertTransfer = statement<{ id: number }>(`
  INSERT INTO ledger_transfers (posting, source, currency, event_at, created_at)
  VALUES (:posting, :source, :currency, :eventAt, :createdAt)
  ON CONFLICT (posting, source) DO NOTHING RETURNING id`);

// One statement for all entries of a transfer: settling is the hottest path there is, and runs in everybody's commit.
const insertTwoEntries = statement(`
  INSERT INTO ledger_entries (transfer_id, account_id, amount_minor)
  VALUES (:transfer, :account0, :amount0), (:transfer, :account1, :amount1)`);

const insertThreeEntries = statement(`
  INSERT INTO ledger_entries (transfer_id, account_id, amount_minor)
  VALUES (:transfer, :account0, :amount0), (:transfer, :account1, :amount1), (:transfer, :account2, :amount2)`);

const findTransfer = statement<{ id: number }>('SELECT id FROM ledger_transfers WHERE posting = :posting AND source = :source');

const heldBySource = statement<{ posting: PostingName; heldMinor: number }>(`
  SELECT t.posting, CAST(coalesce(sum(e.amount_minor), 0) AS BIGINT) AS "heldMinor"
  FROM ledger_transfers t LEFT JOIN ledger_entries e ON e.transfer_id = t.id AND e.account_id = :held
  WHERE t.source = :source GROUP BY t.posting`);

/**
 * Writes a posting, once: false when this posting of this source already stands, whoever wrote it.
 *
 * A credit takes no lock, so that payments into one wallet never wait for each other. A debit locks its wallet
 * and throws `InsufficientBalanceError` rather than take it below zero; the ending of a hold locks the hold and
 * throws `HoldNotOpenError` unless exactly this hold is open. Both throw before anything is written.
 *
 * @param createdAt when we write it, in milliseconds; when the money moved is the posting's own `eventAt`
 */
export async function post(tx: Transaction, posting: Posting, createdAt: number): Promise<boolean> {
  const ending = HOLD_ENDINGS[posting.posting];
  const debit = posting.entries.find(({ account, amountMinor }) => account.kind === 'wallet' && amountMinor < 0);
  if (debit !== undefined) {
    await tx.lock(accountName(debit.account));
    if (await stands(tx, posting)) return false;
    await insistFunds(tx, debit);
  } else if (ending !== undefined) {
    await tx.lock(`hold:${posting.source}`);
    if (await stands(tx, posting)) return false;
    await insistOpenHold(tx, posting, ending);
  }
  return write(tx, posting, createdAt);
}

async function write(tx: Transaction, posting: Posting, createdAt: number): Promise<boolean> {
  const { posting: name, source, currency, eventAt, entries } = posting;
  const transfer = await tx.get(insertTransfer, { posting: name, source, currency, eventAt, createdAt });
  if (transfer === undefined) return false;
  const params: Record<string, number> = { transfer: transfer.id };
  for (const [index, { account, amountMinor }] of entries.entries()) {
    params[`account${index}`] = await accountId(tx, account);
    params[`amount${index}`] = amountMinor;
  }
  const written = await tx.run(entries.length === 3 ? insertThreeEntries : insertTwoEntries, params);
  if (written !== entries.length) throw new Error(`${name} of ${source} has ${entries.length} entries, ${written} were written`);
  return true;
}

async function stands(reader: Reader, { posting, source }: Posting): Promise<boolean> {
  return (await reader.get(findTransfer, { posting, source })) !== undefined;
}

async function insistFunds(tx: Transaction, { account, amountMinor }: Entry): Promise<void> {
  const balance = await balanceMinor(tx, account);
  if (balance + amountMinor < 0) throw new InsufficientBalanceError(account, balance, -amountMinor);
}

async function insistOpenHold(tx: Transaction, posting: Posting, ending: HoldEnding): Promise<void> {
  const { posting: name, source, entries } = posting;
  const entry = entries.find(({ account }) => account.kind === 'held');
  if (entry === undefined) throw new Error(`${name} ends a hold without touching one`);
  const standing = await tx.all(heldBySource, { source, held: await accountId(tx, entry.account) });
  if (standing.some((transfer) => transfer.posting === ending.otherEnding)) {
    throw new HoldNotOpenError(`${name} of ${source}: ${ending.otherEnding} already stands`);
  }
  const heldMinor = standing.find((transfer) => transfer.posting === ending.hold)?.heldMinor ?? 0;
  if (heldMinor !== -entry.amountMinor) {
    throw new HoldNotOpenError(`${name} of ${source}: ${ending.hold} holds ${heldMinor}, not ${-entry.amountMinor} (minor units)`);
  }
}
