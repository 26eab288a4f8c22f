/**
 * Relworx's list of an account's transactions: the only place where a request is found by our reference. It is up to a
 * thousand rows, some 300 kB, whatever is looked for, and everything that failed is looked for there at each asking: so
 * one reading serves all who ask until it begins, and there is one at a time. A failed payment costs four of them in its
 * life (measured), many that fail together cost four together. No reading serves who asks after it began, however little
 * after: what was taken back since is told once, and asked about once.
 */
import { type Clock, DAY_MS, HOUR_MS } from '../../core/clock.ts';
import { firstTime } from '../reading.ts';
import type { Row } from './answers.ts';

/** How far back it reaches, and how many rows it has at most. */
export const LIST_REACHES_BACK_MS = 30 * DAY_MS;
export const LIST_ROWS_MAX = 1_000;

/** How far Relworx's times may be from ours: two clocks, and a time without a zone that is East African. */
const TIMES_DIFFER_BY_MS = 4 * HOUR_MS;

/**
 * How many readings may follow each other at once, and how often one begins after that: who asks meanwhile shares the next.
 * Measured 2026-11-27 with 200 who ask, before and after. All in one turn: 1 reading, then as now. One each fiftieth of a
 * second: 190 readings of 20 ms and 15 of 300 ms, now 13 of either, and nobody waits half a second longer. Jobs of a lane:
 * 12 readings of 20 ms, now 9; 12 of 300 ms and 50 of 1.5 s, then as now, for so many times the lane looks for more to do.
 */
export const READINGS_AT_ONCE = 5;
export const READING_EVERY_MS = 500;

export class TransactionList {
  readonly #read: () => Promise<Row[]>;
  readonly #clock: Clock;
  /** When all readings so far would have begun, had there been one each half second. */
  #dueAt = -Infinity;
  #begun = 0;
  #latest: Promise<Row[]> = Promise.resolve([]);
  #next: Promise<Row[]> | null = null;

  constructor(read: () => Promise<Row[]>, clock: Clock) {
    this.#read = read;
    this.#clock = clock;
  }

  /** This moment, for `after`: how many readings have begun. */
  get now(): number {
    return this.#begun;
  }

  /** The list by a reading that began after a moment. Throws where it cannot be read. */
  after(moment: number): Promise<Row[]> {
    if (this.#begun > moment) return this.#latest;
    this.#next ??= this.#turn().then(() => this.#begin());
    return this.#next;
  }

  /** One at a time, and no more than Relworx is asked to bear. */
  async #turn(): Promise<void> {
    await this.#latest.catch(() => undefined);
    const waitMs = this.#dueAt - (READINGS_AT_ONCE - 1) * READING_EVERY_MS - this.#clock.monotonic();
    if (waitMs > 0) await new Promise<void>((resolve) => void this.#clock.after(waitMs, resolve));
    this.#dueAt = Math.max(this.#dueAt, this.#clock.monotonic()) + READING_EVERY_MS;
  }

  #begin(): Promise<Row[]> {
    this.#next = null;
    this.#begun++;
    this.#latest = this.#read();
    return this.#latest;
  }
}

/**
 * Whether a list that was read now has every row from a time on: one that is full leaves some out, the oldest alone where
 * it begins with the newest.
 */
export function reachesBackTo(rows: readonly Row[], time: number, now: number): boolean {
  if (time < now - LIST_REACHES_BACK_MS) return false;
  if (rows.length < LIST_ROWS_MAX) return true;
  const times = rows.map(({ created_at, completed_at }) => firstTime(created_at, completed_at));
  const isNewestFirst = times.every((at, index) => at !== null && (index === 0 || at <= times[index - 1]!));
  return isNewestFirst && times.at(-1)! < time - TIMES_DIFFER_BY_MS;
}
