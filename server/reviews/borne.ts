/** What the platform pays for out of its fees, and what comes back to it: each entered once for each time that it happened. */
import assert from 'node:assert/strict';
import { ApiError } from '../core/errors.ts';
import { toMajor } from '../core/money.ts';
import { statement, type Transaction } from '../db/store.ts';
import { post } from '../ledger/ledger.ts';
import { absorbedReturned, type Movement, type Posting } from '../ledger/postings.ts';
import { type Decided, sourceOf, sourcesOf } from '../ledger/sources.ts';

/** `isWhole`: nothing of it has come back. */
interface Borne {
  minor: number;
  isWhole: boolean;
}

const borne = statement<{ minor: number; unreturned: number }>(`
  SELECT CAST(coalesce(-sum(e.amount_minor), 0) AS BIGINT) AS minor, CAST(coalesce(sum(CASE t.posting WHEN 'absorbedReturned' THEN -1 ELSE 1 END), 0) AS BIGINT) AS unreturned
  FROM ledger_transfers t JOIN ledger_entries e ON e.transfer_id = t.id JOIN ledger_accounts a ON a.id = e.account_id AND a.kind = 'fees'
  WHERE t.source IN (${sourcesOf(':subject')}) AND t.posting IN ('payoutAbsorbed', 'withdrawalAbsorbed', 'refundAbsorbed', 'absorbedReturned')`);

/** Money left, a person decided, and the platform pays for it. Throws VALIDATION_ERROR where it does so already. */
export async function bearIn(tx: Transaction, review: Decided, bear: (movement: Movement) => Posting, movement: Movement, now: number): Promise<void> {
  await insistNotBorne(tx, review.subject);
  await enterIn(tx, review, bear, movement, now);
}

/** What the platform bore came back to it. Throws VALIDATION_ERROR where it bore nothing of this, or less, or has had it back. */
export async function returnIn(tx: Transaction, review: Decided, movement: Movement, now: number): Promise<void> {
  const { amountMinor, currency } = movement;
  const { minor, isWhole } = await borneIn(tx, review.subject);
  if (minor === 0) throw new ApiError('VALIDATION_ERROR', 'What was held is in the wallet again: there is nothing to accept');
  if (amountMinor < 1 || amountMinor > minor) {
    throw new ApiError('VALIDATION_ERROR', `The platform bore ${toMajor(minor)} ${currency} of this, and ${toMajor(amountMinor)} ${currency} cannot come back of it: settle it by hand, and --dismiss this`);
  }
  if (!isWhole) throw new ApiError('VALIDATION_ERROR', 'It has come back once already: settle what is more by hand, and --dismiss this');
  await enterIn(tx, review, absorbedReturned, movement, now);
}

/** Nothing that left is paid for twice. Throws VALIDATION_ERROR where the platform pays for it, or for a part of it. */
export async function insistNotBorne(tx: Transaction, subject: string): Promise<void> {
  if (!(await isBorne(tx, subject))) return;
  throw new ApiError('VALIDATION_ERROR', 'The platform has borne this once already: settle what is more by hand, and --dismiss this');
}

/** Whether the platform pays for what had left of it: then what comes back is the platform's. */
export async function isBorne(tx: Transaction, subject: string): Promise<boolean> {
  return (await borneIn(tx, subject)).minor > 0;
}

/** What the platform has paid for it and not had back. */
async function borneIn(tx: Transaction, subject: string): Promise<Borne> {
  const { minor, unreturned } = (await tx.get(borne, { subject }))!;
  return { minor, isWhole: unreturned > 0 };
}

async function enterIn(tx: Transaction, review: Decided, make: (movement: Movement) => Posting, movement: Movement, now: number): Promise<void> {
  const source = await sourceOf(tx, make(movement).posting, review);
  assert(await post(tx, make({ ...movement, source }), now), `review ${review.id} is decided, and its posting stands in the ledger already`);
}
