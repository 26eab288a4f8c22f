/**
 * The one small record that survives a reload, a killed tab and a second tab. It is written before the first
 * request and kept until a terminal state: first the start request itself with its idempotency key, so that the
 * very same request can be sent again when its answer was lost; then only the reference of the payment that waits. A
 * payment by card keeps its request, which names no phone: sent again, it brings what the card form needs.
 */
import type { CheckoutPayRequest, CheckoutStart } from '../../server/core/checkout-contract.ts';
import { TIMING } from './timing.ts';

export interface Attempt {
  /** Milliseconds since 1970. */
  started_at: number;
  /** The start request and its key, until the server has answered; then no phone number is kept any more. */
  key?: string;
  body?: CheckoutPayRequest;
  /** The payment, once the server has named it. */
  reference?: string;
  expires_at?: string;
  /** The provider's own page, where it has one for this payment. */
  page?: string | undefined;
  /** A card was sent to its bank, which has not certainly refused: this payment is never left for another. */
  confirmed?: boolean;
}

/** Where storage is blocked (private windows, sandboxed frames) a record lives as long as the page. */
const memory: Record<string, string> = {};

/** One record for each server and item. */
export function attemptPlace(server: string, item: string): string {
  return `malipo:${server}:${item}`;
}

export function readAttempt(place: string): Attempt | null {
  try {
    const attempt = JSON.parse(stored(place) ?? 'null') as Attempt | null;
    if (attempt?.reference || (attempt?.key && attempt.body && Date.now() - attempt.started_at < TIMING.attemptMs)) return attempt;
  } catch {
    // Somebody else's text under our name.
  }
  return null;
}

function stored(place: string): string | null {
  try {
    // What could not be stored is newer than what is.
    return memory[place] ?? localStorage.getItem(place);
  } catch {
    return null;
  }
}

export function writeAttempt(place: string, attempt: Attempt): void {
  memory[place] = JSON.stringify(attempt);
  try {
    localStorage.setItem(place, memory[place]);
    delete memory[place];
  } catch {
    // Blocked or full: memory has it.
  }
}

/** Forgets this attempt, and only this one: another tab may have begun the next. */
export function forgetAttempt(place: string, attempt: Attempt): void {
  if (!isSameAttempt(readAttempt(place), attempt)) return;
  delete memory[place];
  try {
    localStorage.removeItem(place);
  } catch {
    // Blocked: there was nothing to remove.
  }
}

/** What is kept of an attempt once the server has named its payment. */
export function answeredAttempt(attempt: Attempt, { reference, expires_at, redirect_url }: CheckoutStart): Attempt {
  const request = attempt.body?.method === 'card' && attempt;
  // Nothing but a page: a `javascript:` address would run in the site.
  const page = redirect_url?.startsWith('http') ? redirect_url : undefined;
  return { ...request, reference, expires_at, started_at: attempt.started_at, page };
}

export function isSameAttempt(one: Attempt | null, other: Attempt | null): boolean {
  return one?.key === other?.key && one?.reference === other?.reference;
}

/** A key no other attempt has, also on plain http where `randomUUID` does not exist. */
export function newIdempotencyKey(): string {
  return crypto.randomUUID?.() ?? crypto.getRandomValues(new Uint32Array(4)).join('-');
}
