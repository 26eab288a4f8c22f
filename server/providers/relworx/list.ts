/**
 * Relworx's list of an account's transactions: the only place where a request is found by our reference. It is up to a
 * thousand rows, some 300 kB, whatever is looked for, and everything that failed is looked for there at each asking: so
 * one reading serves all who ask within a few seconds. A failed payment costs four of them in its life (measured), many
 * that fail together cost four together, and a process never reads more than one each time that passes.
 */
import { type Clock, DAY_MS, HOUR_MS, SECOND_MS } from '../../core/clock.ts';
import { firstTime } from '../reading.ts';
import type { Row } from './answers.ts';

/** How far back it reaches, and how many rows it has at most. */
export const LIST_REACHES_BACK_MS = 30 * DAY_MS;
export const LIST_ROWS_MAX = 1_000;

const SHARED_FOR_MS = 5 * SECOND_MS;

/** How far Relworx's times may be from ours: two clocks, and a time without a zone that is East African. */
const TIMES_DIFFER_BY_MS = 4 * HOUR_MS;

export class TransactionList {
  readonly #clock: Clock;
  readonly #read: () => Promise<Row[]>;
  #latest: { askedAt: number; rows: Promise<Row[]> } | null = null;

  constructor({ clock, read }: { clock: Clock; read: () => Promise<Row[]> }) {
    this.#clock = clock;
    this.#read = read;
  }

  /** The list as it was after `since`, in milliseconds: of a request that was sent then it may have a row. Throws where it cannot be read. */
  after(since: number): Promise<Row[]> {
    const now = this.#clock.now();
    const latest = this.#latest;
    if (latest !== null && latest.askedAt > since && latest.askedAt <= now && now - latest.askedAt < SHARED_FOR_MS) return latest.rows;
    const reading = { askedAt: now, rows: this.#read() };
    this.#latest = reading;
    reading.rows.catch(() => {
      if (this.#latest === reading) this.#latest = null;
    });
    return reading.rows;
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
