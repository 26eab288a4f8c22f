/**
 * Money is an integer number of minor units (hundredths) in every currency, UGX and RWF included:
 * fees are computed in hundredths everywhere (8 % of UGX 1,234 is UGX 98.72). JSON at the edge speaks
 * major units. What is collected or paid out in UGX and RWF is whole units, because no wallet holds less.
 * The exponent a provider wants on the wire belongs to that provider, never here.
 */

export const CURRENCIES = ['UGX', 'KES', 'TZS', 'RWF', 'USD', 'EUR', 'GBP'] as const;
export type Currency = (typeof CURRENCIES)[number];

/** Minor units in one major unit, for every currency Malipo keeps. */
export const MINOR_PER_MAJOR = 100;

/** Currencies whose collected and paid-out amounts are whole: their smallest coin is one unit. */
const WHOLE_ONLY: ReadonlySet<Currency> = new Set<Currency>(['UGX', 'RWF']);

/** The most one payment may move: 100 thousand million major units, far below 2^53 minor units. */
export const MAX_AMOUNT_MINOR = 10_000_000_000_000;

export function isCurrency(value: unknown): value is Currency {
  return CURRENCIES.includes(value as Currency);
}

export function takesWholeUnitsOnly(currency: Currency): boolean {
  return WHOLE_ONLY.has(currency);
}

/**
 * Converts an amount in major units, as JSON carries it, to minor units.
 * Null when it is not positive, too large, or finer than the currency allows; never rounds.
 */
export function toMinor(major: number, currency: Currency): number | null {
  if (!Number.isFinite(major) || major <= 0) return null;
  // 19.99 * 100 is 1998.9999999999998 in binary: round, then accept only when nothing was lost.
  const minor = Math.round(major * MINOR_PER_MAJOR);
  if (minor / MINOR_PER_MAJOR !== major) return null;
  if (minor > MAX_AMOUNT_MINOR) return null;
  if (WHOLE_ONLY.has(currency) && minor % MINOR_PER_MAJOR !== 0) return null;
  return minor;
}

/** Minor units to major units for JSON: 5000000 → 50000, 9872 → 98.72. */
export function toMajor(minor: number): number {
  return minor / MINOR_PER_MAJOR;
}

/**
 * The fee on an amount: round-half-up(amount × rate). The rate is in hundredths of a percent
 * (800 is 8 %), so the product is exact in integers; net is amount − fee, never rounded again.
 */
export function feeMinor(amountMinor: number, rateBasisPoints: number): number {
  const exact = BigInt(amountMinor) * BigInt(rateBasisPoints);
  return Number((exact + 5_000n) / 10_000n);
}
