/**
 * The one place where a payment's status moves. Everything that learns something of a payment (the answer to
 * collect, a callback, a poll, the clock) brings an outcome here, as often and in whatever order it likes.
 */
import assert from 'node:assert/strict';
import type { FailureCode } from '../core/checkout-contract.ts';
import type { Clock } from '../core/clock.ts';
import type { Store, Transaction } from '../db/store.ts';
import type { StatusHub } from '../events/status-hub.ts';
import type { JobQueue, NewJob } from '../jobs/queue.ts';
import { post } from '../ledger/ledger.ts';
import { collectSettled, payoutPaidLate, payoutReleased, payoutSent, type Posting } from '../ledger/postings.ts';
import { providerLane } from '../providers/lane.ts';
import type { ProviderLines } from '../providers/lines/lines.ts';
import { providerRefIn, type Submission } from '../providers/provider.ts';
import { openReviewIn, type ReviewKind, settleEndedIn } from '../reviews/reviews.ts';
import { holdFunds } from './funds.ts';
import { isAnothers } from './lost-answers.ts';
import { doubtAboutPaid, isSameMoney, type KnownAs } from './paid-out.ts';
import { noticePaidTwiceIn } from './paid-twice.ts';
import { canBecome, nextAskAfter, type Payment } from './payment.ts';
import { holdPayment, moveStatus, paymentById, recordSubmission } from './statements.ts';

export type Outcome =
  /** The provider's own word, amount and currency: never taken from a callback. */
  | { status: 'completed'; providerRef: string; amountMinor: number; currency: string; at: number; knownAs?: KnownAs }
  | { status: 'failed'; providerRef?: string; code: FailureCode; reason: string }
  | { status: 'expired' };

/** Is told of every move of a payment's status, and of money that goes back, in the commit that makes it. */
export interface PaymentEvents {
  record(tx: Transaction, payment: Payment, news?: MoneyBack): Promise<void>;
}

/**
 * Money of a completed payment that went back: a refund's reference and amount, or all of it, taken by the provider. Or a
 * refund that was told and came back since: the customer does not have it. `restored`: what the provider had taken is there again.
 */
export type MoneyBack = { kind: 'refunded' | 'refund_failed'; reference: string; amountMinor: number; reason: string } | { kind: 'reversed' | 'restored'; amountMinor: number; reason: string };

export const CHECK_JOB = 'payment.check';

export function checkSubject(payment: { id: number }): string {
  return `payment:${payment.id}`;
}

/** Has a payment's provider asked once, now. */
export function checkJob(payment: Pick<Payment, 'id' | 'provider' | 'mode'>, runAt: number): NewJob {
  return { kind: CHECK_JOB, subject: checkSubject(payment), lane: providerLane(payment), runAt };
}

export class Settlement {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #jobs: JobQueue;
  readonly #hub: StatusHub<Payment>;
  readonly #events: PaymentEvents;
  readonly #lines: ProviderLines;

  constructor(deps: { store: Store; clock: Clock; jobs: JobQueue; hub: StatusHub<Payment>; events: PaymentEvents; lines: ProviderLines }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
    this.#jobs = deps.jobs;
    this.#hub = deps.hub;
    this.#events = deps.events;
    this.#lines = deps.lines;
  }

  /** Applies an outcome in a commit of its own and answers the payment as it then stands. */
  settle(paymentId: number, outcome: Outcome): Promise<Payment> {
    return this.#store.write((tx) => this.settleIn(tx, paymentId, outcome));
  }

  /** Status, ledger transfer, event and jobs, all in the caller's commit. What cannot follow from where it stands changes nothing. */
  async settleIn(tx: Transaction, paymentId: number, outcome: Outcome): Promise<Payment> {
    const payment = await tx.get(paymentById, { id: paymentId });
    assert(payment !== undefined, `payment ${paymentId} vanished`);
    if (outcome.status === 'completed' && reviewOf(payment, outcome) !== null) return this.#sendToReview(tx, paymentId, outcome);
    if (!canBecome(payment, outcome.status)) return payment;
    const moved = await this.#move(tx, payment, outcome);
    // Another server moved it between the read and the update: look again at where it stands now.
    if (moved === undefined) return this.settleIn(tx, paymentId, outcome);
    await this.#moveMoney(tx, moved);
    // What expires long after its time (the server was off) has had no look-back: its provider may not have answered at all.
    await this.planNextCheckIn(tx, moved, { answered: outcome.status !== 'expired' });
    // Whatever a person was asked about it, the provider has said since. Not looked for where a customer simply pays, which is often.
    if (payment.status !== 'pending' || payment.direction === 'disburse') await settleEndedIn(tx, checkSubject(moved), moved.status, this.#clock.now());
    if (moved.status === 'completed' && moved.direction === 'collect') await noticePaidTwiceIn(tx, moved, checkSubject(moved), this.#clock.now());
    await this.#events.record(tx, moved);
    tx.afterCommit(() => this.#hub.publish(moved));
    return moved;
  }

  /** Money of a payout left after its hold was released, and a person decided that the app pays for it: it is paid after all. */
  async payLateIn(tx: Transaction, payment: Payment, { providerRef, at }: { providerRef: string; at: number }): Promise<void> {
    assert(payment.direction === 'disburse' && payment.status === 'failed', `payment ${payment.id} is no payout that failed`);
    const now = this.#clock.now();
    const paid = await tx.get(moveStatus, { id: payment.id, from: 'failed', to: 'completed', now, completedAt: at, providerRef, failureCode: '', failureReason: '' });
    assert(paid !== undefined, `payment ${payment.id} moved meanwhile`);
    const { id, appId, provider, currency, mode, amountMinor } = paid;
    await holdFunds(tx, payoutPaidLate({ source: `payment:${id}`, appId, provider, currency, mode, amountMinor, eventAt: at }), now);
    await this.planNextCheckIn(tx, paid);
    await this.#events.record(tx, paid);
  }

  /** Sees to it that the payment is asked about as long as something can still come. */
  async planNextCheckIn(tx: Transaction, payment: Payment, { answered } = { answered: true }): Promise<void> {
    const now = this.#clock.now();
    const runAt = nextAskAfter(payment, { answered, now });
    const subject = checkSubject(payment);
    if (runAt === null) await this.#jobs.cancel(tx, CHECK_JOB, subject);
    else await this.#jobs.enqueue(tx, checkJob(payment, runAt), now);
  }

  /** What was given back of it at its provider is heard in a commit of its own. */
  async planCheckNowIn(tx: Transaction, payment: Payment): Promise<void> {
    const now = this.#clock.now();
    await this.#jobs.enqueue(tx, checkJob(payment, now), now);
  }

  /**
   * What the provider answered to being sent a payment, in the caller's commit; a refusal settles it there. Not when the
   * provider has acknowledged it meanwhile: one that says both is asked which it is.
   */
  async recordSubmissionIn(tx: Transaction, payment: Payment, answered: Submission): Promise<Payment> {
    const submission: Submission = (await isAnothers(tx, payment, providerRefIn(answered))) ? { kind: 'unknown', reason: 'answered with the transaction of another payment' } : answered;
    await this.#lines.recordIn(tx, payment, answered);
    if (submission.kind !== 'refused') await submission.inCommit?.(tx);
    const accepted = submission.kind === 'accepted' ? submission : null;
    const recorded = (await tx.get(recordSubmission, {
      id: payment.id,
      submission: accepted === null ? submission.kind : 'sent',
      providerRef: providerRefIn(submission),
      clientSecret: accepted?.clientSecret ?? '',
      redirectUrl: accepted?.redirectUrl ?? '',
      now: this.#clock.now(),
    }))!;
    if (submission.kind !== 'refused' || recorded.submission === 'sent') {
      // Given up as never sent while its answer was on its way: it was sent after all, and is followed again.
      if (recorded.status === 'failed') await this.planNextCheckIn(tx, recorded);
      return recorded;
    }
    return this.settleIn(tx, payment.id, { status: 'failed', code: submission.code, reason: submission.reason });
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

  async #moveMoney(tx: Transaction, payment: Payment): Promise<void> {
    const posting = postingOf(payment, this.#clock.now());
    if (posting === null) return;
    const posted = await post(tx, posting, this.#clock.now());
    assert(posted, `payment ${payment.id} is ${payment.status}, and ${posting.posting} stands in the ledger already`);
  }

  /** What another server has made of it since it was read is seen once it is held: then it may be no more in doubt. */
  async #sendToReview(tx: Transaction, id: number, outcome: Completed): Promise<Payment> {
    const payment = (await tx.get(holdPayment, { id }))!;
    const kind = reviewOf(payment, outcome);
    if (kind === null) return this.settleIn(tx, id, outcome);
    const { amountMinor, currency, providerRef, at } = outcome;
    const detail = {
      agreed: { amount_minor: payment.amountMinor, currency: payment.currency },
      reported: { amount_minor: amountMinor, currency, provider_ref: providerRef, at },
    };
    await openReviewIn(tx, { subject: checkSubject(payment), kind, detail }, this.#clock.now());
    return payment;
  }
}

type Completed = Outcome & { status: 'completed' };

/** Why a person has to look at what the provider calls completed, or null. */
function reviewOf(payment: Payment, completed: Completed): ReviewKind | null {
  if (payment.direction === 'disburse') return doubtAboutPaid(payment, completed, completed.knownAs);
  return payment.status === 'completed' || isSameMoney(payment, completed) ? null : 'amount_mismatch';
}

/** Whether what was to be paid out is in the wallet again. */
export function isReleased({ direction, status, reversedAt }: Pick<Payment, 'direction' | 'status' | 'reversedAt'>): boolean {
  return direction === 'disburse' && (status === 'failed' || reversedAt !== null);
}

/** What the ledger says of a payment that came to this status; null where no money moves. */
function postingOf(payment: Payment, now: number): Posting | null {
  const { id, appId, provider, currency, mode, amountMinor, feeMinor, completedAt } = payment;
  const movement = { source: `payment:${id}`, appId, provider, currency, mode, amountMinor, eventAt: completedAt ?? now };
  switch (payment.status) {
    case 'completed':
      assert(completedAt !== null);
      return payment.direction === 'collect' ? collectSettled({ ...movement, feeMinor }) : payoutSent(movement);
    case 'failed':
      return payment.direction === 'collect' ? null : payoutReleased(movement);
    case 'expired':
    case 'pending':
      return null;
    default:
      return payment.status satisfies never;
  }
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
