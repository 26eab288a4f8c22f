import type { Clock } from '../core/clock.ts';
import { ApiError } from '../core/errors.ts';
import type { Bell } from '../db/store.ts';
import { callerAddress } from './caller-address.ts';
import { rateCounters } from './rate-counters.ts';

/**
 * Keys refused a minute for each address. Nobody guesses a key; but whoever sends wrong ones without end shall not have
 * the database look up each. Counted only when a key is refused: a good one behind the same address is never kept waiting.
 */
const REFUSED_PER_MINUTE = 100;

export class RefusedKeys {
  readonly #counters;
  readonly #most: number;

  /** `factor` multiplies the limit; 0 turns it off. */
  constructor({ factor, clock, bell }: { factor: number; clock: Clock; bell: Bell }) {
    this.#counters = new (rateCounters({ clock, bell, topic: 'refused keys' }))();
    this.#most = factor === 0 ? Infinity : Math.max(1, Math.round(REFUSED_PER_MINUTE * factor));
  }

  /** A key of this address was refused: says so, or with RATE_LIMIT that it was one too many. */
  refusal(address: string): ApiError {
    let refusal = new ApiError('AUTHENTICATION_ERROR');
    this.#counters.incr(callerAddress(address), (_error, { current, ttl }) => {
      if (current > this.#most) refusal = new ApiError('RATE_LIMIT', 'Too many requests with a wrong API key', { retryAfter: Math.max(1, Math.ceil(ttl / 1_000)) });
    });
    return refusal;
  }
}
