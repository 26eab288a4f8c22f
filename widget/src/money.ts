import { type Currency, toMajor, toMinor } from '../../server/core/money.ts';

/**
 * An amount in major units as the buyer reads it: `UGX 50,000`, `USD 9.50`.
 * Always with the ISO code: the symbols of the region (USh, TSh, KSh) are not known across its borders.
 */
export function formatMoney(amount: number, currency: Currency, locales: readonly string[]): string {
  return new Intl.NumberFormat(locales, {
    style: 'currency',
    currency,
    currencyDisplay: 'code',
    // Whole amounts carry no `.00`, in any currency.
    minimumFractionDigits: Number.isInteger(amount) ? 0 : 2,
    maximumFractionDigits: 2,
  }).format(amount);
}

/**
 * Reads an amount as people type it (`50 000`, `50,000`, `12.50`) into major units.
 * Null for anything else, and for parts of a unit where the currency has none.
 */
export function parseAmount(typed: string, currency: Currency): number | null {
  const tidy = typed.replace(/[\s,_]/g, '');
  if (!/^\d+(\.\d{1,2})?$/.test(tidy)) return null;
  const minor = toMinor(Number(tidy), currency);
  return minor === null ? null : toMajor(minor);
}
