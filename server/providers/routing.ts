/** Which provider takes which payment: declared facts about providers, and the choice among them. */
import { ApiError } from '../core/errors.ts';
import type { Currency } from '../core/money.ts';
import { countryOfCurrency, type NetworkId, NUMBER_PLANS } from '../core/number-plans.ts';
import type { Mode } from '../core/mode.ts';
import type { Direction, Method, Provider } from './provider.ts';

interface ProviderFacts {
  mobileMoney: readonly Currency[];
  card: readonly Currency[];
  /** Whether it pays out to phones. */
  disburses: boolean;
  /** Whether a test key may name it; the sandbox then answers in its place. */
  testable: boolean;
  /** Networks of its countries whose wallets it does not reach. */
  lacks?: readonly NetworkId[];
}

/**
 * Source: the provider table of the DGateway reference; Dukuzi is Tanzania only. Networks: Relworx's own limits (2026),
 * which hold for DGateway too, because it stands on Relworx; Dukuzi's reference names four wallets.
 */
export const PROVIDERS = {
  iotec: { mobileMoney: ['UGX'], card: [], disburses: true, testable: true },
  relworx: { mobileMoney: ['UGX', 'KES', 'TZS', 'RWF'], card: [], disburses: true, testable: false, lacks: ['telkom', 'ttcl'] },
  stripe: { mobileMoney: [], card: ['USD', 'EUR', 'GBP', 'KES', 'UGX'], disburses: false, testable: true },
  dgateway: { mobileMoney: ['UGX', 'KES', 'TZS', 'RWF'], card: [], disburses: true, testable: false, lacks: ['telkom', 'ttcl'] },
  dukuzi: { mobileMoney: ['TZS'], card: [], disburses: false, testable: false, lacks: ['ttcl'] },
  sandbox: { mobileMoney: ['UGX', 'KES', 'TZS', 'RWF'], card: [], disburses: true, testable: true },
} as const satisfies Record<string, ProviderFacts>;

export type ProviderSlug = keyof typeof PROVIDERS;

export const PROVIDER_SLUGS = Object.keys(PROVIDERS) as ProviderSlug[];

/** Who is tried for a currency's mobile money when nobody is named; the first is named in errors when none is configured. */
const MOBILE_MONEY_ROUTES: Partial<Record<Currency, readonly ProviderSlug[]>> = {
  UGX: ['iotec', 'relworx', 'dgateway'],
  KES: ['relworx', 'dgateway'],
  TZS: ['relworx', 'dukuzi', 'dgateway'],
  RWF: ['relworx', 'dgateway'],
};

/** Tells the widget to show the sandbox's card form instead of Stripe's. */
const SANDBOX_PUBLISHABLE_KEY = 'pk_test_sandbox';

function isProviderSlug(slug: string): slug is ProviderSlug {
  return Object.hasOwn(PROVIDERS, slug);
}

function does(slug: ProviderSlug, currency: Currency): Method | null {
  const facts: ProviderFacts = PROVIDERS[slug];
  if (facts.mobileMoney.includes(currency)) return 'mobile_money';
  return facts.card.includes(currency) ? 'card' : null;
}

/** The networks whose wallets a provider reaches, the largest of each currency first. */
export function networksOf(slug: ProviderSlug): { network: NetworkId; currency: Currency }[] {
  const { mobileMoney, lacks = [] }: ProviderFacts = PROVIDERS[slug];
  return mobileMoney.flatMap((currency) =>
    NUMBER_PLANS[countryOfCurrency(currency)!].networks
      .filter(({ id }) => !lacks.includes(id))
      .map(({ id }) => ({ network: id, currency })),
  );
}

/** A network as it is reached under a provider's name, and the adapter that carries it there. */
export interface NamedLine {
  slug: ProviderSlug;
  carrier: Provider;
  network: NetworkId;
  currency: Currency;
}

export interface Route {
  slug: ProviderSlug;
  method: Method;
  provider: Provider;
}

/** What a payment wants of a provider. */
export interface Wish {
  named?: string | undefined;
  currency: Currency;
  mode: Mode;
  method: Method;
  /** Collecting, unless said otherwise. */
  direction?: Direction | undefined;
}

export class ProviderRouting {
  readonly #sandbox: Provider;
  readonly #live: ReadonlyMap<ProviderSlug, Provider>;

  constructor({ sandbox, live }: { sandbox: Provider; live: ReadonlyMap<ProviderSlug, Provider> }) {
    this.#sandbox = sandbox;
    this.#live = live;
  }

  /** The method a named or defaulted provider uses, before anything about it is checked. */
  methodFor(named: string | undefined, currency: Currency | null): Method {
    if (named !== undefined) return named === 'stripe' ? 'card' : 'mobile_money';
    return currency !== null && MOBILE_MONEY_ROUTES[currency] === undefined ? 'card' : 'mobile_money';
  }

  /**
   * The route of a payment. Throws INVALID_PROVIDER for an unknown name, INVALID_CURRENCY for a currency it
   * cannot do, TEST_MODE where a test key may not use it and PROVIDER_ERROR where it has no credentials.
   */
  choose({ named, currency, mode, method, direction = 'collect' }: Wish): Route {
    const slug = named === undefined ? this.#default(currency, mode, method, direction) : this.#checked(named, mode);
    if (direction === 'disburse' && !PROVIDERS[slug].disburses) {
      throw new ApiError('INVALID_PROVIDER', `${slug} cannot pay out to phones`);
    }
    const chosen = does(slug, currency);
    if (chosen === null) throw new ApiError('INVALID_CURRENCY', `${slug} does not take ${currency}`);
    if (mode === 'test') {
      if (!PROVIDERS[slug].testable) throw new ApiError('TEST_MODE', `${slug} is not available with a test API key`);
      return { slug, method: chosen, provider: this.#sandbox };
    }
    const provider = this.#live.get(slug);
    if (provider === undefined) throw new ApiError('PROVIDER_ERROR', `Provider ${slug} is not configured`);
    return { slug, method: chosen, provider };
  }

  /** Whose live wallet of a currency is meant; its provider need not be configured for what stands in it. */
  walletFor(named: string | undefined, currency: Currency): ProviderSlug {
    const slug = named === undefined ? this.#default(currency, 'live', 'mobile_money', 'collect') : this.#checked(named, 'live');
    if (does(slug, currency) === null) throw new ApiError('INVALID_CURRENCY', `${slug} does not take ${currency}`);
    return slug;
  }

  /** The adapter that holds an existing payment, or undefined when its credentials were taken away. */
  adapterOf(payment: { mode: Mode; provider: string }): Provider | undefined {
    return payment.mode === 'test' ? this.#sandbox : this.#live.get(payment.provider as ProviderSlug);
  }

  /** The adapter that authenticates callbacks sent to `/v1/webhooks/:slug`. */
  receiver(slug: string): Provider | undefined {
    return slug === 'sandbox' ? this.#sandbox : this.#live.get(slug as ProviderSlug);
  }

  /** The key with which a page opens Stripe's card form; the sandbox has one of its own. */
  publishableKey(mode: Mode): string {
    return mode === 'test' ? SANDBOX_PUBLISHABLE_KEY : '';
  }

  /**
   * Every line under every name by which it can be reached here: those of each configured provider and of the sandbox,
   * and the sandbox's once more as ioTec's where only test payments can name that.
   */
  lines(): NamedLine[] {
    return PROVIDER_SLUGS.flatMap((slug) => {
      const carrier = this.#live.get(slug) ?? (PROVIDERS[slug].testable ? this.#sandbox : undefined);
      return carrier === undefined ? [] : networksOf(slug).map((reached) => ({ slug, carrier, ...reached }));
    });
  }

  /** Whether a currency's method can be taken with real money here. */
  isLive(currency: Currency, method: Method): boolean {
    return [...this.#live.keys()].some((slug) => does(slug, currency) === method);
  }

  /** Whether any provider does this method in this currency at all. */
  exists(currency: Currency, method: Method): boolean {
    return (Object.keys(PROVIDERS) as ProviderSlug[]).some((slug) => does(slug, currency) === method);
  }

  #checked(named: string, mode: Mode): ProviderSlug {
    if (!isProviderSlug(named) || (named === 'sandbox' && mode === 'live')) {
      throw new ApiError('INVALID_PROVIDER', `Provider ${JSON.stringify(named)} is not supported`);
    }
    return named;
  }

  #default(currency: Currency, mode: Mode, method: Method, direction: Direction): ProviderSlug {
    const routes = MOBILE_MONEY_ROUTES[currency]?.filter((slug) => direction === 'collect' || PROVIDERS[slug].disburses);
    if (direction === 'disburse' && routes === undefined) throw new ApiError('INVALID_CURRENCY', `No provider pays out ${currency} to phones`);
    if (method === 'card' || routes === undefined) return 'stripe';
    // ioTec's sandbox is the one test numbers were published for; the other countries have the house's own.
    if (mode === 'test') return currency === 'UGX' ? 'iotec' : 'sandbox';
    return routes.find((slug) => this.#live.has(slug)) ?? routes[0]!;
  }
}
