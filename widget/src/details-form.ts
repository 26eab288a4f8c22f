/** What the buyer types before paying, and the request it makes. Pure. */
import type { CheckoutItem, CheckoutPayRequest } from '../../server/core/checkout-contract.ts';
import { type Country, guessNetwork, type NetworkId, NUMBER_PLANS } from '../../server/core/number-plans.ts';
import { nationalDigitsTyped, parseTypedPhone } from '../../server/core/phone.ts';
import type { MobileMoney } from './api.ts';
import { parseAmount } from './money.ts';

export interface Draft {
  /** Card, where there is a choice. */
  isCard: boolean;
  phone: string;
  amount: string;
  /** The buyer's own choice; null follows the number. */
  network: NetworkId | null;
}

/** Codes of what is wrong, by field; each has a text. */
export interface FieldErrors {
  amount?: 'AMOUNT' | 'TOO_LITTLE' | 'TOO_MUCH';
  phone?: 'INVALID_PHONE';
  network?: 'NETWORK';
}

/** The network to ask: chosen, or guessed from the number, or the only one there is. Null when nobody knows. */
export function networkOf(draft: Draft, method: MobileMoney): NetworkId | null {
  const { networks, country } = method;
  const wanted = draft.network ?? guessNetwork(country, nationalDigitsTyped(draft.phone, country));
  const offered = networks.find(({ id }) => id === wanted) ?? (networks.length === 1 ? networks[0] : undefined);
  return offered?.id ?? null;
}

/**
 * The pay request for this draft, or what is wrong with it; without mobile money it is one by card, which has no phone.
 * A fixed price is never sent: the server has it.
 */
export function readDetails(
  draft: Draft,
  item: CheckoutItem,
  method: MobileMoney | undefined,
): { body: CheckoutPayRequest; errors?: never } | { body?: never; errors: FieldErrors } {
  const errors: FieldErrors = {};
  const body: CheckoutPayRequest = { method: method ? 'mobile_money' : 'card' };

  if (item.amount === null) {
    const amount = parseAmount(draft.amount, item.currency);
    if (amount === null) errors.amount = 'AMOUNT';
    else if (amount < (item.min_amount ?? 0)) errors.amount = 'TOO_LITTLE';
    else if (amount > (item.max_amount ?? Infinity)) errors.amount = 'TOO_MUCH';
    else body.amount = amount;
  }

  if (method) {
    const phone = parseTypedPhone(draft.phone, method.country);
    if (phone) body.phone_number = phone;
    else errors.phone = 'INVALID_PHONE';

    const network = networkOf(draft, method);
    if (network) body.network = network;
    // One thing at a time: with a number there is most often a guess.
    else if (phone) errors.network = 'NETWORK';
  }

  return Object.keys(errors).length > 0 ? { errors } : { body };
}

/**
 * Numbers of the sandbox for this country, by the code or the state whose words tell what becomes of them: the last
 * five digits decide. (DESIGN § 5.)
 */
export function sandboxNumbers(country: Country): (readonly [number: string, outcome: string])[] {
  const { networks, prefixes } = NUMBER_PLANS[country];
  // The last, because the first of them are lines in houses.
  const [prefix = ''] = Object.entries(prefixes).findLast(([digits, network]) => digits.length === 2 && network === networks[0]?.id) ?? [];
  const outcomes = ['succeeded.title', 'insufficient_funds', 'declined', 'expired.title', 'notYet'];
  return outcomes.map((outcome, index) => [`0${prefix}0 00000${String(index + 1)}`, outcome] as const);
}

/** A number as its owner recognises it and a passer-by does not, never broken over two lines: `+256 77• ••• 567`. */
export function maskPhone(msisdn: string): string {
  return `+${msisdn.slice(0, 3)}\u00a0${msisdn.slice(3, 5)}•\u00a0•••\u00a0${msisdn.slice(-3)}`;
}
