/**
 * The one small record that survives a reload, a killed tab and a second tab: the reference of the payment that
 * waits or, until the server has answered, the start request itself with its idempotency key, so that the very
 * same request can be sent again. It is written before the first request and kept until a terminal state.
 */
import type { CheckoutPayRequest } from '../../server/core/checkout-contract.ts';
import { TIMING } from './timing.ts';

export type Attempt = StartedAttempt | UnansweredAttempt;

/** The server knows the payment; the phone number is no longer kept. */
export interface StartedAttempt {
  reference: string;
  expires_at: string;
}

/** The start request was made, its answer is not known. */
export interface UnansweredAttempt {
  key: string;
  body: CheckoutPayRequest;
  /** Milliseconds since 1970. */
  started_at: number;
}

/** Where storage is blocked (private windows, sandboxed frames) a record lives as long as the page. */
const memory = new Map<string, string>();

/** One record for each server and item. */
export function attemptPlace(baseUrl: string, item: string): string {
  return `malipo:${baseUrl}:${item}`;
}

export function readAttempt(place: string): Attempt | null {
  let text = memory.get(place) ?? null;
  try {
    text = localStorage.getItem(place) ?? text;
  } catch {
    // Blocked: what the page remembers has to do.
  }
  try {
    const attempt = JSON.parse(text ?? 'null') as Partial<StartedAttempt & UnansweredAttempt> | null;
    if (attempt?.reference) return { reference: attempt.reference, expires_at: attempt.expires_at ?? '' };
    if (attempt?.key && attempt.body && Date.now() - (attempt.started_at ?? 0) < TIMING.attemptMs) return attempt as UnansweredAttempt;
  } catch {
    // Somebody else's text under our name.
  }
  return null;
}

export function writeAttempt(place: string, attempt: Attempt): void {
  const text = JSON.stringify(attempt);
  try {
    localStorage.setItem(place, text);
  } catch {
    memory.set(place, text);
  }
}

/** Forgets this attempt, and only this one: another tab may have begun the next. */
export function forgetAttempt(place: string, attempt: Attempt): void {
  const stored = readAttempt(place);
  if (!stored || !isSameAttempt(stored, attempt)) return;
  memory.delete(place);
  try {
    localStorage.removeItem(place);
  } catch {
    // Blocked: there was nothing to remove.
  }
}

export function isSameAttempt(one: Attempt, other: Attempt): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** A key no other attempt has, also on plain http where `randomUUID` does not exist. */
export function newIdempotencyKey(): string {
  return crypto.randomUUID?.() ?? crypto.getRandomValues(new Uint32Array(4)).join('-');
}
