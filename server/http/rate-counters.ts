import { type Clock, MINUTE_MS } from '../core/clock.ts';

/** Callers remembered at once; beyond it the longest known is forgotten, which only forgives it a few requests. */
const CALLERS_MAX = 50_000;

interface Window {
  endsAt: number;
  requests: number;
}

type Counted = (error: null, result: { current: number; ttl: number }) => void;

/**
 * A store for @fastify/rate-limit whose counts are shared by every route of a group; the plugin's own keeps one for
 * each route, so a limit of a hundred would be a hundred for each address. Each call also gets a count of its own:
 * the plugin's hands out one object, and a burst in one turn is then refused whole for being one too many.
 */
export function rateCounters(clock: Clock) {
  const windows = new Map<string, Window>();
  return class RateCounters {
    incr(caller: string, counted: Counted, windowMs: number = MINUTE_MS): void {
      const now = clock.monotonic();
      let window = windows.get(caller);
      if (window === undefined || window.endsAt <= now) {
        windows.delete(caller);
        window = { endsAt: now + windowMs, requests: 0 };
        windows.set(caller, window);
        if (windows.size > CALLERS_MAX) windows.delete(windows.keys().next().value!);
      }
      window.requests++;
      counted(null, { current: window.requests, ttl: window.endsAt - now });
    }

    child(): this {
      return this;
    }
  };
}
