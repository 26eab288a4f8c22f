/** What it means that a provider calls money out completed: a payout, a withdrawal, a refund. */

/** How it was known to stand when its provider was asked, where it was over already. */
export type KnownAs = 'completed' | 'reversed';

interface Money {
  amountMinor: number;
  currency: string;
}

interface Out extends Money {
  status: string;
  reversedAt: number | null;
}

/**
 * Why a person has to look at it, or null. Of what has completed or come back since it was asked about, the answer says
 * nothing: it may be older than that.
 */
export function doubtAboutPaid(out: Out, paid: Money, knownAs?: KnownAs): 'paid_after_release' | 'amount_mismatch' | null {
  if (out.status === 'failed') return 'paid_after_release';
  const isBack = out.reversedAt !== null;
  if (isBack && knownAs === 'reversed') return 'paid_after_release';
  if (isBack || (out.status === 'completed' && knownAs !== 'completed')) return null;
  return isSameMoney(out, paid) ? null : 'amount_mismatch';
}

export function isSameMoney(one: Money, other: Money): boolean {
  return one.amountMinor === other.amountMinor && one.currency === other.currency;
}

/** As it is known before its provider is asked. */
export function knownAs({ reversedAt }: Pick<Out, 'reversedAt'>): KnownAs {
  return reversedAt === null ? 'completed' : 'reversed';
}
