/**
 * How many of the questions that buyers put by looking a provider is asked: so many a minute, and at once no more than it
 * answers quickly. What jobs, callbacks and payments ask is not counted: a page that is open must never keep those waiting.
 */
import { type Clock, MINUTE_MS } from '../core/clock.ts';
import { Lane } from '../jobs/lane.ts';
import { capabilitiesOf, type ProviderSlug } from '../providers/capabilities.ts';

/** Of a provider that documents no limit of calls: far more than buyers who come back from a phone ask for. */
const LOOKS_PER_MINUTE = 600;

/** A look may cost two calls, and most of what a provider takes is for payments. */
const SHARE_OF_ITS_CALLS = 1 / 4;

/** How much of a minute's looks may be spent at one moment. */
const BURST_SHARE = 1 / 10;

export class LookAllowance {
  readonly #clock: Clock;
  readonly #perMinute: number;
  readonly #most: number;
  readonly #lane: Lane;
  #left: number;
  #countedAt: number;

  /** `processes`: how many share what the provider takes, each with an allowance of its own. */
  constructor(slug: ProviderSlug, { clock, processes = 1 }: { clock: Clock; processes?: number }) {
    const { callsPerMinute } = capabilitiesOf(slug);
    this.#clock = clock;
    this.#lane = new Lane(slug);
    this.#perMinute = (callsPerMinute === undefined ? LOOKS_PER_MINUTE : callsPerMinute * SHARE_OF_ITS_CALLS) / processes;
    this.#most = Math.max(1, this.#perMinute * BURST_SHARE);
    this.#left = this.#most;
    this.#countedAt = clock.monotonic();
  }

  /** Asks now, or answers null where the provider is asked enough. */
  spend<T>(ask: () => Promise<T>): Promise<T> | null {
    const now = this.#clock.monotonic();
    this.#left = Math.min(this.#most, this.#left + ((now - this.#countedAt) * this.#perMinute) / MINUTE_MS);
    this.#countedAt = now;
    if (this.#left < 1 || this.#lane.room === 0) return null;
    this.#left--;
    this.#lane.take();
    return ask().finally(() => this.#lane.leave(this.#clock.monotonic() - now));
  }
}
