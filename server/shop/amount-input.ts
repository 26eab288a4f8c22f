import { ApiError } from '../core/errors.ts';
import { type Currency, MAX_AMOUNT_MINOR, MINOR_PER_MAJOR, takesWholeUnitsOnly, toMajor, toMinor } from '../core/money.ts';

/** An amount in major units, as a person or JSON gives it, in minor units; VALIDATION_ERROR says what is wrong with it. */
export function amountMinorOf(field: string, major: number, currency: Currency): number {
  const minor = toMinor(major, currency);
  if (minor !== null) return minor;
  throw new ApiError('VALIDATION_ERROR', `${field} must be ${problem(major, currency)}`);
}

function problem(major: number, currency: Currency): string {
  if (!Number.isFinite(major)) return 'a number';
  if (major <= 0) return 'more than 0';
  if (major > toMajor(MAX_AMOUNT_MINOR)) return `at most ${inWords(MAX_AMOUNT_MINOR, currency)}`;
  return takesWholeUnitsOnly(currency) ? `a whole number of ${currency}` : 'given with at most two decimals';
}

/** "UGX 25,000" or "KES 10.50", for messages. */
export function inWords(minor: number, currency: Currency): string {
  const minimumFractionDigits = minor % MINOR_PER_MAJOR === 0 ? 0 : 2;
  return `${currency} ${toMajor(minor).toLocaleString('en-US', { minimumFractionDigits })}`;
}
