/**
 * Mobile number plans of the four countries, as data.
 *
 * Source: google/libphonenumber metadata 9.0.35 (2026-07-17, Apache-2.0),
 * `resources/carrier/en/{256,254,255,250}.txt` and `resources/metadata/*\/ranges.csv`; the fixed ranges of
 * Uganda (031, 039, 020) from DGateway's own table. National numbers have nine digits, the trunk prefix is 0.
 *
 * Numbers are portable (Kenya and Tanzania for certain), so a prefix is a guess for the buyer to correct
 * and never a reason to refuse a number.
 */
import type { Currency } from './money.ts';

export type Country = 'UG' | 'KE' | 'TZ' | 'RW';

export type NetworkId = 'mtn' | 'airtel' | 'safaricom' | 'telkom' | 'vodacom' | 'yas' | 'halotel' | 'ttcl';

export interface Network {
  id: NetworkId;
  /** The wallet's name as its users say it. */
  name: string;
}

export interface NumberPlan {
  callingCode: string;
  currency: Currency;
  /** Networks whose wallet can be asked for money, the largest first. */
  networks: readonly Network[];
  /** Network by the first digits of the national number; the longest match wins, '' means no wallet. */
  prefixes: Readonly<Record<string, NetworkId | ''>>;
}

/** Spreads `{mtn: '76 77 78'}` into one entry a prefix: the tables below stay readable. */
function byPrefix(ranges: Partial<Record<NetworkId | 'none', string>>): Record<string, NetworkId | ''> {
  const table: Record<string, NetworkId | ''> = {};
  for (const [network, prefixes] of Object.entries(ranges)) {
    for (const prefix of prefixes.split(' ')) table[prefix] = network === 'none' ? '' : (network as NetworkId);
  }
  return table;
}

export const NUMBER_PLANS: Readonly<Record<Country, NumberPlan>> = {
  UG: {
    callingCode: '256',
    currency: 'UGX',
    networks: [
      { id: 'mtn', name: 'MTN MoMo' },
      { id: 'airtel', name: 'Airtel Money' },
    ],
    prefixes: byPrefix({
      mtn: '76 77 78 790 791 792 793 794 724 737 31 39',
      airtel: '70 74 75 730 731 795 20',
      none: '7240',
    }),
  },
  KE: {
    callingCode: '254',
    currency: 'KES',
    networks: [
      { id: 'safaricom', name: 'M-Pesa' },
      { id: 'airtel', name: 'Airtel Money' },
      { id: 'telkom', name: 'T-Kash' },
    ],
    prefixes: byPrefix({
      safaricom: '70 71 72 79 74 757 758 759 768 769 11 140 141 142 143 144 145 18',
      airtel: '73 78 750 751 752 753 754 755 756 761 762 100 101 102 103 104 105 106 107 108',
      telkom: '77 120',
      none: '744 747',
    }),
  },
  TZ: {
    callingCode: '255',
    currency: 'TZS',
    networks: [
      { id: 'vodacom', name: 'M-Pesa' },
      { id: 'yas', name: 'Mixx by Yas' },
      { id: 'airtel', name: 'Airtel Money' },
      { id: 'halotel', name: 'Halopesa' },
      { id: 'ttcl', name: 'T-Pesa' },
    ],
    prefixes: byPrefix({
      vodacom: '72 74 75 76 79',
      yas: '65 67 70 71 77',
      airtel: '66 68 69 78',
      halotel: '61 62 63',
      ttcl: '73',
    }),
  },
  RW: {
    callingCode: '250',
    currency: 'RWF',
    networks: [
      { id: 'mtn', name: 'MTN MoMo' },
      { id: 'airtel', name: 'Airtel Money' },
    ],
    prefixes: byPrefix({ mtn: '78 79', airtel: '72 73' }),
  },
};

export const COUNTRIES = Object.keys(NUMBER_PLANS) as Country[];

/** The country whose mobile money speaks this currency, or null for card currencies. */
export function countryOfCurrency(currency: Currency): Country | null {
  return COUNTRIES.find((country) => NUMBER_PLANS[country].currency === currency) ?? null;
}

/** The wallet's name in the country of this currency, as its users say it. */
export function networkName(network: NetworkId, currency: Currency): string {
  const country = countryOfCurrency(currency);
  return (country && NUMBER_PLANS[country].networks.find(({ id }) => id === network)?.name) ?? network;
}

/** The longest prefix in any plan above. */
const LONGEST_PREFIX = 4;

/** The network a national number (nine digits, or the first few of them) probably belongs to. */
export function guessNetwork(country: Country, nationalNumber: string): NetworkId | null {
  const { prefixes } = NUMBER_PLANS[country];
  for (let length = LONGEST_PREFIX; length > 0; length--) {
    const network = prefixes[nationalNumber.slice(0, length)];
    if (network !== undefined) return network || null;
  }
  return null;
}
