/** Providers that say no: to a request of which they then know nothing, or after they took it; and that find now and then that what failed was paid. */
import type { Movement, Simulator } from '../../simulators/simulator.ts';
import type { Chance } from '../crash/chance.ts';
import type { TakingBack } from './taking-back.ts';

const ONE_REFUSED_OF = 25;
const ONE_FAILED_OF = 25;

/** Of so many that failed, one turns out to have been paid. */
const ONE_PAID_OF = 5;

export class Tempers {
  readonly #chance: Chance;
  readonly #takingBack: TakingBack;

  constructor({ chance, simulators, takingBack }: { chance: Chance; simulators: readonly Simulator[]; takingBack: TakingBack }) {
    this.#chance = chance;
    this.#takingBack = takingBack;
    for (const { books } of simulators) {
      books.temper = () => {
        if (chance.below(ONE_REFUSED_OF) === 0) return 'refuses';
        return chance.below(ONE_FAILED_OF) === 0 ? 'fails' : 'takes';
      };
    }
  }

  /** A phone's payment failed, or a payout to it. */
  failed({ books }: Simulator, movement: Movement): void {
    if (movement.status === 'failed' && this.#chance.below(ONE_PAID_OF) === 0) this.#takingBack.later(movement, () => books.findPaid(movement));
  }
}
