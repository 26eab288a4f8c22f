/** Which provider takes which payment: the choice among those that could, and are configured here. */
import { ApiError } from '../core/errors.ts';
import type { Currency } from '../core/money.ts';
import type { NetworkId } from '../core/number-plans.ts';
import type { Mode } from '../core/mode.ts';
import { isProviderSlug, networksOf, PROVIDER_SLUGS, PROVIDERS, type ProviderSlug, takes } from './capabilities.ts';
import type { Direction, Method, Provider } from './provider.ts';

/** Who is tried for a currency's mobile money when nobody is named; the first is named in errors when none is configured. */
const MOBILE_MONEY_ROUTES: Partial<Record<Currency, readonly ProviderSlug[]>> = {
  UGX: ['iotec', 'relworx', 'dgateway'],
  KES: ['relworx', 'dgateway'],
  TZS: ['relworx', 'dukuzi', 'dgateway'],
  RWF: ['relworx', 'dgateway'],
};

/** The same for cards: in the browser where that can be, else on a provider's own page. */
const CARD_ROUTES: readonly ProviderSlug[] = ['stripe', 'relworx'];

/** Tells the widget to show the sandbox's card form instead of Stripe's. */
const SANDBOX_PUBLISHABLE_KEY = 'pk_test_sandbox';

/** The method wanted, where the provider takes the currency by it; else the one by which it does take it, or null. */
function methodOf(slug: ProviderSlug, currency: Currency, wanted: Method): Method | null {
  const others: readonly Method[] = ['mobile_money', 'card'];
  return [wanted, ...others].find((method) => takes(slug, currency, method)) ?? null;
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

/** Whether the sandbox answers in the provider's place. */
export function isSandbox({ provider }: Route): boolean {
  return provider.slug === 'sandbox';
}

/** What a payment wants of a provider. */
export interface Wish {
  named?: string | undefined;
  currency: Currency;
  mode: Mode;
  method: Method;
  /** Collecting, unless said otherwise. */
  direction?: Direction | undefined;
  /** Whether a provider takes it: where none is named, the first that does; the first of all where none does. */
  fits?: ((route: Route) => boolean) | undefined;
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
  choose({ named, currency, mode, method, direction = 'collect', fits }: Wish): Route {
    const slug = named === undefined ? this.#default({ currency, mode, method, direction, fits }) : this.#checked(named, mode);
    if (direction === 'disburse' && !PROVIDERS[slug].disburses) {
      throw new ApiError('INVALID_PROVIDER', `${slug} cannot pay out to phones`);
    }
    const chosen = methodOf(slug, currency, method);
    if (chosen === null) throw new ApiError('INVALID_CURRENCY', `${slug} does not take ${currency}`);
    if (mode === 'test' && !PROVIDERS[slug].testable) throw new ApiError('TEST_MODE', `${slug} is not available with a test API key`);
    const provider = this.#carrier(slug, mode);
    if (provider === undefined) throw new ApiError('PROVIDER_ERROR', `Provider ${slug} is not configured${this.#live.has(slug) ? ` for ${mode} payments: its own keys are ${mode === 'live' ? 'test' : 'live'} keys` : ''}`);
    return { slug, method: chosen, provider };
  }

  /** Whose live wallet of a currency is meant; its provider need not be configured for what stands in it. */
  walletFor(named: string | undefined, currency: Currency): ProviderSlug {
    const slug = named === undefined ? this.#default({ currency, mode: 'live', method: 'mobile_money', direction: 'collect' }) : this.#checked(named, 'live');
    if (methodOf(slug, currency, 'mobile_money') === null) throw new ApiError('INVALID_CURRENCY', `${slug} does not take ${currency}`);
    return slug;
  }

  /** The adapter that holds an existing payment, or undefined when its credentials were taken away. */
  adapterOf(payment: { mode: Mode; provider: string }): Provider | undefined {
    return this.#carrier(payment.provider as ProviderSlug, payment.mode);
  }

  /** The adapter that authenticates callbacks sent to `/v1/webhooks/:slug`. */
  receiver(slug: string): Provider | undefined {
    return slug === 'sandbox' ? this.#sandbox : this.#live.get(slug as ProviderSlug);
  }

  /** The key with which a page opens Stripe's card form; the sandbox has one of its own. */
  publishableKey(mode: Mode): string {
    const carrier = this.#carrier('stripe', mode);
    return carrier === this.#sandbox ? SANDBOX_PUBLISHABLE_KEY : (carrier?.publishableKey ?? '');
  }

  /** Whether cards are taken in Stripe's own form. */
  takesStripe(mode: Mode): boolean {
    return !['', SANDBOX_PUBLISHABLE_KEY].includes(this.publishableKey(mode));
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
    return [...this.#live.keys()].some((slug) => this.#carrier(slug, 'live') !== undefined && takes(slug, currency, method));
  }

  /** Whether any provider does this method in this currency at all. */
  exists(currency: Currency, method: Method): boolean {
    return PROVIDER_SLUGS.some((slug) => takes(slug, currency, method));
  }

  /**
   * Who carries a provider's payments of a mode. Credentials for a provider's own test mode (Stripe's `sk_test_…`) carry
   * test payments in place of the sandbox, and no live one.
   */
  #carrier(slug: ProviderSlug, mode: Mode): Provider | undefined {
    const configured = this.#live.get(slug);
    if ((configured?.mode ?? 'live') === mode) return configured;
    return mode === 'test' ? this.#sandbox : undefined;
  }

  #checked(named: string, mode: Mode): ProviderSlug {
    if (!isProviderSlug(named) || (named === 'sandbox' && mode === 'live')) {
      throw new ApiError('INVALID_PROVIDER', `Provider ${JSON.stringify(named)} is not supported`);
    }
    return named;
  }

  #default({ currency, mode, method, direction, fits = () => true }: Omit<Wish, 'named'>): ProviderSlug {
    const first = (slugs: readonly ProviderSlug[]): ProviderSlug | undefined => {
      const routes = slugs.flatMap((slug): Route[] => {
        const provider = this.#carrier(slug, mode);
        return provider === undefined ? [] : [{ slug, method, provider }];
      });
      return (routes.find(fits) ?? routes[0])?.slug;
    };
    const routes = MOBILE_MONEY_ROUTES[currency]?.filter((slug) => direction !== 'disburse' || PROVIDERS[slug].disburses);
    if (direction === 'disburse' && routes === undefined) throw new ApiError('INVALID_CURRENCY', `No provider pays out ${currency} to phones`);
    if (method === 'card' || routes === undefined) {
      return first(CARD_ROUTES.filter((slug) => takes(slug, currency, 'card') && (mode === 'live' || PROVIDERS[slug].testable))) ?? 'stripe';
    }
    // ioTec's sandbox is the one test numbers were published for; the other countries have the house's own.
    if (mode === 'test') return currency === 'UGX' ? 'iotec' : 'sandbox';
    return first(routes) ?? routes[0]!;
  }
}
