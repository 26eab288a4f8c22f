/** Time as the server sees it. Passed in everywhere, so that tests own it. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Milliseconds since some moment, never set and never back: for how long something took, or is to last. */
  monotonic(): number;
  /** Calls back once after a delay; the answer cancels it. Does not keep the process alive. */
  after(delayMs: number, callback: () => void): () => void;
}

/** The longest delay a timer takes (2^31 − 1 ms); a longer one would fire at once. */
const LONGEST_TIMER_MS = 2_147_483_647;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(delayMs, 0), LONGEST_TIMER_MS));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** For a command, which is not over while it waits: these timers keep its process alive. */
export const waitingClock: Clock = {
  ...systemClock,
  after(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(delayMs, 0), LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  },
};

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** ISO 8601 in UTC, to the second where there is nothing finer: what the APIs print. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}

/** Tanzania keeps East Africa Time all year: UTC+3, no daylight saving. */
const EAST_AFRICA_OFFSET_MS = 3 * HOUR_MS;

/** `2026-04-07 10:30:00`, in East Africa Time: what the Dukuzi dialect prints. */
export function eastAfricaTime(ms: number): string {
  return new Date(ms + EAST_AFRICA_OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
}

/** The time of such a text, in milliseconds; null for anything else. */
export function msOfEastAfricaTime(text: unknown): number | null {
  if (typeof text !== 'string' || !/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text)) return null;
  const ms = Date.parse(`${text.replace(' ', 'T')}Z`) - EAST_AFRICA_OFFSET_MS;
  return Number.isNaN(ms) ? null : ms;
}
