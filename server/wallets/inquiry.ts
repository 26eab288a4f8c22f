/** Asking the provider what became of a withdrawal: after sending it, after a callback, and by the job that follows it. */
import { type Clock, MINUTE_MS } from '../core/clock.ts';
import type { Store, Transaction } from '../db/store.ts';
import type { Job } from '../jobs/queue.ts';
import type { JobResult } from '../jobs/runner.ts';
import { askProvider } from '../payments/provider-calls.ts';
import { surelySentForMs } from '../payments/surely-sent.ts';
import type { ProviderStatus } from '../providers/provider.ts';
import type { ProviderRouting } from '../providers/routing.ts';
import { openUnknownIn } from '../reviews/reviews.ts';
import type { WithdrawalSettlement } from './settlement.ts';
import { giveUpUnsentWithdrawal, recordWithdrawalSubmission, withdrawalById, withdrawalByReference, withdrawalByUpstreamRef } from './statements.ts';
import { isWithdrawalOverdue, nextWithdrawalAskAfter, type Withdrawal, withdrawalSource } from './withdrawal.ts';

/** When to look again at a withdrawal whose provider lost its credentials here. */
const UNCONFIGURED_RETRY_MS = MINUTE_MS;

/** A withdrawal as it stands after asking, and whether its provider said anything. */
export interface InquiredWithdrawal {
  withdrawal: Withdrawal;
  answered: boolean;
}

export class WithdrawalInquiry {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #routing: ProviderRouting;
  readonly #settlement: WithdrawalSettlement;

  constructor(deps: { store: Store; clock: Clock; routing: ProviderRouting; settlement: WithdrawalSettlement }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
    this.#routing = deps.routing;
    this.#settlement = deps.settlement;
  }

  /** Asks the provider and applies what it says; answers the withdrawal as it then stands. */
  async ask(withdrawal: Withdrawal, deadlineMs?: number): Promise<Withdrawal> {
    return (await this.#inquire(withdrawal, { deadlineMs })).withdrawal;
  }

  /** A callback came that may be about a withdrawal: asks about it, and answers whether there was an answer. */
  async inquireByReference(reference: string): Promise<InquiredWithdrawal | undefined> {
    const withdrawal = await this.#store.read.get(withdrawalByReference, { reference });
    return withdrawal && this.#inquire(withdrawal, { evenCompleted: true });
  }

  /** Our reference of the withdrawal that a provider calls by its own. */
  async referenceOf(provider: string, providerRef: string): Promise<string | undefined> {
    return (await this.#store.read.get(withdrawalByUpstreamRef, { provider, providerRef }))?.reference;
  }

  async #inquire(withdrawal: Withdrawal, { deadlineMs, evenCompleted = false }: { deadlineMs?: number | undefined; evenCompleted?: boolean } = {}): Promise<InquiredWithdrawal> {
    const { reference, providerRef, provider: slug, status, submission, currency, createdAt } = withdrawal;
    if (withdrawal.reversedAt !== null || submission === 'operator') return { withdrawal, answered: true };
    if (status === 'completed' && !evenCompleted) return { withdrawal, answered: true };
    const provider = this.#routing.adapterOf({ mode: 'live', provider: slug });
    if (provider === undefined) return { withdrawal, answered: false };
    const asked = { reference, providerRef, direction: 'disburse', method: 'mobile_money', currency, createdAt } as const;
    const answer = await askProvider(provider, asked, this.#clock, deadlineMs);
    return { withdrawal: await this.#apply(withdrawal, answer, provider.notFoundIsFinalAfterMs), answered: answer.kind !== 'unknown' };
  }

  /** The job that follows one withdrawal until its provider has said what became of it. */
  async check(job: Job): Promise<JobResult> {
    const withdrawal = await this.#store.read.get(withdrawalById, { id: Number(job.subject.slice('withdrawal:'.length)) });
    if (withdrawal === undefined) return 'done';
    const { withdrawal: asked, answered } = await this.#inquire(withdrawal, { evenCompleted: true });
    const now = this.#clock.now();
    if (isWithdrawalOverdue(asked, now)) await this.#store.write((tx) => openUnknownIn(tx, withdrawalSource(asked), asked, now));
    const next = nextWithdrawalAskAfter(asked, { answered, now });
    if (next === null) return 'done';
    const configured = this.#routing.adapterOf({ mode: 'live', provider: asked.provider }) !== undefined;
    return { runAgainAt: configured ? next : Math.max(next, now + UNCONFIGURED_RETRY_MS) };
  }

  /** Of a completed withdrawal only one thing is news: that it is so no more. */
  async #applyToCompleted(withdrawal: Withdrawal, status: ProviderStatus): Promise<Withdrawal> {
    if (status.kind !== 'reversed' && status.kind !== 'failed') return withdrawal;
    return this.#store.write((tx) => this.#settlement.reverseIn(tx, withdrawal.id, status.kind === 'reversed' ? status : null));
  }

  async #apply(withdrawal: Withdrawal, status: ProviderStatus, notFoundIsFinalAfterMs: number): Promise<Withdrawal> {
    const { id } = withdrawal;
    if (withdrawal.status === 'completed') return this.#applyToCompleted(withdrawal, status);
    switch (status.kind) {
      case 'completed': {
        const { providerRef, at, amountMinor, currency } = status;
        return this.#store.write(async (tx) => {
          await this.#acknowledgeIn(tx, id, providerRef);
          return this.#settlement.settleIn(tx, id, { status: 'completed', providerRef, at, paid: { amountMinor, currency } });
        });
      }
      case 'reversed':
        return this.#store.write(async (tx) => {
          await this.#acknowledgeIn(tx, id, status.providerRef);
          return this.#settlement.reverseIn(tx, id, status);
        });
      case 'failed': {
        const { providerRef = '', reason } = status;
        return this.#store.write(async (tx) => {
          await this.#acknowledgeIn(tx, id, providerRef);
          return this.#settlement.settleIn(tx, id, { status: 'failed', providerRef, reason });
        });
      }
      case 'pending':
        if (withdrawal.submission === 'sent') return withdrawal;
        return this.#store.write(async (tx) => {
          const recorded = await this.#acknowledgeIn(tx, id, status.providerRef);
          // A refused withdrawal has no job that follows it.
          if (withdrawal.submission === 'refused') await this.#settlement.planNextCheckIn(tx, recorded);
          return recorded;
        });
      case 'not_found':
        return surelySentForMs(this.#clock, withdrawal.reference) < notFoundIsFinalAfterMs ? withdrawal : this.#neverSent(id);
      case 'unknown':
        return withdrawal;
      default:
        return status satisfies never;
    }
  }

  /**
   * It never reached the provider, so nothing was paid. What the provider once acknowledged stays in doubt instead. Not
   * recorded as refused, so that the look-backs find out whether the provider paid what it did not know of.
   */
  async #neverSent(id: number): Promise<Withdrawal> {
    return this.#store.write(async (tx) => {
      await this.#settlement.lockIn(tx, id);
      const isUnsent = (await tx.get(giveUpUnsentWithdrawal, { id, now: this.#clock.now() })) !== undefined;
      if (!isUnsent) return (await tx.get(withdrawalById, { id }))!;
      return this.#settlement.settleIn(tx, id, { status: 'failed', reason: 'The request did not reach the provider; nothing was paid out' });
    });
  }

  /** The provider has it. Whoever settles it afterwards in the same commit has its lock already. */
  async #acknowledgeIn(tx: Transaction, id: number, providerRef = ''): Promise<Withdrawal> {
    await this.#settlement.lockIn(tx, id);
    return (await tx.get(recordWithdrawalSubmission, { id, submission: 'sent', providerRef, now: this.#clock.now() }))!;
  }
}
