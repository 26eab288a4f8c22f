import { type Clock, MINUTE_MS, SECOND_MS } from '../core/clock.ts';
import type { Bell } from '../db/store.ts';

/** Callers remembered at once; beyond it the longest known is forgotten, which only forgives it a few requests. */
const CALLERS_MAX = 50_000;

/** How often each process tells the others what it counted: by so much of a burst spread over them may exceed a limit. */
const TELL_EVERY_MS = SECOND_MS;

/** Requests in a window from which a caller is told of: far below every limit, and most callers never come to it. */
const WORTH_TELLING = 5;

interface Window {
  endsAt: number;
  requests: number;
  /** Of them, what this process counted and has not told yet. */
  untold: number;
}

interface CountersDeps {
  clock: Clock;
  bell: Bell;
  /** What the bell between processes calls these counts. */
  topic: string;
}

type Counted = (error: null, result: { current: number; ttl: number }) => void;

/**
 * A store for @fastify/rate-limit whose counts are shared by every route of a group; the plugin's own keeps one for
 * each route, so a limit of a hundred would be a hundred for each address. Each call also gets a count of its own:
 * the plugin's hands out one object, and a burst in one turn is then refused whole for being one too many.
 *
 * Servers on one database share what they count, by adding to their own what the others tell each second. Rejected: a
 * row for each caller in the database. It is exact, and a commit for every request, those that are refused first of all:
 * what is there to keep a flood off would send it on to the one thing that all of them share.
 */
export function rateCounters({ clock, bell, topic }: CountersDeps) {
  const windows = new Map<string, Window>();
  const untold = new Set<string>();

  const windowOf = (caller: string, windowMs: number): Window => {
    const now = clock.monotonic();
    let window = windows.get(caller);
    if (window === undefined || window.endsAt <= now) {
      windows.delete(caller);
      window = { endsAt: now + windowMs, requests: 0, untold: 0 };
      windows.set(caller, window);
      if (windows.size > CALLERS_MAX) windows.delete(windows.keys().next().value!);
    }
    return window;
  };

  const tell = (): void => {
    for (const caller of untold) {
      const window = windows.get(caller);
      if (window === undefined || window.untold === 0) continue;
      bell.ring(topic, `${window.untold} ${clock.now()} ${caller}`);
      window.untold = 0;
    }
    untold.clear();
  };

  const keep = (caller: string, window: Window): void => {
    window.untold++;
    if (!bell.reachesOthers || window.requests < WORTH_TELLING) return;
    if (untold.size === 0) clock.after(TELL_EVERY_MS, tell);
    untold.add(caller);
  };

  bell.listen(topic, {
    heard(said) {
      // The time between only keeps two seconds' counts from being taken for one thing said twice.
      const [requests = '0', , ...caller] = said.split(' ');
      windowOf(caller.join(' '), MINUTE_MS).requests += Number(requests);
    },
    missed: () => undefined,
  });

  return class RateCounters {
    incr(caller: string, counted: Counted, windowMs: number = MINUTE_MS): void {
      const window = windowOf(caller, windowMs);
      window.requests++;
      keep(caller, window);
      counted(null, { current: window.requests, ttl: window.endsAt - clock.monotonic() });
    }

    child(): this {
      return this;
    }
  };
}
