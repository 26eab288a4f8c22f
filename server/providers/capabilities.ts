/**
 * What each provider can do, as data: it drives validation, routing, what an item can be paid with, and what the
 * documentation says. Whether a provider is configured here is another matter (routing.ts).
 */
import { MINUTE_MS } from '../core/clock.ts';
import { type Currency, MINOR_PER_MAJOR } from '../core/money.ts';
import { countryOfCurrency, type NetworkId, NUMBER_PLANS } from '../core/number-plans.ts';
import type { Method } from './provider.ts';

/** What one payment may be, in major units; absent where the provider documents none. */
export interface Limit {
  least?: number;
  most?: number;
  /** Takes no parts of a unit, although the currency has them. */
  whole?: true;
}

export interface Capabilities {
  mobileMoney: readonly Currency[];
  card: readonly Currency[];
  /** Whether it pays out to phones. */
  disburses: boolean;
  /** How money of a completed payment goes back: by the provider, by a payout to the same phone, or not by us. */
  refunds: 'itself' | 'by_payout' | 'by_hand';
  /** Whether a test key may name it; the sandbox then answers in its place, unless its own credentials are for tests. */
  testable: boolean;
  /** Networks of its countries whose wallets it does not reach. */
  lacks?: readonly NetworkId[];
  limits?: Partial<Record<Method, Partial<Record<Currency, Limit>>>>;
  /** How often one number may be asked to approve, before the provider refuses to ask it. */
  prompts?: { most: number; withinMs: number };
  /** How many calls of every kind it takes in a minute, where it documents that. */
  callsPerMinute?: number;
  /** Of which movements it has a list of its own; the others are compared one by one. */
  lists: readonly ('collect' | 'disburse' | 'refund')[];
}

/**
 * Sources: the provider table of the DGateway reference. ioTec: its OpenAPI document (500 at least). Relworx: its limits
 * of 2026, and that a number is asked five times in ten minutes at most. DGateway stands on these two, so its networks
 * are theirs; of limits it documents its calls alone. Dukuzi: its reference (Tanzania, four wallets, 100 at least).
 *
 * Stripe (docs.stripe.com/currencies, "Minimum and maximum charge amounts", and `amount` in its API reference, November
 * 2026): eight digits at most of the unit that it counts in, whatever that is worth, so less than a million where it counts
 * hundredths (stripe/amounts.ts). It names a minimum for USD, EUR and GBP. For KES, UGX and RWF it is the minimum of the
 * currency that the account is paid out in, at Stripe's rate of the day: nobody here can know it, and Stripe refuses what
 * is too little in words that say so.
 */
export const PROVIDERS = {
  iotec: {
    mobileMoney: ['UGX'],
    card: [],
    disburses: true,
    refunds: 'by_payout',
    testable: true,
    limits: { mobile_money: { UGX: { least: 500 } } },
    lists: ['disburse'],
  },
  relworx: {
    mobileMoney: ['UGX', 'KES', 'TZS', 'RWF'],
    card: ['UGX'],
    disburses: true,
    refunds: 'by_payout',
    testable: false,
    lacks: ['telkom', 'ttcl'],
    limits: {
      mobile_money: { UGX: { least: 500, most: 5_000_000 }, KES: { least: 10, most: 70_000 }, TZS: { least: 500, most: 5_000_000 }, RWF: { least: 100, most: 5_000_000 } },
      card: { UGX: { least: 2_000, most: 5_000_000 } },
    },
    prompts: { most: 5, withinMs: 10 * MINUTE_MS },
    lists: ['collect', 'disburse'],
  },
  stripe: {
    mobileMoney: [],
    card: ['USD', 'EUR', 'GBP', 'KES', 'UGX', 'RWF'],
    disburses: false,
    refunds: 'itself',
    testable: true,
    limits: {
      card: {
        USD: { least: 0.5, most: 999_999.99 },
        EUR: { least: 0.5, most: 999_999.99 },
        GBP: { least: 0.3, most: 999_999.99 },
        KES: { most: 999_999.99 },
        UGX: { most: 999_999 },
        RWF: { most: 99_999_999 },
      },
    },
    lists: ['collect', 'refund'],
  },
  dgateway: {
    mobileMoney: ['UGX', 'KES', 'TZS', 'RWF'],
    card: [],
    disburses: true,
    refunds: 'by_payout',
    testable: false,
    lacks: ['telkom', 'ttcl'],
    callsPerMinute: 100,
    lists: ['collect', 'disburse'],
  },
  dukuzi: {
    mobileMoney: ['TZS'],
    card: [],
    disburses: false,
    refunds: 'by_hand',
    testable: false,
    lacks: ['ttcl'],
    limits: { mobile_money: { TZS: { least: 100, whole: true } } },
    lists: [],
  },
  sandbox: { mobileMoney: ['UGX', 'KES', 'TZS', 'RWF'], card: [], disburses: true, refunds: 'by_payout', testable: true, lists: [] },
} as const satisfies Record<string, Capabilities>;

export type ProviderSlug = keyof typeof PROVIDERS;

export const PROVIDER_SLUGS = Object.keys(PROVIDERS) as ProviderSlug[];

export function isProviderSlug(slug: string): slug is ProviderSlug {
  return Object.hasOwn(PROVIDERS, slug);
}

export function capabilitiesOf(slug: ProviderSlug): Capabilities {
  return PROVIDERS[slug];
}

/** Whether a provider takes a currency by this method. */
export function takes(slug: ProviderSlug, currency: Currency, method: Method): boolean {
  const { mobileMoney, card } = capabilitiesOf(slug);
  return (method === 'card' ? card : mobileMoney).includes(currency);
}

/** What it takes, by whatever method. */
export function currenciesOf(slug: ProviderSlug): Currency[] {
  const { mobileMoney, card } = capabilitiesOf(slug);
  return [...new Set([...mobileMoney, ...card])];
}

/** The networks whose wallets a provider reaches, the largest of each currency first. */
export function networksOf(slug: ProviderSlug): { network: NetworkId; currency: Currency }[] {
  const { mobileMoney, lacks = [] } = capabilitiesOf(slug);
  return mobileMoney.flatMap((currency) =>
    NUMBER_PLANS[countryOfCurrency(currency)!].networks
      .filter(({ id }) => !lacks.includes(id))
      .map(({ id }) => ({ network: id, currency })),
  );
}

/**
 * What one payment may be in minor units: from zero, without end, and any number of them, where the provider documents
 * nothing else.
 */
export function limitsMinor(slug: ProviderSlug, currency: Currency, method: Method): { leastMinor: number; mostMinor: number; stepMinor: number } {
  const { least = 0, most = Infinity, whole = false } = capabilitiesOf(slug).limits?.[method]?.[currency] ?? {};
  return { leastMinor: Math.round(least * MINOR_PER_MAJOR), mostMinor: Math.round(most * MINOR_PER_MAJOR), stepMinor: whole ? MINOR_PER_MAJOR : 1 };
}
