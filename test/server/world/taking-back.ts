/** Providers that take back what had gone through: a number is closed, a network rolls back, a bank believes its cardholder. */
import { type Clock, DAY_MS, HOUR_MS, MINUTE_MS } from '../../../server/core/clock.ts';
import type { Chance } from '../crash/chance.ts';
import type { Postman } from './postman.ts';

/** While the first callbacks are still on their way, within the first hours, and when nobody thinks of it any more. */
const AFTER_MS = [2 * MINUTE_MS, 15 * MINUTE_MS, 3 * HOUR_MS, 30 * HOUR_MS, 4 * DAY_MS] as const;

/** Of so many that the provider takes back, it does one without a word. */
const ONE_UNTOLD_OF = 4;

export class TakingBack {
  /** What was taken back without a word: whoever is not asked again cannot know of it. */
  readonly untold = new Set<object>();
  readonly #chance: Chance;
  readonly #clock: Clock;
  readonly #postman: Postman;
  #isOver = false;

  constructor(deps: { chance: Chance; clock: Clock; postman: Postman }) {
    this.#chance = deps.chance;
    this.#clock = deps.clock;
    this.#postman = deps.postman;
  }

  /** Some time from now; `take` is what makes the provider tell of it. */
  later(what: object, take: () => void): void {
    const chance = this.#chance;
    const isTold = chance.below(ONE_UNTOLD_OF) > 0;
    this.#clock.after(chance.oneOf(AFTER_MS), () => {
      if (this.#isOver) return;
      const isUntold = () => void this.untold.add(what);
      if (!isTold) isUntold();
      this.now(take, { isTold, refused: isUntold });
    });
  }

  /** From now on what went through stays so: there is no time left to hear of more. */
  stop(): void {
    this.#isOver = true;
  }

  /** `refused` is called where what is told is not believed. */
  now(take: () => void, { isTold, refused }: { isTold: boolean; refused?: () => void }): void {
    this.#postman.with(isTold ? 'surely' : 'never', take, refused);
  }
}
