/** When a withdrawal's provider is asked what became of it: after sending it, after a callback, and by the job that follows it. */
import type { Clock } from '../core/clock.ts';
import type { Store } from '../db/store.ts';
import type { Job } from '../jobs/queue.ts';
import type { JobResult } from '../jobs/runner.ts';
import { Asking, type CalledBack, type Heard, unasked } from '../payments/asking.ts';
import type { ProviderRouting } from '../providers/routing.ts';
import { WithdrawalHearing } from './hearing.ts';
import type { WithdrawalSettlement } from './settlement.ts';
import { withdrawalById, withdrawalByReference, withdrawalByUpstreamRef } from './statements.ts';
import type { Withdrawal } from './withdrawal.ts';

export class WithdrawalInquiry implements CalledBack {
  readonly #store: Store;
  readonly #asking: Asking<Withdrawal>;

  constructor({ store, clock, routing, settlement }: { store: Store; clock: Clock; routing: ProviderRouting; settlement: WithdrawalSettlement }) {
    this.#store = store;
    this.#asking = new Asking<Withdrawal>({ store, clock, about: new WithdrawalHearing({ clock, routing, settlement }) });
  }

  /** Asks the provider, unless there is nothing more to hear, and applies what it says; answers the withdrawal as it then stands. */
  async ask(withdrawal: Withdrawal, deadlineMs?: number): Promise<Withdrawal> {
    return withdrawal.status === 'completed' ? withdrawal : this.#asking.apply(await this.#hear(withdrawal, deadlineMs));
  }

  async referenceOf(provider: string, providerRef: string): Promise<string | undefined> {
    return (await this.#store.read.get(withdrawalByUpstreamRef, { provider, providerRef }))?.reference;
  }

  async hearOf(reference: string): Promise<Heard<Withdrawal> | undefined> {
    const withdrawal = await this.#store.read.get(withdrawalByReference, { reference });
    return withdrawal && this.#hear(withdrawal);
  }

  /** The job that follows one withdrawal until its provider has said what became of it. */
  async check(job: Job): Promise<JobResult> {
    const withdrawal = await this.#store.read.get(withdrawalById, { id: Number(job.subject.slice('withdrawal:'.length)) });
    if (withdrawal === undefined) return 'done';
    const heard = await this.#hear(withdrawal);
    return this.#asking.endOf(await this.#asking.apply(heard), heard);
  }

  /** Also about one that has completed, which may come back, and leave again; not about one that a person pays out. */
  async #hear(withdrawal: Withdrawal, deadlineMs?: number): Promise<Heard<Withdrawal>> {
    return withdrawal.submission === 'operator' ? unasked(withdrawal, { answered: true }) : this.#asking.hear(withdrawal, deadlineMs);
  }
}
