/** Carries the providers' callbacks: loses some, brings some twice, late and out of order; and what others forge. */
import { type Clock, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import type { SimulatedCallback } from '../../simulators/simulator.ts';
import type { Chance } from '../crash/chance.ts';

/** Answers the status of whoever took it, or null when nobody did. */
export type Deliver = (slug: string, callback: SimulatedCallback) => Promise<number | null>;

const TRIES_MAX = 3;
const TRIES_AGAIN_AFTER_MS = 60 * SECOND_MS;

/** When a signature is too old, and when what it told of is long over. */
const VERY_LATE_MS = [20 * MINUTE_MS, 3 * HOUR_MS, 30 * HOUR_MS] as const;

interface Bringing {
  afterMs: number;
  triesMax?: number;
  tries?: number;
  refused?: (() => void) | undefined;
}

export class Postman {
  readonly #chance: Chance;
  readonly #clock: Clock;
  readonly #deliver: Deliver;
  /** Whose callbacks all arrive from now on: they are the only way to a payment whose answer was lost. */
  #cared: ReadonlySet<string> = new Set();
  #care: 'by chance' | 'surely' | 'never' = 'by chance';
  #refused: (() => void) | undefined;

  constructor(deps: { chance: Chance; clock: Clock; deliver: Deliver }) {
    this.#chance = deps.chance;
    this.#clock = deps.clock;
    this.#deliver = deps.deliver;
  }

  careFor(slugs: ReadonlySet<string>): void {
    this.#cared = slugs;
  }

  /**
   * Whether what is told meanwhile is lost, or is brought until somebody takes it. `refused` is called where they refuse
   * it: its signature is too old when they were all down for long.
   */
  with(care: 'surely' | 'never', act: () => void, refused?: () => void): void {
    this.#care = care;
    this.#refused = refused;
    act();
    this.#care = 'by chance';
    this.#refused = undefined;
  }

  take(slug: string, callback: SimulatedCallback): void {
    if (this.#care === 'never') return;
    if (this.#care === 'surely') return this.#bring(slug, callback, { afterMs: this.#chance.below(90) * SECOND_MS, triesMax: Infinity, refused: this.#refused });
    if (this.#cared.has(slug)) return this.#bring(slug, callback, { afterMs: 0 });
    const copies = this.#chance.oneOf([0, 1, 1, 1, 2, 3]);
    for (let copy = 0; copy < copies; copy++) {
      const isVeryLate = this.#chance.below(12) === 0;
      this.#bring(slug, callback, { afterMs: isVeryLate ? this.#chance.oneOf(VERY_LATE_MS) : this.#chance.below(90) * SECOND_MS });
    }
  }

  #bring(slug: string, callback: SimulatedCallback, { afterMs, triesMax = TRIES_MAX, tries = 1, refused }: Bringing): void {
    this.#clock.after(afterMs, () => {
      void this.#deliver(slug, callback).then((status) => {
        if (status === 401) refused?.();
        const isOver = status !== null && status < 500;
        if (!isOver && tries < triesMax) this.#bring(slug, callback, { afterMs: TRIES_AGAIN_AFTER_MS, triesMax, tries: tries + 1, refused });
      });
    });
  }
}
