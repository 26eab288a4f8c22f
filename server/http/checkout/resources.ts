/** What the public checkout prints; the shapes are core/checkout-contract.ts. */
import type { App } from '../../access/apps.ts';
import type { CheckoutItem, CheckoutMethod, CheckoutStart, CheckoutStatus } from '../../core/checkout-contract.ts';
import { isoTime } from '../../core/clock.ts';
import type { Mode } from '../../core/mode.ts';
import { type Currency, toMajor } from '../../core/money.ts';
import { countryOfCurrency, networkName } from '../../core/number-plans.ts';
import type { Payment } from '../../payments/payment.ts';
import type { LineStates } from '../../providers/lines/lines.ts';
import { limitsMinor, networksOf } from '../../providers/capabilities.ts';
import type { Method } from '../../providers/provider.ts';
import { isSandbox, type ProviderRouting, type Route } from '../../providers/routing.ts';
import type { ForSale } from '../../shop/sessions.ts';

/** Who can be paid through, and how they are. */
export interface Offer {
  routing: ProviderRouting;
  lines: LineStates;
}

/** What of something for sale decides how it can be paid. */
type Wares = Pick<ForSale, 'slug' | 'currency' | 'amountMinor' | 'minAmountMinor' | 'maxAmountMinor'> & { mode?: Mode; methods?: readonly Method[] };

/** A currency is taken for real where a provider is configured for it, else on the sandbox. */
function saleMode(currency: Currency, routing: ProviderRouting): Mode {
  return routing.isLive(currency, 'mobile_money') || routing.isLive(currency, 'card') ? 'live' : 'test';
}

/** In which mode it is sold: a session in that of the key it was made with. */
export function modeOf(sold: Pick<ForSale, 'currency'> & { mode?: Mode }, routing: ProviderRouting): Mode {
  return sold.mode ?? saleMode(sold.currency, routing);
}

/** How something can be paid here, and how the lines stand of the provider that a buyer's payment would take. */
export function methodsOf(item: Wares, { routing, lines }: Offer): CheckoutMethod[] {
  const { currency } = item;
  const mode = modeOf(item, routing);
  const routeOf = (method: Method): Route | null => {
    if (item.methods !== undefined && item.methods.length > 0 && !item.methods.includes(method)) return null;
    if (!(mode === 'live' ? routing.isLive(currency, method) : routing.exists(currency, method))) return null;
    const fits = (route: Route) => isSandbox(route) || takesPriceOf(item, route, method);
    const route = routing.choose({ currency, mode, method, fits });
    return fits(route) ? route : null;
  };
  const methods: CheckoutMethod[] = [];
  const country = countryOfCurrency(currency);
  const byPhone = country === null ? null : routeOf('mobile_money');
  if (country !== null && byPhone !== null) {
    const networks = networksOf(byPhone.slug)
      .filter((reached) => reached.currency === currency)
      .map(({ network }) => ({ id: network, name: networkName(network, currency), healthy: lines.isUp({ provider: byPhone.provider.slug, network, currency }) }));
    methods.push({ type: 'mobile_money', country, networks });
  }
  if (routeOf('card') !== null) methods.push({ type: 'card', publishable_key: routing.publishableKey(mode) });
  return methods;
}

/** Whether a provider takes the price; of a price that the buyer chooses, any of it. */
function takesPriceOf({ slug, amountMinor, minAmountMinor, maxAmountMinor, currency }: Wares, { slug: by, provider }: Route, method: Method): boolean {
  const { leastMinor, mostMinor, stepMinor } = limitsMinor(by, currency, method);
  if (amountMinor !== null && amountMinor % stepMinor !== 0) return false;
  const priceMinor = provider.priceOf?.(slug) ?? null;
  const [least, most] = priceMinor === null ? [leastMinor, mostMinor] : [priceMinor, priceMinor];
  return (amountMinor ?? maxAmountMinor ?? Infinity) >= least && (amountMinor ?? minAmountMinor ?? 0) <= most;
}

/** `publicUrl` makes addresses of the server's own files absolute: the page that shows them is elsewhere. */
export function checkoutItem(item: ForSale, app: App, offer: Offer, publicUrl: string): CheckoutItem {
  return {
    slug: item.slug,
    kind: item.kind,
    name: item.name,
    description: item.description,
    image_url: absolute(item.imageUrl, publicUrl),
    amount: majorOrNull(item.amountMinor),
    min_amount: majorOrNull(item.minAmountMinor),
    max_amount: majorOrNull(item.maxAmountMinor),
    suggested_amounts: item.suggestedAmountsMinor.map(toMajor),
    currency: item.currency,
    methods: methodsOf(item, offer),
    is_test: modeOf(item, offer.routing) === 'test',
    app: { slug: app.slug, name: app.name },
  };
}

export function checkoutApp(app: App, publicUrl: string) {
  return { slug: app.slug, name: app.name, logo_url: absolute(app.logoUrl, publicUrl), theme: app.theme };
}

/** `asked`: the number that whoever is answered wants asked, '' where that is not known. */
export function checkoutStart(payment: Payment, { publishableKey, asked }: { publishableKey: string; asked: string }): CheckoutStart {
  return {
    reference: payment.reference,
    status: payment.status,
    amount: toMajor(payment.amountMinor),
    currency: payment.currency,
    provider: payment.provider,
    network: payment.network,
    expires_at: isoTime(payment.expiresAt),
    client_secret: payment.clientSecret,
    stripe_publishable_key: payment.clientSecret === '' ? '' : publishableKey,
    ...(payment.redirectUrl === '' ? {} : { redirect_url: payment.redirectUrl }),
    ...(payment.method === 'card' || asked === '' || asked === payment.phone ? {} : { asks_another: true }),
  };
}

export function checkoutStatus(payment: Payment, item: { slug: string; name: string } | null): CheckoutStatus {
  return {
    reference: payment.reference,
    status: payment.status,
    amount: toMajor(payment.amountMinor),
    currency: payment.currency,
    provider: payment.provider,
    network: payment.network,
    failure_code: payment.failureCode,
    failure_reason: payment.failureReason,
    is_test: payment.mode === 'test',
    item,
    created_at: isoTime(payment.createdAt),
    expires_at: isoTime(payment.expiresAt),
    completed_at: payment.completedAt === null ? null : isoTime(payment.completedAt),
  };
}

function majorOrNull(minor: number | null): number | null {
  return minor === null ? null : toMajor(minor);
}

function absolute(address: string, publicUrl: string): string {
  return address.startsWith('/') ? publicUrl + address : address;
}
