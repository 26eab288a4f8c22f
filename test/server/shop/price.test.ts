import { describe, expect, it } from 'vitest';
import { CURRENCIES, MAX_AMOUNT_MINOR, toMajor } from '../../../server/core/money.ts';
import { feeBasisPointsOf, priceOf } from '../../../server/shop/price.ts';
import { fc } from '../support/properties.ts';

const FIXED = { currency: 'UGX', amountMinor: 2_500_000, minAmountMinor: null, maxAmountMinor: null } as const;
const CHOSEN = { currency: 'KES', amountMinor: null, minAmountMinor: 10_000, maxAmountMinor: 500_000 } as const;

function refusal(buy: () => number): string {
  try {
    return `sold for ${buy()}`;
  } catch (error) {
    expect(error).toMatchObject({ code: 'VALIDATION_ERROR', status: 400 });
    return (error as Error).message;
  }
}

describe('the price', () => {
  it('of a fixed item is its own times the quantity, whatever the browser says', () => {
    expect(priceOf(FIXED)).toBe(2_500_000);
    expect(priceOf(FIXED, { quantity: 3 })).toBe(7_500_000);
    expect(priceOf(FIXED, { quantity: 3, amount: 75_000 })).toBe(7_500_000);
    expect(refusal(() => priceOf(FIXED, { amount: 1 }))).toBe('amount must be the price, UGX 25,000');
    expect(refusal(() => priceOf(FIXED, { amount: 25_000, quantity: 2 }))).toBe('amount must be the price, UGX 50,000');
  });

  it('is the buyer’s choice within the limits, both included', () => {
    expect(priceOf(CHOSEN, { amount: 100 })).toBe(10_000);
    expect(priceOf(CHOSEN, { amount: 5_000 })).toBe(500_000);
    expect(priceOf(CHOSEN, { amount: 123.45 })).toBe(12_345);
    expect(refusal(() => priceOf(CHOSEN, { amount: 99.99 }))).toBe('amount must be at least KES 100');
    expect(refusal(() => priceOf(CHOSEN, { amount: 5_000.01 }))).toBe('amount must be at most KES 5,000');
    expect(refusal(() => priceOf(CHOSEN))).toContain('amount is required');
    expect(refusal(() => priceOf(CHOSEN, { amount: 100, quantity: 2 }))).toContain('quantity must be 1');
  });

  it.each([0, -1, 1.5, 1_000, Number.NaN, Number.POSITIVE_INFINITY])('refuses a quantity of %d', (quantity) => {
    expect(refusal(() => priceOf(FIXED, { quantity }))).toBe('quantity must be a whole number from 1 to 999');
  });

  it('never exceeds what one payment may move', () => {
    const dear = { ...FIXED, amountMinor: MAX_AMOUNT_MINOR };
    expect(priceOf(dear)).toBe(MAX_AMOUNT_MINOR);
    expect(refusal(() => priceOf(dear, { quantity: 2 }))).toContain('quantity is too large');
  });

  it('is a whole number of minor units, or refused, for any amount a browser may send', () => {
    fc.assert(
      fc.property(fc.double(), fc.constantFrom(...CURRENCIES), (amount, currency) => {
        const item = { currency, amountMinor: null, minAmountMinor: null, maxAmountMinor: null };
        const answer = refusal(() => priceOf(item, { amount }));
        const sold = /^sold for (\d+)$/.exec(answer);
        if (sold) expect(toMajor(Number(sold[1]))).toBe(amount);
        else expect(answer).toMatch(/^amount must be /);
      }),
    );
  });
});

describe("the platform's fee on a sale", () => {
  it('is ten percent of products and links, and twelve of courses', () => {
    expect(feeBasisPointsOf({ kind: 'product', productType: 'digital' })).toBe(1_000);
    expect(feeBasisPointsOf({ kind: 'product', productType: 'physical' })).toBe(1_000);
    expect(feeBasisPointsOf({ kind: 'link', productType: 'digital' })).toBe(1_000);
    expect(feeBasisPointsOf({ kind: 'product', productType: 'course' })).toBe(1_200);
  });
});
