/**
 * What every adapter reads alike: amounts, times, and why something failed. Liberal in what is accepted, strict in what
 * is credited: a value that cannot be read makes an answer `unknown`, never a guess.
 */
import type { FailureCode } from '../core/checkout-contract.ts';
import { MINOR_PER_MAJOR } from '../core/money.ts';
import type { ProviderStatus, Submission } from './provider.ts';

/** What a buyer or a client hears when the trouble is the operator's: nothing they could mend. */
export const NOT_AVAILABLE = 'The payment provider is not available right now';

/** What the operator is told at the start where a provider's callbacks cannot be believed. */
export function uncheckedCallbacks(provider: string, without: string): string {
  return `Without ${without} none of ${provider}’s callbacks can be checked: all are refused, and payments are only asked about`;
}

/** The longest reason of a provider that is kept: its own words, not its pages. */
const REASON_LENGTH_MAX = 200;

/** A refusal whose reason is for the operator's log alone; nothing was charged. */
export function notAvailable(): Submission & { kind: 'refused' } {
  return { kind: 'refused', unsent: true, code: 'provider_refused', reason: NOT_AVAILABLE };
}

/**
 * What a no to a request is worth, by what then stands in the provider's books: something on the way may have sent the
 * request twice, and the no be to the second copy, because of the first. It holds where the books have nothing; where
 * nobody could look, nobody knows.
 */
export function asBooked(booked: ProviderStatus, no: () => Submission): Submission {
  switch (booked.kind) {
    case 'failed':
      return { ...booked, kind: 'refused' };
    case 'pending':
    case 'completed':
      return { kind: 'accepted', providerRef: booked.providerRef ?? '' };
    case 'reversed':
    case 'unknown':
      return { kind: 'unknown', reason: booked.reason };
    case 'not_found':
      return no();
    default:
      return booked satisfies never;
  }
}

/** Minor units of what was moved: as of a balance, but nothing is no amount. */
export function minorOfMajor(amount: unknown): number | null {
  return minorOfBalance(amount) || null;
}

/** Minor units of a balance in major units, as a number or a decimal text; null when it is neither, below zero, or finer than a hundredth. */
export function minorOfBalance(balance: unknown): number | null {
  const major = typeof balance === 'string' && /^\d{1,15}(\.\d{1,6})?$/.test(balance) ? Number(balance) : balance;
  if (typeof major !== 'number' || !Number.isFinite(major) || major < 0) return null;
  const minor = Math.round(major * MINOR_PER_MAJOR);
  return Number.isSafeInteger(minor) && minor / MINOR_PER_MAJOR === major ? minor : null;
}

/**
 * The first of some times that can be read, in milliseconds; null when none can. A time without a zone is UTC, as
 * .NET services print it.
 */
export function firstTime(...candidates: unknown[]): number | null {
  for (const candidate of candidates) {
    if (typeof candidate !== 'string' || candidate === '') continue;
    const hasZone = /(Z|[+-]\d\d:?\d\d)$/.test(candidate);
    const time = Date.parse(hasZone ? candidate : `${candidate.replace(' ', 'T')}Z`);
    if (Number.isSafeInteger(time)) return time;
  }
  return null;
}

/**
 * Why a payment failed, from a provider's own words. No provider publishes a list; these words are those seen in
 * clients' code and logs. What is not recognised is `failed`, with the words as its reason.
 */
const FAILURE_WORDS: readonly (readonly [RegExp, FailureCode])[] = [
  [/insufficient|not enough|low balance|balance is (too )?low|limit(ed)? exceeded/i, 'insufficient_funds'],
  [/time[d]?[ -]?out|expired?|no response|not respond/i, 'expired'],
  [/declin|reject|cancel|denied|wrong pin|incorrect pin/i, 'declined'],
];

export function failureOf(words: unknown, otherwise: string): { code: FailureCode; reason: string } {
  const reason = reasonOf(words) || otherwise;
  return { code: FAILURE_WORDS.find(([pattern]) => pattern.test(reason))?.[1] ?? 'failed', reason };
}

/**
 * Words in which a provider may speak of a copy of the very request that it answers, or of an end that it does not know.
 * References are ours alone and sent once, so what has one already has it from us; and that lives on, and may be paid.
 */
const WORDS_OF_DOUBT = /duplicat|\balready\b|\breference\b.*\b(used|exists?|taken|unique)\b|time[sd]?[ -]?out|in progress|being processed|\bpending (transaction|request|payment)\b/i;

/** Whether a no in these words leaves it open that the customer was, or will be, charged or paid. */
export function leavesDoubt(words: string): boolean {
  return WORDS_OF_DOUBT.test(words);
}

/** A definite no in a provider's own words, for whoever asked. */
export function refusedFor(reason: string): Submission & { kind: 'refused' } {
  const { code } = failureOf(reason, '');
  return { kind: 'refused', code: code === 'failed' ? 'provider_refused' : code, reason };
}

/** Whose wallet or account it is that a no speaks of, when it is not the operator's at the provider. */
const CUSTOMERS = /\b(customer|subscriber|payer|payee|recipient|receiver|beneficiary|holder|msisdn|phone|mobile money)\b/i;

/**
 * What in a no is the operator's to mend: what they have at the provider, which `ours` names, or that it holds too little.
 * Where money is short, a payout lacks theirs and a collection the customer's. Null where whoever asked is told.
 */
export function operatorsTrouble(words: string, { ours, paysOut }: { ours: RegExp; paysOut: boolean }): 'too_little' | 'ours' | null {
  if (failureOf(words, '').code === 'insufficient_funds') return paysOut ? 'too_little' : null;
  return ours.test(words) && !CUSTOMERS.test(words) ? 'ours' : null;
}

/** What moved money, then what took it back, then what may still come. */
const FIRMNESS: readonly ProviderStatus['kind'][] = ['completed', 'reversed', 'unknown', 'pending', 'failed', 'not_found'];

/** Of what is known of several movements under one reference, what counts. */
export function firmest(found: readonly [ProviderStatus, ...ProviderStatus[]]): ProviderStatus {
  return found.toSorted((a, b) => FIRMNESS.indexOf(a.kind) - FIRMNESS.indexOf(b.kind))[0]!;
}

/** Nine digits or more, however they are grouped: a phone is written with spaces, dashes, dots, slashes and brackets. */
const COULD_BE_A_PHONE = /\+?\p{Nd}(?:[\s\p{Pd}\p{Cf}.()/]{0,3}\p{Nd}){8,}/gu;

/** A provider's own words, short, on one line, and with no number in them that could be somebody's phone. */
export function reasonOf(words: unknown): string {
  if (typeof words !== 'string') return '';
  const line = words.replace(/[\p{Cc}\s]+/gu, ' ').trim();
  return line.replace(COULD_BE_A_PHONE, '…').slice(0, REASON_LENGTH_MAX);
}
