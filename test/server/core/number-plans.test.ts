import { describe, expect, test } from 'vitest';
import { CURRENCIES } from '../../../server/core/money.ts';
import { COUNTRIES, type Country, countryOfCurrency, guessNetwork, type NetworkId, NUMBER_PLANS } from '../../../server/core/number-plans.ts';

/**
 * The tables of libphonenumber 9.0.35 again, as its files group them, so that a slip in the data shows.
 * A range `790-794` means each of its prefixes; '' are operators without a wallet we can ask.
 */
const PLANS: Record<Country, [NetworkId | '', string][]> = {
  UG: [
    ['mtn', '76 77 78 790-794 724 737 31 39'],
    ['airtel', '70 74 75 730-731 795 20'],
    ['', '71 720 721 7210 726-727 736 7240 7280 798-799 111'],
  ],
  KE: [
    ['safaricom', '70 71 72 79 740-743 745-746 748-749 757-759 768-769 110-119 140-145 180-189'],
    ['airtel', '73 78 750-756 761-762 100-108'],
    ['telkom', '77 120'],
    ['', '744 747 760 763-767 109 121 124 130'],
  ],
  TZ: [
    ['vodacom', '72 74 75 76 79'],
    ['yas', '65 67 70 71 77'],
    ['airtel', '66 68 69 78'],
    ['halotel', '61 62 63'],
    ['ttcl', '73'],
    ['', '60 64 22'],
  ],
  RW: [
    ['mtn', '78 79'],
    ['airtel', '72 73'],
    ['', '70 71 74 75 76 77 25'],
  ],
};

function prefixesOf(ranges: string): string[] {
  return ranges.split(' ').flatMap((range) => {
    const [from, to = from] = range.split('-');
    return Array.from({ length: Number(to) - Number(from) + 1 }, (_, step) => String(Number(from) + step));
  });
}

const rows = COUNTRIES.flatMap((country) =>
  PLANS[country].flatMap(([network, ranges]) => prefixesOf(ranges).map((prefix) => [country, prefix, network || null] as const)),
);

// The digits after a prefix are those that no longer prefix of the tables begins with.
test.each(rows)('%s: a number beginning with %s is probably %s', (country, prefix, network) => {
  expect(guessNetwork(country, prefix.padEnd(9, '9'))).toBe(network);
});

test.each([
  ['0771234567', 'mtn'],
  ['0781234567', 'mtn'],
  ['0761234567', 'mtn'],
  ['0311234567', 'mtn'],
  ['0701234567', 'airtel'],
  ['0751234567', 'airtel'],
  ['0741234567', 'airtel'],
  ['0201234567', 'airtel'],
])("Uganda's %s is %s, as the DGateway reference has it", (local, network) => {
  expect(guessNetwork('UG', local.slice(1))).toBe(network);
});

describe('the longest prefix wins', () => {
  test.each([
    ['UG', '724100000', 'mtn'],
    ['UG', '724000000', null],
    ['KE', '743000000', 'safaricom'],
    ['KE', '744000000', null],
    ['KE', '757000000', 'safaricom'],
    ['KE', '756000000', 'airtel'],
  ] as const)('%s %s is %s', (country, national, network) => {
    expect(guessNetwork(country, national)).toBe(network);
  });
});

test('the guess is made from the first digits already, and not from none', () => {
  expect(guessNetwork('UG', '77')).toBe('mtn');
  expect(guessNetwork('UG', '7')).toBeNull();
  expect(guessNetwork('UG', '')).toBeNull();
});

test.each(COUNTRIES)('every network that %s may guess can be chosen there, and the other way round', (country) => {
  const { networks, prefixes } = NUMBER_PLANS[country];
  const guessable = new Set(Object.values(prefixes).filter((network) => network !== ''));
  expect([...guessable].sort()).toEqual(networks.map(({ id }) => id).sort());
});

test('each mobile money currency belongs to one country, and cards to none', () => {
  expect(CURRENCIES.map(countryOfCurrency)).toEqual(['UG', 'KE', 'TZ', 'RW', null, null, null]);
});
