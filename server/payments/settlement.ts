/**
 * The one place where a payment's status moves. Everything that learns something of a payment (the answer to
 * collect, a callback, a poll, the clock) brings an outcome here, as often and in whatever order it likes.
 */
import assert from 'node:assert/strict';
import type { FailureCode } from '../core/checkout-contract.ts';
import type { Clock } from '../core/clock.ts';
import type { Store, Transaction } from '../db/store.ts';
import type { StatusHub } from '../events/status-hub.ts';
import type { JobQueue } from '../jobs/queue.ts';
import { post } from '../ledger/ledger.ts';
import { collectSettled } from '../ledger/postings.ts';
import { canBecome, nextAskAt, type Payment } from './payment.ts';
import { insertReview, moveStatus, paymentById } from './statements.ts';

export type Outcome =
  /** The provider's own word, amount and currency: never taken from a callback. */
  | { status: 'completed'; providerRef: string; amountMinor: number; currency: string; at: number }
  | { status: 'failed'; providerRef?: string; code: FailureCode; reason: string }
  | { status: 'expired' };

export const CHECK_JOB = 'payment.check';

export function checkSubject(payment: { id: number }): string {
  return `payment:${payment.id}`;
}

export class Settlement {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #jobs: JobQueue;
  readonly #hub: StatusHub<Payment>;

  constructor({ store, clock, jobs, hub }: { store: Store; clock: Clock; jobs: JobQueue; hub: StatusHub<Payment> }) {
    this.#store = store;
    this.#clock = clock;
    this.#jobs = jobs;
    this.#hub = hub;
  }

  /** Applies an outcome in a commit of its own and answers the payment as it then stands. */
  settle(paymentId: number, outcome: Outcome): Promise<Payment> {
    return this.#store.write((tx) => this.settleIn(tx, paymentId, outcome));
  }

  /** Status, ledger transfer and jobs, all in the caller's commit. What cannot follow from where it stands changes nothing. */
  async settleIn(tx: Transaction, paymentId: number, outcome: Outcome): Promise<Payment> {
    const payment = await tx.get(paymentById, { id: paymentId });
    assert(payment !== undefined, `payment ${paymentId} vanished`);
    if (!canBecome(payment.status, outcome.status)) return payment;
    if (outcome.status === 'completed' && !isAsAgreed(payment, outcome)) {
      await this.#sendToReview(tx, payment, outcome);
      return payment;
    }
    const moved = await this.#move(tx, payment, outcome);
    // Another server moved it between the read and the update: look again at where it stands now.
    if (moved === undefined) return this.settleIn(tx, paymentId, outcome);
    if (moved.status === 'completed') await this.#credit(tx, moved);
    await this.planNextCheckIn(tx, moved);
    tx.afterCommit(() => this.#hub.publish(moved));
    return moved;
  }

  /** Sees to it that the payment is asked about as long as something can still come. */
  async planNextCheckIn(tx: Transaction, payment: Payment): Promise<void> {
    const now = this.#clock.now();
    const runAt = nextAskAt(payment, now);
    const subject = checkSubject(payment);
    if (runAt === null) await this.#jobs.cancel(tx, CHECK_JOB, subject);
    else await this.#jobs.enqueue(tx, { kind: CHECK_JOB, subject, runAt }, now);
  }

  async #move(tx: Transaction, payment: Payment, outcome: Outcome): Promise<Payment | undefined> {
    return tx.get(moveStatus, {
      id: payment.id,
      from: payment.status,
      to: outcome.status,
      now: this.#clock.now(),
      completedAt: outcome.status === 'completed' ? outcome.at : null,
      providerRef: outcome.status === 'expired' ? '' : (outcome.providerRef ?? ''),
      ...failureOf(outcome),
    });
  }

  async #credit(tx: Transaction, payment: Payment): Promise<void> {
    assert(payment.completedAt !== null);
    const posted = await post(
      tx,
      collectSettled({
        source: checkSubject(payment),
        appId: payment.appId,
        provider: payment.provider,
        currency: payment.currency,
        mode: payment.mode,
        amountMinor: payment.amountMinor,
        feeMinor: payment.feeMinor,
        eventAt: payment.completedAt,
      }),
      this.#clock.now(),
    );
    assert(posted, `payment ${payment.id} completed although it is settled in the ledger already`);
  }

  async #sendToReview(tx: Transaction, payment: Payment, outcome: Outcome & { status: 'completed' }): Promise<void> {
    const detail = JSON.stringify({
      agreed: { amount_minor: payment.amountMinor, currency: payment.currency },
      reported: { amount_minor: outcome.amountMinor, currency: outcome.currency, provider_ref: outcome.providerRef },
    });
    await tx.run(insertReview, { paymentId: payment.id, kind: 'amount_mismatch', detail, now: this.#clock.now() });
  }
}

function isAsAgreed(payment: Payment, outcome: { amountMinor: number; currency: string }): boolean {
  return outcome.amountMinor === payment.amountMinor && outcome.currency === payment.currency;
}

function failureOf(outcome: Outcome): { failureCode: FailureCode; failureReason: string } {
  switch (outcome.status) {
    case 'completed':
      return { failureCode: '', failureReason: '' };
    case 'failed':
      return { failureCode: outcome.code, failureReason: outcome.reason };
    case 'expired':
      return { failureCode: 'expired', failureReason: 'expired' };
    default:
      return outcome satisfies never;
  }
}
