/** Whoever holds the phones: approves, declines, waits too long, pays something else, or never answers; and loses it again. */
import { type Clock, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import type { Movement, Simulator } from '../../simulators/simulator.ts';
import type { Chance } from '../crash/chance.ts';
import type { TakingBack } from './taking-back.ts';
import type { Tempers } from './tempers.ts';

/** Of so many that went through, one is taken back. */
const ONE_TAKEN_BACK_OF = 12;

const DECLINES = ['Declined by the customer', 'Insufficient funds', 'Wrong PIN'] as const;

export class Customers {
  readonly #chance: Chance;
  readonly #clock: Clock;
  readonly #takingBack: TakingBack;
  readonly #tempers: Tempers;
  readonly #known = new Map<Simulator, number>();

  constructor(deps: { chance: Chance; clock: Clock; takingBack: TakingBack; tempers: Tempers }) {
    this.#chance = deps.chance;
    this.#clock = deps.clock;
    this.#takingBack = deps.takingBack;
    this.#tempers = deps.tempers;
  }

  /** Sees to every movement that is new in these books. */
  look(simulators: readonly Simulator[]): void {
    for (const simulator of simulators) {
      const { movements } = simulator.books;
      for (const movement of movements.slice(this.#known.get(simulator) ?? 0)) this.#hear(simulator, movement);
      this.#known.set(simulator, movements.length);
    }
  }

  #hear(simulator: Simulator, movement: Movement): void {
    if (movement.status === 'failed') this.#tempers.failed(simulator, movement);
    else if (movement.direction === 'collect') this.#asked(simulator, movement);
    else this.#paid(simulator, movement);
  }

  #asked(simulator: Simulator, movement: Movement): void {
    const { books } = simulator;
    const chance = this.#chance;
    const soon = (3 + chance.below(300)) * SECOND_MS;
    const dice = chance.below(100);
    if (dice < 60) this.#in(soon, () => this.#approve(books, movement));
    else if (dice < 72) this.#in(soon, () => this.#decline(simulator, movement, chance.oneOf(DECLINES)));
    else if (dice < 80) this.#viaTheNetwork(soon, movement, simulator);
    else if (dice < 84) this.#in(soon, () => this.#payOtherwise(books, movement));
    // When we have long called it expired, and at every look-back.
    else if (dice < 94) this.#in(chance.oneOf([20 * MINUTE_MS, 4 * HOUR_MS, 4.5 * HOUR_MS, 20 * HOUR_MS, 100 * HOUR_MS]) + soon, () => this.#approve(books, movement));
  }

  #paid(simulator: Simulator, movement: Movement): void {
    const { books } = simulator;
    const chance = this.#chance;
    const soon = (1 + chance.below(60)) * SECOND_MS;
    const dice = chance.below(100);
    if (dice < 60) this.#in(soon, () => this.#approve(books, movement));
    else if (dice < 75) this.#in(soon, () => this.#decline(simulator, movement, 'The number has no wallet'));
    else if (dice < 88) this.#viaTheNetwork(soon, movement, simulator);
    else if (dice < 91) this.#in(soon, () => this.#payOtherwise(books, movement));
    else this.#in(chance.oneOf([20 * MINUTE_MS, HOUR_MS, 3 * HOUR_MS, 23 * HOUR_MS, 30 * HOUR_MS]), () => this.#approve(books, movement));
  }

  #viaTheNetwork(soon: number, movement: Movement, simulator: Simulator): void {
    const { books } = simulator;
    this.#in(soon, () => books.passOn(movement));
    const goesWell = this.#chance.below(3) > 0;
    this.#in(soon + (1 + this.#chance.below(40)) * MINUTE_MS, () => (goesWell ? this.#approve(books, movement) : this.#decline(simulator, movement, 'Timed out at the network')));
  }

  /** The provider tells of another amount, or of another currency, than was agreed. */
  #payOtherwise(books: Simulator['books'], movement: Movement): void {
    movement.reported = this.#chance.below(2) === 0 ? { ...movement.reported, amount: movement.amount - 100 } : { ...movement.reported, currency: movement.currency === 'UGX' ? 'KES' : 'UGX' };
    if (this.#chance.below(4) > 0) return this.#approve(books, movement);
    // It came and went before anybody heard of it.
    this.#takingBack.now(() => books.approve(movement), { isTold: false });
    this.#takingBack.now(() => books.reverse(movement, 'Taken back by the network'), { isTold: true });
  }

  #approve(books: Simulator['books'], movement: Movement): void {
    books.approve(movement);
    if (this.#chance.below(ONE_TAKEN_BACK_OF) === 0) this.#takingBack.later(movement, () => books.reverse(movement, 'Taken back by the network'));
  }

  #decline(simulator: Simulator, movement: Movement, reason: string): void {
    simulator.books.decline(movement, reason);
    this.#tempers.failed(simulator, movement);
  }

  #in(ms: number, act: () => void): void {
    this.#clock.after(ms, act);
  }
}
