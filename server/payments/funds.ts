import { ApiError } from '../core/errors.ts';
import { toMajor } from '../core/money.ts';
import type { Transaction } from '../db/store.ts';
import { InsufficientBalanceError, post } from '../ledger/ledger.ts';
import type { Posting } from '../ledger/postings.ts';

/** Posts a hold, once. Throws INSUFFICIENT_BALANCE, with nothing written, where its wallet does not hold that much. */
export async function holdFunds(tx: Transaction, hold: Posting, now: number): Promise<void> {
  try {
    if (!(await post(tx, hold, now))) throw new Error(`${hold.posting} of ${hold.source} stands already`);
  } catch (error) {
    if (!(error instanceof InsufficientBalanceError)) throw error;
    const { account, balanceMinor, neededMinor } = error;
    const { currency, provider } = account;
    throw new ApiError(
      'INSUFFICIENT_BALANCE',
      `The ${provider} wallet holds ${toMajor(balanceMinor)} ${currency}; ${toMajor(neededMinor)} ${currency} is needed`,
    );
  }
}
