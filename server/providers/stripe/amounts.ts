/**
 * Stripe's amounts are integers in a unit that depends on the currency. Source: docs.stripe.com/currencies, "Zero-decimal
 * currencies" and "Special cases" (read November 2026): RWF has no decimals; UGX has none either, but is still charged as
 * if it had two, and these must be 00; the others here have two.
 */
import { type Currency, isCurrency, MINOR_PER_MAJOR } from '../../core/money.ts';

/** How many of Stripe's units make one major unit. */
const UNITS_PER_MAJOR = { UGX: 100, KES: 100, TZS: 100, RWF: 1, USD: 100, EUR: 100, GBP: 100 } as const satisfies Record<Currency, number>;

/** Exact: what is collected in RWF is whole, and so is what is collected in UGX, whose last two digits are then 00. */
export function toStripe(amountMinor: number, currency: Currency): number {
  return (amountMinor * UNITS_PER_MAJOR[currency]) / MINOR_PER_MAJOR;
}

/** Minor units of an amount as Stripe says it, with its currency as we write it; of a currency we do not keep, as it stands. */
export function fromStripe(amount: number, stripeCurrency: string): { amountMinor: number; currency: string } {
  const currency = stripeCurrency.toUpperCase();
  const unitsPerMajor = isCurrency(currency) ? UNITS_PER_MAJOR[currency] : MINOR_PER_MAJOR;
  return { amountMinor: (amount * MINOR_PER_MAJOR) / unitsPerMajor, currency };
}
