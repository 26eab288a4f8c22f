/**
 * What a client asked for, checked in the order every surface reports errors: phone, currency, provider, then
 * configuration. Shape was checked by the surface's schema before; nothing is written yet.
 */
import { ApiError } from '../core/errors.ts';
import { type Currency, isCurrency, takesWholeUnitsOnly, toMinor } from '../core/money.ts';
import { COUNTRIES, countryOfCurrency, guessNetwork, NUMBER_PLANS, type NetworkId } from '../core/number-plans.ts';
import { nationalNumber, parsePhone } from '../core/phone.ts';
import type { Mode } from '../core/mode.ts';
import type { Direction, Method } from '../providers/provider.ts';
import type { ProviderRouting, Route } from '../providers/routing.ts';
import { isSandboxNumber } from '../providers/sandbox/numbers.ts';
import { isWithinLimits } from './limits.ts';

/** What many clients send for a card payment, where no phone is needed. */
const NO_PHONE = '0000000000';

export interface OrderInput {
  mode: Mode;
  currency: string;
  phone?: string | null | undefined;
  provider?: string | undefined;
  method?: Method | undefined;
  network?: string | undefined;
  /** Collecting, unless said otherwise. */
  direction?: Direction | undefined;
  /**
   * What is to be collected, in minor units, null where its currency cannot express it: where nobody names a provider, the
   * first that takes it does. Absent for money out: its provider is the wallet that it is taken from, whatever the amount.
   */
  amountIn?: ((currency: Currency) => number | null) | undefined;
  /** What is bought, where it is something. */
  item?: { slug: string } | undefined;
  /** What the client calls the number, for errors. */
  phoneField?: string | undefined;
}

export interface Order {
  mode: Mode;
  currency: Currency;
  /** MSISDN, or empty for cards. */
  phone: string;
  network: NetworkId | '';
  route: Route;
}

export function checkOrder(routing: ProviderRouting, input: OrderInput): Order {
  const currency = isCurrency(input.currency) ? input.currency : null;
  const method = input.method ?? routing.methodFor(input.provider, currency);
  const phone = method === 'card' ? optionalPhone(input.phone) : requiredPhone(input.phone, currency, input.phoneField);
  if (phone !== '' && input.mode === 'live' && isSandboxNumber(phone)) throw new ApiError('TEST_NUMBER_ON_LIVE_KEY');
  if (currency === null) throw new ApiError('INVALID_CURRENCY', `Currency ${JSON.stringify(input.currency)} is not supported`);
  const fits = (route: Route) => {
    const amountMinor = input.amountIn?.(currency) ?? null;
    return amountMinor === null || isWithinLimits({ currency, amountMinor, route, item: input.item });
  };
  const route = routing.choose({ named: input.provider, currency, mode: input.mode, method, direction: input.direction, fits });
  if (input.method !== undefined && input.method !== route.method) {
    throw new ApiError('INVALID_PROVIDER', `${route.slug} does not take ${input.method} in ${currency}`);
  }
  const network = route.method === 'card' ? '' : networkOf(phone, currency, input.network);
  return { mode: input.mode, currency, phone, network, route };
}

/** An amount in major units as minor units; VALIDATION_ERROR when the currency cannot express it. */
export function checkAmount(amount: number, currency: Currency): number {
  const minor = toMinor(amount, currency);
  if (minor !== null) return minor;
  const rule = takesWholeUnitsOnly(currency) ? 'a whole number' : 'a number with at most two decimals';
  throw new ApiError('VALIDATION_ERROR', `amount in ${currency} must be ${rule} above 0 and within what can be paid at once`);
}

function requiredPhone(phone: string | null | undefined, currency: Currency | null, field = 'phone_number'): string {
  if (phone === undefined || phone === null || phone === '') {
    throw new ApiError('VALIDATION_ERROR', `${field} is required for mobile money`);
  }
  const country = currency === null ? null : countryOfCurrency(currency);
  const msisdn = country === null ? phoneOfAnyCountry(phone) : parsePhone(phone, country);
  if (msisdn === null) throw new ApiError('INVALID_PHONE', invalidPhone(country === null ? null : NUMBER_PLANS[country].callingCode, field));
  return msisdn;
}

function optionalPhone(phone: string | null | undefined): string {
  if (phone === undefined || phone === null || phone === '' || phone === NO_PHONE) return '';
  const msisdn = phoneOfAnyCountry(phone);
  if (msisdn === null) throw new ApiError('INVALID_PHONE', invalidPhone(null));
  return msisdn;
}

function phoneOfAnyCountry(phone: string): string | null {
  for (const country of COUNTRIES) {
    const msisdn = parsePhone(phone, country);
    if (msisdn !== null) return msisdn;
  }
  return null;
}

function invalidPhone(callingCode: string | null, field = 'phone_number'): string {
  return `${field} must be digits only: ${callingCode ?? '256'}XXXXXXXXX or 0XXXXXXXXX`;
}

/** The network the buyer named, else the one the number's prefix suggests; unknown stays empty. */
function networkOf(phone: string, currency: Currency, named: string | undefined): NetworkId | '' {
  const country = countryOfCurrency(currency)!;
  if (named === undefined || named === '') return guessNetwork(country, nationalNumber(phone)) ?? '';
  const network = NUMBER_PLANS[country].networks.find(({ id }) => id === named);
  if (network === undefined) {
    const known = NUMBER_PLANS[country].networks.map(({ id }) => id).join(', ');
    throw new ApiError('VALIDATION_ERROR', `network must be one of ${known}`);
  }
  return network.id;
}
