/** What the platform pays for out of its fees, and what comes back to it: each entered once. */
import { ApiError } from '../core/errors.ts';
import { toMajor } from '../core/money.ts';
import { statement, type Transaction } from '../db/store.ts';
import { post } from '../ledger/ledger.ts';
import { absorbedReturned, type Movement, type Posting } from '../ledger/postings.ts';

const borne = statement<{ minor: number }>(`
  SELECT CAST(coalesce(-sum(e.amount_minor), 0) AS BIGINT) AS minor
  FROM ledger_transfers t JOIN ledger_entries e ON e.transfer_id = t.id JOIN ledger_accounts a ON a.id = e.account_id AND a.kind = 'fees'
  WHERE t.source = :source AND t.posting IN ('payoutAbsorbed', 'withdrawalAbsorbed', 'refundAbsorbed', 'absorbedReturned')`);

/** Money left, and the platform pays for it. Throws VALIDATION_ERROR where it has done so before. */
export async function bearIn(tx: Transaction, posting: Posting, now: number): Promise<void> {
  if (!(await post(tx, posting, now))) throw borneAlready();
}

/** What the platform bore came back to it. Throws VALIDATION_ERROR where it bore nothing of this, or less, or has had it back. */
export async function returnIn(tx: Transaction, movement: Movement, now: number): Promise<void> {
  const { source, amountMinor, currency } = movement;
  const minor = await borneMinor(tx, source);
  if (minor === 0) throw new ApiError('VALIDATION_ERROR', 'What was held is in the wallet again: there is nothing to accept');
  if (amountMinor < 1 || amountMinor > minor) {
    throw new ApiError('VALIDATION_ERROR', `The platform bore ${toMajor(minor)} ${currency} of this, and ${toMajor(amountMinor)} ${currency} cannot come back of it: settle it by hand, and --dismiss this`);
  }
  if (await post(tx, absorbedReturned(movement), now)) return;
  throw new ApiError('VALIDATION_ERROR', 'It has come back once already: settle what is more by hand, and --dismiss this');
}

/** Nothing that left is paid for twice. Throws VALIDATION_ERROR where the platform pays for this source, or a part of it. */
export async function insistNotBorne(tx: Transaction, source: string): Promise<void> {
  if ((await borneMinor(tx, source)) > 0) throw borneAlready();
}

/** What the platform has paid for this source and not had back. */
async function borneMinor(tx: Transaction, source: string): Promise<number> {
  return (await tx.get(borne, { source }))!.minor;
}

function borneAlready(): ApiError {
  return new ApiError('VALIDATION_ERROR', 'The platform has borne this once already: settle what is more by hand, and --dismiss this');
}
