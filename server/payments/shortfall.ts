/**
 * What a provider takes, or gives away, of money that the app has spent: no wallet goes below zero, so the platform bears
 * what is short, and a person decides whether the app pays it later.
 */
import type { Transaction } from '../db/store.ts';
import { accountName } from '../ledger/accounts.ts';
import { balanceMinor } from '../ledger/ledger.ts';
import type { MovementWithFee } from '../ledger/postings.ts';
import { openReviewIn } from '../reviews/reviews.ts';

/** So much of it is missing in the wallet, which stays as it is until the commit; where that is anything, it waits for a person. */
export async function shortOfIn(tx: Transaction, movement: MovementWithFee, subject: string, now: number): Promise<number> {
  const { appId, provider, currency, mode, amountMinor, feeMinor } = movement;
  const wallet = { kind: 'wallet', appId, provider, currency, mode } as const;
  // As every debit: what the wallet holds must not change between looking and taking.
  await tx.lock(accountName(wallet));
  const shortMinor = Math.max(0, amountMinor - feeMinor - (await balanceMinor(tx, wallet)));
  if (shortMinor > 0) {
    const detail = { agreed: { amount_minor: amountMinor, currency }, shortfall_minor: shortMinor };
    await openReviewIn(tx, { subject, kind: 'reversal_shortfall', detail }, now);
  }
  return shortMinor;
}
