/** What the operator does with withdrawals by hand: bank transfers, and whatever a provider left in doubt. */
import type { Clock } from '../core/clock.ts';
import { ApiError } from '../core/errors.ts';
import type { Store } from '../db/store.ts';
import { JobQueue } from '../jobs/queue.ts';
import { decideOpenIn, settleReviewIn } from '../reviews/reviews.ts';
import { type WithdrawalOutcome, WithdrawalSettlement } from './settlement.ts';
import { latestWithdrawals, openWithdrawals, withdrawalById, withdrawalsInReview } from './statements.ts';
import { type Withdrawal, withdrawalSource } from './withdrawal.ts';

/** How many withdrawals are shown when all are asked for. */
const SHOWN = 100;

export class WithdrawalDesk {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #settlement: WithdrawalSettlement;

  constructor({ store, clock }: { store: Store; clock: Clock }) {
    this.#store = store;
    this.#clock = clock;
    this.#settlement = new WithdrawalSettlement({ clock, jobs: new JobQueue(store) });
  }

  /** What is open, the oldest first, then what is over and needs a look all the same. */
  async waiting(): Promise<Withdrawal[]> {
    return [...(await this.#store.read.all(openWithdrawals)), ...(await this.#store.read.all(withdrawalsInReview))];
  }

  /** The latest ones, whatever became of them. */
  async latest(): Promise<Withdrawal[]> {
    return this.#store.read.all(latestWithdrawals, { limit: SHOWN });
  }

  /** The money was sent: the hold is gone for good. `receipt` is the bank's own reference, or empty. */
  paid(id: number, receipt: string): Promise<Withdrawal> {
    return this.#end(id, { status: 'completed', providerRef: receipt, at: this.#clock.now() });
  }

  /** The money was not and will not be sent: it is back in the wallet. */
  reject(id: number, reason: string): Promise<Withdrawal> {
    return this.#end(id, { status: 'failed', reason });
  }

  #end(id: number, outcome: WithdrawalOutcome): Promise<Withdrawal> {
    return this.#store.write(async (tx) => {
      await this.#settlement.lockIn(tx, id);
      const withdrawal = await tx.get(withdrawalById, { id });
      if (withdrawal === undefined) throw new ApiError('NOT_FOUND', `There is no withdrawal ${id}`);
      if (withdrawal.status !== 'pending') throw new ApiError('VALIDATION_ERROR', `Withdrawal ${id} is ${withdrawal.status} already`);
      // A phone is paid by the provider, whose word alone ends the hold, unless that word makes no sense.
      if (withdrawal.method === 'mobile_money' && withdrawal.review === '') {
        throw new ApiError('VALIDATION_ERROR', `Withdrawal ${id} is being paid out by ${withdrawal.provider}, which is asked what became of it`);
      }
      // Whoever ends it has seen what its provider says came back of it, or was paid.
      const ended = { subject: withdrawalSource(withdrawal), note: 'The operator has ended it by hand.' };
      await settleReviewIn(tx, { ...ended, kind: 'reversal_mismatch' }, this.#clock.now());
      await decideOpenIn(tx, { ...ended, kind: 'amount_mismatch', resolution: outcome.status === 'completed' ? 'accept' : 'release' }, this.#clock.now());
      return this.#settlement.settleIn(tx, id, outcome);
    });
  }
}
