import { describe, expect, test } from 'vitest';
import type { Account } from '../../../server/ledger/accounts.ts';
import * as postings from '../../../server/ledger/postings.ts';
import type { Posting } from '../../../server/ledger/postings.ts';
import { movement } from '../support/books.ts';
import { fc } from '../support/properties.ts';

const withoutFee = {
  payoutHeld: postings.payoutHeld,
  payoutSent: postings.payoutSent,
  payoutReleased: postings.payoutReleased,
  withdrawalHeld: postings.withdrawalHeld,
  withdrawalPaid: postings.withdrawalPaid,
  withdrawalReleased: postings.withdrawalReleased,
  refundPaid: postings.refundPaid,
  shortfallRecovered: postings.shortfallRecovered,
  withdrawalReversed: postings.withdrawalReversed,
  payoutReversed: postings.payoutReversed,
  payoutPaidLate: postings.payoutPaidLate,
  withdrawalPaidLate: postings.withdrawalPaidLate,
  refundPaidLate: postings.refundPaidLate,
  payoutAbsorbed: postings.payoutAbsorbed,
  withdrawalAbsorbed: postings.withdrawalAbsorbed,
  refundAbsorbed: postings.refundAbsorbed,
  absorbedReturned: postings.absorbedReturned,
  refundUndoneThere: (movement: postings.Movement) => postings.refundUndoneThere({ ...movement, walletMinor: movement.amountMinor }),
  collectRestored: (movement: postings.Movement) => postings.collectRestored({ ...movement, walletMinor: movement.amountMinor }),
};
const withFee = {
  collectSettled: postings.collectSettled,
  refundHeld: postings.refundHeld,
  refundReleased: postings.refundReleased,
  collectReversed: (movement: postings.MovementWithFee) => postings.collectReversed({ ...movement, shortMinor: 0 }),
  refundMadeThere: (movement: postings.MovementWithFee) => postings.refundMadeThere({ ...movement, shortMinor: 0 }),
};

const amountAndFee = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }).chain((amountMinor) => fc.record({ amountMinor: fc.constant(amountMinor), feeMinor: fc.integer({ min: 0, max: amountMinor }) }));
const mode = fc.constantFrom('live' as const, 'test' as const);

function moved({ entries }: Posting): Partial<Record<Account['kind'], number>> {
  return Object.fromEntries(entries.map(({ account, amountMinor }) => [account.kind, amountMinor]));
}

describe.each(Object.entries({ ...withoutFee, ...withFee }))('%s', (name, make) => {
  test('sums to zero in two or three entries, of the accounts of one provider, currency and mode', () => {
    fc.assert(
      fc.property(amountAndFee, mode, ({ amountMinor, feeMinor }, mode) => {
        const posting = make({ ...movement({ amountMinor, mode }), feeMinor });
        expect(posting).toMatchObject({ posting: name, source: 'payment:1', currency: 'UGX', eventAt: movement().eventAt });
        expect(posting.entries.reduce((sum, entry) => sum + BigInt(entry.amountMinor), 0n)).toBe(0n);
        expect([2, 3]).toContain(posting.entries.length);
        for (const { account, amountMinor } of posting.entries) {
          expect(amountMinor).not.toBe(0);
          expect(account).toMatchObject({ provider: 'iotec', currency: 'UGX', mode });
          expect(account.appId).toBe(account.kind === 'wallet' || account.kind === 'held' ? 1 : null);
        }
      }),
    );
  });

  test.each([0, -1, 1.5, NaN, Infinity, Number.MAX_SAFE_INTEGER + 1])('refuses to move %d', (amountMinor) => {
    expect(() => make({ ...movement({ amountMinor }), feeMinor: 0 })).toThrow('Not a posting: amount is');
  });

  test.each([
    [{ source: 'payment:' }, 'source'],
    [{ source: 'payment:0' }, 'source'],
    [{ source: 'dgw_abc' }, 'source'],
    [{ appId: 0 }, 'app id'],
    [{ currency: 'BTC' as 'UGX' }, 'currency'],
    [{ provider: '' }, 'provider'],
    [{ eventAt: NaN }, 'event time'],
  ])('refuses %j', (change, named) => {
    expect(() => make({ ...movement(change), feeMinor: 0 })).toThrow(`Not a posting: ${named}`);
  });
});

describe.each(Object.entries(withFee))('%s', (_, make) => {
  test.each([-1, 123_401, 0.5, NaN])('refuses a fee of %d on 123,400', (feeMinor) => {
    expect(() => make({ ...movement(), feeMinor })).toThrow('Not a posting: fee is');
  });
});

test('a settled payment is the wallet’s net amount and the platform’s fee, owed by the provider', () => {
  expect(moved(postings.collectSettled({ ...movement(), feeMinor: 9_872 }))).toEqual({ clearing: -123_400, wallet: 113_528, fees: 9_872 });
  expect(moved(postings.collectSettled({ ...movement(), feeMinor: 0 }))).toEqual({ clearing: -123_400, wallet: 123_400 });
  expect(moved(postings.collectSettled({ ...movement(), feeMinor: 123_400 }))).toEqual({ clearing: -123_400, fees: 123_400 });
});

test('a refund holds the net amount and the fee’s share, and what is held goes to the customer or back', () => {
  const refund = { ...movement({ source: 'refund:1' }), feeMinor: 9_872 };
  expect(moved(postings.refundHeld(refund))).toEqual({ wallet: -113_528, held: 123_400, fees: -9_872 });
  expect(moved(postings.refundPaid(refund))).toEqual({ held: -123_400, clearing: 123_400 });
  expect(moved(postings.refundReleased(refund))).toEqual({ held: -123_400, wallet: 113_528, fees: 9_872 });
});

test('a reversal is the settlement with every sign turned; what the wallet is short of, the platform bears', () => {
  const reversal = { ...movement(), feeMinor: 9_872 };
  expect(moved(postings.collectReversed({ ...reversal, shortMinor: 0 }))).toEqual({ clearing: 123_400, wallet: -113_528, fees: -9_872 });
  expect(moved(postings.collectReversed({ ...reversal, shortMinor: 13_528 }))).toEqual({ clearing: 123_400, wallet: -100_000, fees: -23_400 });
  expect(moved(postings.collectReversed({ ...reversal, shortMinor: 113_528 }))).toEqual({ clearing: 123_400, fees: -123_400 });
  expect(() => postings.collectReversed({ ...reversal, shortMinor: 113_529 })).toThrow('Not a posting: shortfall is 113529');
});

test('a payout moves from wallet to held, and on to the provider or back', () => {
  expect(moved(postings.payoutHeld(movement()))).toEqual({ wallet: -123_400, held: 123_400 });
  expect(moved(postings.payoutSent(movement()))).toEqual({ held: -123_400, clearing: 123_400 });
  expect(moved(postings.payoutReleased(movement()))).toEqual({ held: -123_400, wallet: 123_400 });
});

test('a test payout draws on the sandbox float, never on a wallet', () => {
  const test = movement({ mode: 'test' });
  expect(moved(postings.payoutHeld(test))).toEqual({ clearing: -123_400, held: 123_400 });
  expect(moved(postings.payoutSent(test))).toEqual({ held: -123_400, clearing: 123_400 });
  expect(moved(postings.payoutReleased(test))).toEqual({ held: -123_400, clearing: 123_400 });
});

test('a withdrawal moves as a payout does', () => {
  expect(moved(postings.withdrawalHeld(movement()))).toEqual({ wallet: -123_400, held: 123_400 });
  expect(moved(postings.withdrawalPaid(movement()))).toEqual({ held: -123_400, clearing: 123_400 });
  expect(moved(postings.withdrawalReleased(movement()))).toEqual({ held: -123_400, wallet: 123_400 });
});

describe('the fee given back with a refund', () => {
  const nothing = { amountMinor: 0, feeMinor: 0 };

  test('is the whole fee for the whole amount, and its share for a part, rounded half up', () => {
    const payment = { amountMinor: 123_400, feeMinor: 9_872 };
    expect(postings.refundedFeeMinor(payment, nothing, 123_400)).toBe(9_872);
    expect(postings.refundedFeeMinor(payment, nothing, 61_700)).toBe(4_936);
    expect(postings.refundedFeeMinor({ amountMinor: 1_000, feeMinor: 5 }, nothing, 100)).toBe(1);
    expect(postings.refundedFeeMinor({ amountMinor: 1_000, feeMinor: 5 }, nothing, 99)).toBe(0);
  });

  test('adds up to the whole fee, in parts of whatever size, each within its part', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 1_000_000_000 }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 0, max: 10_000 }),
        (parts, rate) => {
          const amountMinor = parts.reduce((sum, part) => sum + part);
          const payment = { amountMinor, feeMinor: Math.floor((amountMinor * rate) / 10_000) };
          const before = { ...nothing };
          for (const part of parts) {
            const fee = postings.refundedFeeMinor(payment, before, part);
            expect(fee >= 0 && fee <= part).toBe(true);
            before.amountMinor += part;
            before.feeMinor += fee;
          }
          expect(before).toEqual(payment);
        },
      ),
    );
  });

  test('is refused when more would be returned than was paid', () => {
    expect(() => postings.refundedFeeMinor({ amountMinor: 100, feeMinor: 8 }, { amountMinor: 60, feeMinor: 5 }, 41)).toThrow('no more than a payment');
  });
});
