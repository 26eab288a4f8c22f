/** The one place where a withdrawal ends: its status and its hold, in one commit, once. */
import assert from 'node:assert/strict';
import type { Clock } from '../core/clock.ts';
import { toMajor } from '../core/money.ts';
import type { Transaction } from '../db/store.ts';
import type { JobQueue } from '../jobs/queue.ts';
import { post } from '../ledger/ledger.ts';
import { type Movement, withdrawalPaid, withdrawalPaidLate, withdrawalReleased, withdrawalReversed } from '../ledger/postings.ts';
import { type Decided, hasHappened } from '../ledger/sources.ts';
import { holdFunds } from '../payments/funds.ts';
import { doubtAboutPaid, isSameMoney, type KnownAs } from '../payments/paid-out.ts';
import { providerLane } from '../providers/lane.ts';
import { providerRefIn, type Submission } from '../providers/provider.ts';
import { isBorne } from '../reviews/borne.ts';
import { isAllBackIn, isBeforePerson, isSaidBackIn, openReviewIn, type ReviewKind, settleAllBackIn, settleEndedIn } from '../reviews/reviews.ts';
import { completeLateWithdrawal, endWithdrawal, markWithdrawalPaidAgain, markWithdrawalReversed, recordWithdrawalSubmission, setReview, withdrawalById } from './statements.ts';
import { CHECK_WITHDRAWAL_JOB, nextWithdrawalAskAt, type Withdrawal, withdrawalSource } from './withdrawal.ts';

/** What the provider says that it paid. */
interface Paid {
  amountMinor: number;
  currency: string;
}

export type WithdrawalOutcome =
  /** The provider's own word, or the operator's. */
  | { status: 'completed'; providerRef: string; at: number; paid?: Paid; knownAs?: KnownAs }
  | { status: 'failed'; providerRef?: string; reason: string };

/** The provider's own word that what it had paid out came back. */
export interface Reversed {
  amountMinor: number;
  currency: string;
  providerRef: string;
  at: number;
  reason: string;
}

export class WithdrawalSettlement {
  readonly #clock: Clock;
  readonly #jobs: JobQueue;

  constructor({ clock, jobs }: { clock: Clock; jobs: JobQueue }) {
    this.#clock = clock;
    this.#jobs = jobs;
  }

  /** Applies an outcome, as often and in whatever order it is brought: only an open withdrawal ends. */
  async settleIn(tx: Transaction, id: number, outcome: WithdrawalOutcome): Promise<Withdrawal> {
    await this.lockIn(tx, id);
    const withdrawal = await tx.get(withdrawalById, { id });
    assert(withdrawal !== undefined, `withdrawal ${id} vanished`);
    const now = this.#clock.now();
    if (outcome.status === 'completed' && outcome.paid !== undefined) {
      const { paid, knownAs } = outcome;
      const doubt = doubtAboutPaid(withdrawal, paid, knownAs);
      if (doubt !== null) return this.#sendToReview(tx, withdrawal, { ...outcome, paid }, doubt);
    }
    if (withdrawal.status !== 'pending') return withdrawal;
    const ended = await tx.get(endWithdrawal, {
      id,
      status: outcome.status,
      completedAt: outcome.status === 'completed' ? outcome.at : null,
      failureReason: outcome.status === 'failed' ? outcome.reason : '',
      providerRef: outcome.providerRef ?? '',
      now,
    });
    assert(ended !== undefined, `withdrawal ${id} was ended past its lock`);
    const movement = movementOf(ended, ended.completedAt ?? now);
    const posting = ended.status === 'completed' ? withdrawalPaid(movement) : withdrawalReleased(movement);
    assert(await post(tx, posting, now), `withdrawal ${id} is ${ended.status}, and ${posting.posting} stands in the ledger already`);
    await settleEndedIn(tx, withdrawalSource(ended), ended.status, now);
    await this.planNextCheckIn(tx, ended);
    return this.#offListIn(tx, ended);
  }

  /** What nobody has to decide on any more is not shown as if. */
  async #offListIn(tx: Transaction, withdrawal: Withdrawal): Promise<Withdrawal> {
    const isSettled = withdrawal.review !== '' && !(await isBeforePerson(tx, withdrawalSource(withdrawal)));
    return isSettled ? (await tx.get(setReview, { id: withdrawal.id, review: '', now: this.#clock.now() }))! : withdrawal;
  }

  /**
   * Held by whoever ends a withdrawal, so that the first decides and the others see what it decided. Taken before anything
   * is written to its row: who has the row and waits for the lock, and who has the lock and waits for the row, never end.
   */
  async lockIn(tx: Transaction, id: number): Promise<void> {
    await tx.lock(withdrawalSource({ id }));
  }

  /** Of one that has completed, and stands, its review alone says what is odd. */
  async #sendToReview(tx: Transaction, withdrawal: Withdrawal, { paid, providerRef, at }: { paid: Paid; providerRef: string; at: number }, kind: ReviewKind): Promise<Withdrawal> {
    const { id, amountMinor, currency } = withdrawal;
    const now = this.#clock.now();
    const detail = { agreed: { amount_minor: amountMinor, currency }, reported: { amount_minor: paid.amountMinor, currency: paid.currency, provider_ref: providerRef, at } };
    const isOpen = await openReviewIn(tx, { subject: withdrawalSource(withdrawal), kind, detail }, now);
    const isOver = withdrawal.status === 'completed' && kind === 'amount_mismatch';
    return isOpen && !isOver ? (await tx.get(setReview, { id, review: inWords(withdrawal, paid), now }))! : withdrawal;
  }

  /**
   * The provider took back what it had paid out: the money is in the wallet again, whether or not the payment was heard
   * of. Another amount, or none (null: it now says that it never paid), waits for a person.
   */
  async reverseIn(tx: Transaction, id: number, reversed: Reversed | null): Promise<Withdrawal> {
    await this.lockIn(tx, id);
    const withdrawal = (await tx.get(withdrawalById, { id }))!;
    const { status, amountMinor, currency } = withdrawal;
    const subject = withdrawalSource(withdrawal);
    const isIn = isReleased(withdrawal);
    const isPlatforms = isIn && reversed !== null && (await isBorne(tx, subject));
    const now = this.#clock.now();
    const isAllBack = (isIn || status === 'pending') && !isPlatforms && reversed !== null && (await isAllBackIn(tx, subject, withdrawal, reversed));
    if (isAllBack) await settleAllBackIn(tx, subject, now);
    if (isIn && !isPlatforms) return this.#offListIn(tx, withdrawal);
    const isFirst = !(await hasHappened(tx, 'withdrawalReversed', subject));
    const isThere = !isIn && status === 'completed' && reversed !== null;
    const isWhole = isThere && isFirst && (isSameMoney(reversed, withdrawal) || (await isSaidBackIn(tx, subject, reversed)));
    if (!isAllBack && !isWhole) {
      const reported = { amount_minor: reversed?.amountMinor ?? 0, currency: reversed?.currency ?? currency, provider_ref: reversed?.providerRef ?? '', at: reversed?.at ?? now };
      const isOpen = await openReviewIn(tx, { subject, kind: 'reversal_mismatch', detail: { agreed: { amount_minor: amountMinor, currency }, reported } }, now);
      if (!isOpen || status !== 'pending') return withdrawal;
      // The money is still held: the operator can end that by hand, too.
      return (await tx.get(setReview, { id, review: `The provider says that ${toMajor(reported.amount_minor)} ${reported.currency} came back`, now }))!;
    }
    if (status === 'pending') return this.settleIn(tx, id, { status: 'failed', providerRef: reversed.providerRef, reason: reversed.reason });
    const back = await this.takeBackIn(tx, withdrawal, reversed.at);
    if (await isAllBackIn(tx, subject, withdrawal, reversed)) await settleAllBackIn(tx, subject, now);
    // It may leave after all.
    await this.planNextCheckIn(tx, back);
    return back;
  }

  /** Money left after its hold was released, and a person decided that the app pays for it: it is paid after all. */
  async payLateIn(tx: Transaction, { id, reversedAt }: Withdrawal, { providerRef, at }: { providerRef: string; at: number }, review: Decided): Promise<void> {
    const now = this.#clock.now();
    const isAgain = reversedAt !== null;
    const completed = isAgain ? await tx.get(markWithdrawalPaidAgain, { id, at, now }) : await tx.get(completeLateWithdrawal, { id, providerRef, at, now });
    assert(completed !== undefined, `withdrawal ${id} has neither failed nor come back`);
    const movement = movementOf(completed, at);
    await holdFunds(tx, withdrawalPaidLate(isAgain ? { ...movement, source: `review:${review.id}` } : movement), now);
    await this.planNextCheckIn(tx, completed);
  }

  /** What was paid out is in the wallet again. */
  async takeBackIn(tx: Transaction, withdrawal: Withdrawal, at: number, source = withdrawalSource(withdrawal)): Promise<Withdrawal> {
    const now = this.#clock.now();
    const marked = await tx.get(markWithdrawalReversed, { id: withdrawal.id, at, now });
    if (marked === undefined) return withdrawal;
    assert(await post(tx, withdrawalReversed({ ...movementOf(marked, at), source }), now), `withdrawal ${marked.id} is not reversed, and its reversal stands in the ledger already`);
    return marked;
  }

  /** What the provider answered to being sent it; a refusal ends it there, unless the provider has acknowledged it meanwhile. */
  async recordSubmissionIn(tx: Transaction, { id }: Withdrawal, submission: Submission): Promise<Withdrawal> {
    await this.lockIn(tx, id);
    if (submission.kind !== 'refused') await submission.inCommit?.(tx);
    const recorded = (await tx.get(recordWithdrawalSubmission, {
      id,
      submission: submission.kind === 'accepted' ? 'sent' : submission.kind,
      providerRef: providerRefIn(submission),
      now: this.#clock.now(),
    }))!;
    if (submission.kind === 'refused' && recorded.submission !== 'sent') return this.settleIn(tx, id, { status: 'failed', reason: submission.reason });
    // Given up for lost, and now answered after all: the provider is asked what it did.
    if (recorded.status === 'failed') await this.planNextCheckIn(tx, recorded);
    return recorded;
  }

  /** Sees to it that the provider is asked as long as something can still come. */
  async planNextCheckIn(tx: Transaction, withdrawal: Withdrawal): Promise<void> {
    const now = this.#clock.now();
    const runAt = nextWithdrawalAskAt(withdrawal, now);
    const subject = withdrawalSource(withdrawal);
    if (runAt === null) await this.#jobs.cancel(tx, CHECK_WITHDRAWAL_JOB, subject);
    else await this.#jobs.enqueue(tx, { kind: CHECK_WITHDRAWAL_JOB, subject, lane: providerLane({ ...withdrawal, mode: 'live' }), runAt }, now);
  }
}

/** Whether what was to be paid out is in the wallet again. */
function isReleased({ status, reversedAt }: Withdrawal): boolean {
  return status === 'failed' || reversedAt !== null;
}

export function movementOf(withdrawal: Withdrawal, eventAt: number): Movement {
  const { appId, provider, currency, amountMinor } = withdrawal;
  return { source: withdrawalSource(withdrawal), appId, provider, currency, mode: 'live', amountMinor, eventAt };
}

/** Why a person has to look at what the provider calls completed. */
function inWords(withdrawal: Withdrawal, paid: Paid): string {
  return isSameMoney(withdrawal, paid) ? 'The provider says it paid this after all; the money is back in the wallet' : `The provider says it paid ${toMajor(paid.amountMinor)} ${paid.currency}`;
}
