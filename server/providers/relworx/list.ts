/**
 * Relworx's list of an account's transactions: the only place where a request is found by our reference. It is up to a
 * thousand rows, some 300 kB, whatever is looked for, and everything that failed is looked for there at each asking: so
 * one reading serves all who ask until it begins, and there is one at a time. A failed payment costs four of them in its
 * life (measured), many that fail together cost four together. No reading serves who asks after it began, however little
 * after: what was taken back since is told once, and asked about once.
 */
import { DAY_MS, HOUR_MS } from '../../core/clock.ts';
import { firstTime } from '../reading.ts';
import type { Row } from './answers.ts';

/** How far back it reaches, and how many rows it has at most. */
export const LIST_REACHES_BACK_MS = 30 * DAY_MS;
export const LIST_ROWS_MAX = 1_000;

/** How far Relworx's times may be from ours: two clocks, and a time without a zone that is East African. */
const TIMES_DIFFER_BY_MS = 4 * HOUR_MS;

export class TransactionList {
  readonly #read: () => Promise<Row[]>;
  #begun = 0;
  #latest: Promise<Row[]> = Promise.resolve([]);
  #next: Promise<Row[]> | null = null;

  constructor(read: () => Promise<Row[]>) {
    this.#read = read;
  }

  /** This moment, for `after`: how many readings have begun. */
  get now(): number {
    return this.#begun;
  }

  /** The list by a reading that began after a moment. Throws where it cannot be read. */
  after(moment: number): Promise<Row[]> {
    if (this.#begun > moment) return this.#latest;
    this.#next ??= this.#latest.catch(() => undefined).then(() => this.#begin());
    return this.#next;
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
