import type { Clock } from '../../../server/core/clock.ts';

interface Timer {
  at: number;
  callback: () => void;
}

/** When tests begin: a Saturday noon, far from any scheduled work. */
export const TEST_START = Date.UTC(2026, 2, 14, 12, 0, 0);

/** Time that stands still until a test moves it. */
export class ManualClock implements Clock {
  #now: number;
  /** What the hands were moved by: time itself has no part in it. */
  #moved = 0;
  readonly #timers = new Set<Timer>();

  constructor(now = TEST_START) {
    this.#now = now;
  }

  now(): number {
    return this.#now + this.#moved;
  }

  monotonic(): number {
    return this.#now;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, delayMs), callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** How many timers are waiting: lets a test see that something has begun to wait. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** When the next timer comes due, or null when none is waiting. */
  get nextDueAt(): number | null {
    const next = this.#next(Infinity);
    return next === undefined ? null : next.at + this.#moved;
  }

  /** Sets the clock ahead or back, as a person or a time server does: nothing comes due by it. */
  jump(ms: number): void {
    this.#moved += ms;
  }

  /** Moves time on and calls what comes due, in order, each at its own time. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#next(end);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#now = next.at;
      next.callback();
    }
    this.#now = end;
  }

  #next(end: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.at <= end && (next === undefined || timer.at < next.at)) next = timer;
    }
    return next;
  }
}
