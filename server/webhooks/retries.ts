/** When a delivery that failed is tried again. */
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../core/clock.ts';
import { retryAfterMs } from '../core/retry-after.ts';

/** After the first attempt, the second …: about three days in all (the schedule Standard Webhooks recommends). */
const DELAYS_MS = [5 * SECOND_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS, 5 * HOUR_MS, 10 * HOUR_MS, 14 * HOUR_MS, 20 * HOUR_MS, 24 * HOUR_MS];

/** What failed together must not return together. */
const JITTER = 0.2;

/** A receiver may ask for more time than the schedule gives, up to this; never for less, or it would use up its attempts. */
const RETRY_AFTER_MAX_MS = DAY_MS;

export interface Failure {
  /** Attempts made, this one included. */
  attempts: number;
  now: number;
  /** The answer's Retry-After header, if it had one. */
  retryAfter: string | null;
  /** 0 to 1. */
  random: () => number;
}

/** The time of the next attempt, or null when this was the last. */
export function nextAttemptAt({ attempts, now, retryAfter, random }: Failure): number | null {
  const delay = DELAYS_MS[attempts - 1];
  if (delay === undefined) return null;
  const scheduled = delay * (1 - JITTER + 2 * JITTER * random());
  const asked = Math.min(retryAfterMs(retryAfter, now), RETRY_AFTER_MAX_MS) * (1 + JITTER * random());
  return now + Math.round(Math.max(scheduled, asked));
}
