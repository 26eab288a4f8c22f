import { describe, expect, test } from 'vitest';
import { CURRENCIES, feeMinor, isCurrency, MAX_AMOUNT_MINOR, takesWholeUnitsOnly, toMajor, toMinor } from '../../../server/core/money.ts';
import { fc } from '../support/properties.ts';

const currency = fc.constantFrom(...CURRENCIES);
const amountMinor = fc.integer({ min: 1, max: MAX_AMOUNT_MINOR });
const basisPoints = fc.integer({ min: 0, max: 10_000 });

describe('an amount from JSON', () => {
  test.each([
    [50_000, 'UGX', 5_000_000],
    [1, 'RWF', 100],
    [19.99, 'USD', 1_999],
    [5.1, 'KES', 510],
    [0.01, 'EUR', 1],
    [1.15, 'GBP', 115],
    [8.03, 'TZS', 803],
    [100_000_000_000, 'TZS', MAX_AMOUNT_MINOR],
  ] as const)('%d %s is %d minor units', (major, currency, minor) => {
    expect(toMinor(major, currency)).toBe(minor);
  });

  test.each([
    ['nothing', 0, 'USD'],
    ['minus nothing', -0, 'USD'],
    ['a negative amount', -5, 'USD'],
    ['not a number', NaN, 'USD'],
    ['infinity', Infinity, 'USD'],
    ['a sum that binary got wrong (0.1 + 0.2)', 0.1 + 0.2, 'USD'],
    ['a third decimal', 1.005, 'USD'],
    ['less than the smallest coin', 0.001, 'USD'],
    ['half a shilling of Uganda', 1_234.5, 'UGX'],
    ['a hundredth of a franc of Rwanda', 0.01, 'RWF'],
    ['more than one payment may move', 100_000_000_000.01, 'USD'],
    ['1e21', 1e21, 'UGX'],
    ['the largest number there is', Number.MAX_VALUE, 'TZS'],
    ['the smallest number there is', Number.MIN_VALUE, 'TZS'],
  ] as const)('%s is refused, not rounded', (_, major, currency) => {
    expect(toMinor(major, currency)).toBeNull();
  });

  test('comes back exactly, through JSON, whatever it was', () => {
    fc.assert(
      fc.property(amountMinor, currency, (minor, currency) => {
        const whole = takesWholeUnitsOnly(currency) ? Math.max(100, minor - (minor % 100)) : minor;
        const overTheWire = JSON.parse(JSON.stringify(toMajor(whole))) as number;
        expect(toMinor(overTheWire, currency)).toBe(whole);
      }),
    );
  });

  test('is read as what its decimal digits say, or refused', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99_999_999_999 }), fc.integer({ min: 0, max: 99 }), (whole, cents) => {
        const written = `${whole}.${String(cents).padStart(2, '0')}`;
        expect(toMinor(Number(written), 'USD')).toBe(whole + cents === 0 ? null : whole * 100 + cents);
      }),
    );
  });

  test('is never finer than the currency, and never out of range', () => {
    fc.assert(
      fc.property(fc.double(), currency, (major, currency) => {
        const minor = toMinor(major, currency);
        if (minor === null) return;
        expect(Number.isSafeInteger(minor) && minor > 0 && minor <= MAX_AMOUNT_MINOR).toBe(true);
        expect(toMajor(minor)).toBe(major);
        if (takesWholeUnitsOnly(currency)) expect(minor % 100).toBe(0);
      }),
      { numRuns: 1_000 },
    );
  });
});

test('an amount in JSON has at most two decimals and no exponent', () => {
  fc.assert(
    fc.property(amountMinor, (minor) => {
      expect(JSON.stringify(toMajor(minor))).toMatch(/^\d+(\.\d{1,2})?$/);
    }),
  );
});

describe('a fee', () => {
  test.each([
    [123_400, 800, 9_872, '8 % of UGX 1,234 is UGX 98.72'],
    [5_000_000, 800, 400_000, "the seed's own example: 8 % of 50,000 is 4,000"],
    [1_999, 1_000, 200, '10 % of 19.99 is 2.00'],
    [50, 100, 1, 'half a cent is rounded up'],
    [49, 100, 0, 'less than half a cent is rounded down'],
    [150, 100, 2, 'one and a half cents too are rounded up, not to even'],
    [250, 100, 3, 'and so are two and a half'],
    [100, 0, 0, 'no rate, no fee'],
    [100, 10_000, 100, 'a rate of 100 % is the whole amount'],
    [MAX_AMOUNT_MINOR, 9_999, 9_999_000_000_000, 'the largest amount loses nothing'],
  ])('on %d at %d hundredths of a percent is %d: %s', (amount, rate, fee) => {
    expect(feeMinor(amount, rate)).toBe(fee);
  });

  test('is the exact product rounded half up once, so that net and fee are the amount', () => {
    fc.assert(
      fc.property(amountMinor, basisPoints, (amount, rate) => {
        const fee = feeMinor(amount, rate);
        const error = BigInt(fee) * 10_000n - BigInt(amount) * BigInt(rate);
        expect(error > -5_000n && error <= 5_000n).toBe(true);
        expect(fee >= 0 && fee <= amount).toBe(true);
        expect(fee + (amount - fee)).toBe(amount);
      }),
    );
  });
});

test('currencies are known by their exact code', () => {
  expect(['UGX', 'KES', 'TZS', 'RWF', 'USD', 'EUR', 'GBP'].every(isCurrency)).toBe(true);
  expect(['ugx', 'UGX ', '', 'BTC', null, undefined, 7, 'toString'].some(isCurrency)).toBe(false);
  expect(CURRENCIES.filter(takesWholeUnitsOnly)).toEqual(['UGX', 'RWF']);
});
