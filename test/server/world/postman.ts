/** Carries the providers' callbacks: loses some, brings some twice, late and out of order; and what others forge. */
import { type Clock, SECOND_MS } from '../../../server/core/clock.ts';
import type { SimulatedCallback } from '../../simulators/simulator.ts';
import type { Chance } from '../crash/chance.ts';

/** Answers the status of whoever took it, or null when nobody did. */
export type Deliver = (slug: string, callback: SimulatedCallback) => Promise<number | null>;

const TRIES_MAX = 3;
const TRIES_AGAIN_AFTER_MS = 60 * SECOND_MS;

export class Postman {
  readonly #chance: Chance;
  readonly #clock: Clock;
  readonly #deliver: Deliver;
  /** Whose callbacks all arrive from now on: they are the only way to a payment whose answer was lost. */
  #cared: ReadonlySet<string> = new Set();

  constructor(deps: { chance: Chance; clock: Clock; deliver: Deliver }) {
    this.#chance = deps.chance;
    this.#clock = deps.clock;
    this.#deliver = deps.deliver;
  }

  careFor(slugs: ReadonlySet<string>): void {
    this.#cared = slugs;
  }

  take(slug: string, callback: SimulatedCallback): void {
    if (this.#cared.has(slug)) return this.#bring(slug, callback, 0);
    const copies = this.#chance.oneOf([0, 1, 1, 1, 2, 3]);
    for (let copy = 0; copy < copies; copy++) this.#bring(slug, callback, this.#chance.below(90) * SECOND_MS);
  }

  #bring(slug: string, callback: SimulatedCallback, afterMs: number, tries = 1): void {
    this.#clock.after(afterMs, () => {
      void this.#deliver(slug, callback).then((status) => {
        const isTaken = status !== null && status < 500;
        if (!isTaken && tries < TRIES_MAX) this.#bring(slug, callback, TRIES_AGAIN_AFTER_MS, tries + 1);
      });
    });
  }
}
