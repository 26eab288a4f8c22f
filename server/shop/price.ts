/** What a purchase costs: the server's word, never the browser's. */
import { ApiError } from '../core/errors.ts';
import { type Currency, MAX_AMOUNT_MINOR } from '../core/money.ts';
import { amountMinorOf, inWords } from './amount-input.ts';
import type { Item } from './items.ts';

export const QUANTITY_MAX = 999;

const FEE_BASIS_POINTS = 1_000;
const COURSE_FEE_BASIS_POINTS = 1_200;

type Priced = Pick<Item, 'currency' | 'amountMinor' | 'minAmountMinor' | 'maxAmountMinor'>;

/**
 * The amount to collect, in minor units. `amount` is in major units: required where the buyer chooses, and
 * on a fixed item refused unless it says the price. Throws VALIDATION_ERROR.
 */
export function priceOf(item: Priced, { amount, quantity = 1 }: { amount?: number | undefined; quantity?: number | undefined } = {}): number {
  if (!Number.isInteger(quantity) || quantity < 1 || quantity > QUANTITY_MAX) refuse(`quantity must be a whole number from 1 to ${QUANTITY_MAX}`);
  return item.amountMinor === null ? chosenAmount(item, amount, quantity) : fixedAmount(item.amountMinor, item.currency, amount, quantity);
}

/** The platform's fee on a sale through the shop, in hundredths of a percent: 10 %, courses 12 % (the seed's table). */
export function feeBasisPointsOf(item: Pick<Item, 'kind' | 'productType'>): number {
  return item.kind === 'product' && item.productType === 'course' ? COURSE_FEE_BASIS_POINTS : FEE_BASIS_POINTS;
}

function fixedAmount(unitMinor: number, currency: Currency, amount: number | undefined, quantity: number): number {
  const totalMinor = unitMinor * quantity;
  if (totalMinor > MAX_AMOUNT_MINOR) refuse(`quantity is too large: at most ${inWords(MAX_AMOUNT_MINOR, currency)} can be paid at once`);
  if (amount !== undefined && amountMinorOf('amount', amount, currency) !== totalMinor) {
    refuse(`amount must be the price, ${inWords(totalMinor, currency)}`);
  }
  return totalMinor;
}

function chosenAmount(item: Priced, amount: number | undefined, quantity: number): number {
  if (quantity !== 1) refuse('quantity must be 1 where the buyer chooses the amount');
  if (amount === undefined) refuse('amount is required: the buyer chooses it');
  return withinLimits('amount', amountMinorOf('amount', amount, item.currency), item);
}

/** The same amount, or VALIDATION_ERROR when it is outside what the item takes. */
export function withinLimits(field: string, minor: number, { currency, minAmountMinor: least, maxAmountMinor: most }: Priced): number {
  if (least !== null && minor < least) refuse(`${field} must be at least ${inWords(least, currency)}`);
  if (most !== null && minor > most) refuse(`${field} must be at most ${inWords(most, currency)}`);
  return minor;
}

function refuse(message: string): never {
  throw new ApiError('VALIDATION_ERROR', message);
}
