/**
 * A lane is a share of the runner. Malipo's own jobs are in the main lane; jobs that call other people's servers name
 * a lane for each, a merchant's or a provider's, so that one which takes its time keeps only its own jobs waiting.
 *
 * The main lane has a fixed number of places. Another lane begins with a few, earns one with each job that ends
 * quickly, and loses half with each that does not: a good server is sent as much as it takes, a hundred that hang
 * hold a few sockets each. Rejected: one pool with a quota for each stranger, which the first hundred to hang fill.
 */
import { SECOND_MS } from '../core/clock.ts';

export const MAIN_LANE = '';

/** The main lane's jobs wait on networks, so this is about fairness, not processors. */
const MAIN_PLACES = 64;

const LEAST_PLACES = 8;
const MOST_PLACES = 64;

const QUICK_MS = SECOND_MS;

export class Lane {
  readonly #fixed: boolean;
  #places: number;
  #taken = 0;

  constructor(name: string) {
    this.#fixed = name === MAIN_LANE;
    this.#places = this.#fixed ? MAIN_PLACES : LEAST_PLACES;
  }

  /** How many more jobs may run now. */
  get room(): number {
    return Math.max(0, this.#places - this.#taken);
  }

  take(): void {
    this.#taken++;
  }

  leave(tookMs: number): void {
    this.#taken--;
    if (this.#fixed) return;
    this.#places = tookMs <= QUICK_MS ? Math.min(this.#places + 1, MOST_PLACES) : Math.max(this.#places >> 1, LEAST_PLACES);
  }
}
