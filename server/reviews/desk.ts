/**
 * What a person decides about a review, and what follows from it: typed postings and moves of status as everywhere, in
 * the commit that closes the review. A decision is made once, with a note that says why.
 */
import type { Clock } from '../core/clock.ts';
import { ApiError } from '../core/errors.ts';
import { toMajor } from '../core/money.ts';
import type { Store, Transaction } from '../db/store.ts';
import { payoutAbsorbed, refundAbsorbed, withdrawalAbsorbed } from '../ledger/postings.ts';
import { sourceOf } from '../ledger/sources.ts';
import type { Payment } from '../payments/payment.ts';
import type { Settlement } from '../payments/settlement.ts';
import { moneyBackLock, type Reversals } from '../payments/reversal.ts';
import { correctAmount, holdPayment, paymentById } from '../payments/statements.ts';
import type { ProviderRouting } from '../providers/routing.ts';
import { type RefundFollowing, refundMovement } from '../refunds/following.ts';
import { holdRefund, refundById } from '../refunds/refund.ts';
import { movementOf, type WithdrawalSettlement } from '../wallets/settlement.ts';
import { setReview, withdrawalById } from '../wallets/statements.ts';
import { askAgain, type Completed, mustBeAsked, type Said } from './asking-again.ts';
import { bearIn, insistNotBorne, returnIn } from './borne.ts';
import { decidedOut, type Decision, fittingResolutions, insistAsAgreed, insistCreditable, insistFitting, leftLateMinor } from './fitting.ts';
import { endReportIn, isSameReport, openReviewIn, type Report, type Reported, resolveIn, type Resolution, type Review, reviewById, settleReviewIn } from './reviews.ts';
import { subjectOf } from './subject.ts';

interface Deps {
  store: Store;
  clock: Clock;
  settlement: Settlement;
  reversals: Reversals;
  withdrawals: WithdrawalSettlement;
  refunds: RefundFollowing;
  /** Who is asked again before anything is credited, or taken of a payment. */
  routing: ProviderRouting;
}

/** A decision that could be made, or why it cannot be now. */
export interface Fit {
  resolution: Resolution;
  refusal: string | null;
}

/** Ends the trial of a decision that can be made: nothing of it is kept. */
class OnlyTried extends Error {}

/** Why a person released what was held. */
const NOT_PAID_OUT = 'The operator found that nothing was paid out';

/** Why something is no more what it was. */
const TAKEN_BACK = 'Taken back by the provider';

export class ReviewDesk {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Throws NOT_FOUND, VALIDATION_ERROR for a decision that does not fit or was made before, INSUFFICIENT_BALANCE where the
   * wallet cannot pay, PROVIDER_ERROR where its provider cannot say how it stands: then nothing is written. A provider
   * that says something else now than the review is a VALIDATION_ERROR, too, and then the review says it as well: what
   * somebody decided about was not that. Where nothing is left to decide the review is settled, and answered as that.
   */
  async resolve(id: number, resolution: Resolution, note: string): Promise<Review> {
    const { store, clock } = this.#deps;
    const seen = await reviewById(store.read, id);
    if (seen === undefined) throw new ApiError('NOT_FOUND', `There is no review ${id}`);
    const said = seen.resolvedAt === null ? await this.#askAgain(seen, resolution) : null;
    const outcome = await store.write(async (tx) => {
      await this.#holdIn(tx, seen);
      const review = (await reviewById(tx, id))!;
      if (review.resolvedAt !== null) throw new ApiError('VALIDATION_ERROR', `Review ${id} was decided already: ${review.resolution}`);
      if (said !== null && review.detail !== seen.detail) throw new ApiError('VALIDATION_ERROR', `Review ${id} has something else reported by now: decide again`);
      if (said !== null && 'stands' in said) await this.#standsIn(tx, review, said.stands);
      if (said !== null && 'reports' in said && (await this.#isNewsIn(tx, review, said.reports))) return said.reports;
      const resolved = await resolveIn(tx, { id, resolution, note }, clock.now());
      if (resolved === undefined) return (await reviewById(tx, id))!;
      await this.#apply(tx, resolved, resolution);
      return resolved;
    });
    if ('id' in outcome) return outcome;
    throw new ApiError('VALIDATION_ERROR', `The provider now says ${toMajor(outcome.amount_minor)} ${outcome.currency}, and so does review ${id}: decide again`);
  }

  /**
   * Each decision of an open review's kind: whether `resolve` would make it as things stand, and if not, why. Tried as it
   * would be made, and never kept: whatever refuses it then refuses it here. What its provider would say now is not asked.
   */
  async fitting(review: Review): Promise<Fit[]> {
    const { store } = this.#deps;
    const isCollect = (await this.#paymentOf(review))?.direction === 'collect';
    const fits: Fit[] = [];
    for (const resolution of fittingResolutions(review.kind, isCollect)) {
      const refusal = await store.write(async (tx) => this.#tryIn(tx, review, resolution)).catch((error: unknown) => error);
      if (!(refusal instanceof OnlyTried || refusal instanceof ApiError)) throw refusal;
      fits.push({ resolution, refusal: refusal instanceof ApiError ? refusal.message : null });
    }
    return fits;
  }

  /** Throws whatever comes of it, so that it is rolled back. */
  async #tryIn(tx: Transaction, review: Review, resolution: Resolution): Promise<never> {
    await this.#holdIn(tx, review);
    const resolved = await resolveIn(tx, { id: review.id, resolution, note: '' }, this.#deps.clock.now());
    if (resolved === undefined) throw new ApiError('VALIDATION_ERROR', `Review ${review.id} was decided already`);
    await this.#apply(tx, resolved, resolution);
    throw new OnlyTried();
  }

  /** What its provider says of it now; null where a person's word is all there is. */
  async #askAgain(review: Review, resolution: Resolution): Promise<Said | null> {
    const payment = await this.#paymentOf(review);
    return payment !== undefined && mustBeAsked(review.kind, resolution, payment) ? askAgain(review.kind, payment, this.#deps) : null;
  }

  async #paymentOf(review: Review): Promise<Payment | undefined> {
    const { what, id } = subjectOf(review);
    return what === 'payment' ? this.#deps.store.read.get(paymentById, { id }) : undefined;
  }

  /** Nothing is gone, or it is there again: what there was to decide is settled. What was taken since it was asked is not there. */
  async #standsIn(tx: Transaction, { subject, kind }: Review, said: Completed): Promise<void> {
    const { reversals, settlement, clock } = this.#deps;
    const payment = (await tx.get(paymentById, { id: subjectOf({ subject }).id }))!;
    if (payment.status !== 'completed') {
      await settlement.settleIn(tx, payment.id, { ...said, status: 'completed' });
      await settlement.planCheckNowIn(tx, payment);
    } else if (kind === 'reversal_mismatch' && payment.reversedAt !== null) await reversals.standsIn(tx, payment, said);
    await settleReviewIn(tx, { subject, kind, note: 'Asked again, the provider says that all of it is there.' }, clock.now());
  }

  async #isNewsIn(tx: Transaction, { subject, kind, detail }: Review, says: Report): Promise<boolean> {
    const { agreed, reported } = JSON.parse(detail) as Reported;
    if (isSameReport(reported, says)) return false;
    await openReviewIn(tx, { subject, kind, detail: { agreed, reported: says } }, this.#deps.clock.now());
    return true;
  }

  /** What is decided about stays as it is meanwhile. Held before the review, as by whoever opens one. */
  async #holdIn(tx: Transaction, review: Review): Promise<void> {
    const { what, id } = subjectOf(review);
    if (what === 'withdrawal') return this.#deps.withdrawals.lockIn(tx, id);
    const paymentId = what === 'payment' ? id : (await tx.get(refundById, { id }))!.paymentId;
    await tx.lock(moneyBackLock((await tx.get(paymentById, { id: paymentId }))!));
    await (what === 'payment' ? tx.get(holdPayment, { id }) : tx.get(holdRefund, { id }));
  }

  async #apply(tx: Transaction, review: Review, resolution: Resolution): Promise<void> {
    const { subject, kind } = review;
    const { clock } = this.#deps;
    const detail = JSON.parse(review.detail) as Reported;
    const decision = { review, resolution, detail, reported: detail.reported ?? { ...detail.agreed, provider_ref: '', at: clock.now() } };
    if (resolution === 'charge') await insistNotBorne(tx, subject);
    await this.#decide(tx, decision);
    const hasLeft = kind === 'paid_after_release' && resolution !== 'dismiss';
    const cameBack = kind === 'reversal_mismatch' && resolution === 'accept';
    if (hasLeft) await endReportIn(tx, { subject, kind: 'reversal_mismatch', note: 'It has left again.' }, clock.now());
    if (cameBack) await endReportIn(tx, { subject, kind: 'paid_after_release', note: 'It has come back.' }, clock.now());
  }

  async #decide(tx: Transaction, decision: Decision): Promise<void> {
    const { what, id } = subjectOf(decision.review);
    switch (what) {
      case 'payment': {
        const payment = (await tx.get(paymentById, { id }))!;
        return payment.direction === 'collect' ? this.#decideCollect(tx, payment, decision) : this.#decidePayout(tx, payment, decision);
      }
      case 'withdrawal':
        return this.#decideWithdrawal(tx, id, decision);
      case 'refund':
        return this.#decideRefund(tx, id, decision);
      default:
        return what satisfies never;
    }
  }

  async #decideCollect(tx: Transaction, payment: Payment, { review, resolution, reported, detail }: Decision): Promise<void> {
    const { reversals } = this.#deps;
    insistFitting(review.kind, 'collect', resolution);
    if (resolution === 'credit') await this.#credit(tx, payment, reported);
    // What its provider has given back of what it received is entered as that.
    if (resolution === 'credit' && review.kind === 'amount_mismatch') await this.#deps.settlement.planCheckNowIn(tx, payment);
    if (resolution === 'accept') await reversals.acceptIn(tx, payment, { at: reported.at, amountMinor: reported.amount_minor ?? 0, currency: reported.currency ?? payment.currency }, review);
    if (resolution === 'charge') await reversals.recoverIn(tx, payment, { amountMinor: detail.shortfall_minor!, at: reported.at });
  }

  async #decidePayout(tx: Transaction, payment: Payment, decision: Decision): Promise<void> {
    const { settlement, reversals, clock } = this.#deps;
    const { id, amountMinor, currency } = payment;
    const { review, reported } = decision;
    const { provider_ref: providerRef, at } = reported;
    const decided = decidedOut(asReleased(payment), decision);
    switch (decided) {
      case 'complete':
        await settlement.settleIn(tx, id, { status: 'completed', providerRef, amountMinor, currency, at });
        return;
      case 'take back':
        await reversals.takeBackIn(tx, payment, { amountMinor, at, reason: TAKEN_BACK }, await sourceOf(tx, 'payoutReversed', review));
        return;
      case 'return':
        return returnIn(tx, review, { ...movementOfPayment(payment, at), amountMinor: leftLateMinor(payment, reported) }, clock.now());
      case 'release':
        await settlement.settleIn(tx, id, { status: 'failed', code: 'failed', reason: NOT_PAID_OUT });
        return;
      case 'charge':
        insistAsAgreed(payment, reported);
        if (payment.reversedAt === null) return settlement.payLateIn(tx, payment, { providerRef, at });
        return settlement.planNextCheckIn(tx, await reversals.payAgainIn(tx, payment, { at }, review));
      case 'absorb':
        return bearIn(tx, review, payoutAbsorbed, { ...movementOfPayment(payment, at), amountMinor: leftLateMinor(payment, reported) }, clock.now());
      case 'dismiss':
        return;
      default:
        return decided satisfies never;
    }
  }

  /** What was received becomes the payment's amount, and its fee the same share of it. */
  async #credit(tx: Transaction, payment: Payment, reported: Decision['reported']): Promise<void> {
    const { settlement, clock } = this.#deps;
    const { id, currency } = payment;
    if (payment.status === 'completed') throw new ApiError('VALIDATION_ERROR', `Payment ${payment.reference} has completed meanwhile`);
    if (reported.currency !== currency) throw new ApiError('VALIDATION_ERROR', `${reported.currency} cannot be credited to a payment in ${currency}: give it back, and dismiss this`);
    const amountMinor = reported.amount_minor!;
    insistCreditable(amountMinor, currency);
    if (amountMinor !== payment.amountMinor) {
      await tx.get(correctAmount, { id, amountMinor, feeMinor: shareOf(payment, amountMinor), now: clock.now() });
    }
    await settlement.settleIn(tx, id, { status: 'completed', providerRef: reported.provider_ref, amountMinor, currency, at: reported.at });
  }

  async #decideWithdrawal(tx: Transaction, id: number, decision: Decision): Promise<void> {
    const { withdrawals, clock } = this.#deps;
    const withdrawal = (await tx.get(withdrawalById, { id }))!;
    const { review, reported } = decision;
    const { provider_ref: providerRef, at } = reported;
    const decided = decidedOut(asReleased(withdrawal), decision);
    switch (decided) {
      case 'complete':
        await withdrawals.settleIn(tx, id, { status: 'completed', providerRef, at });
        break;
      case 'take back':
        await withdrawals.takeBackIn(tx, withdrawal, at, await sourceOf(tx, 'withdrawalReversed', review));
        break;
      case 'return':
        await returnIn(tx, review, { ...movementOf(withdrawal, at), amountMinor: leftLateMinor(withdrawal, reported) }, clock.now());
        break;
      case 'release':
        await withdrawals.settleIn(tx, id, { status: 'failed', reason: NOT_PAID_OUT });
        break;
      case 'charge':
        insistAsAgreed(withdrawal, reported);
        await withdrawals.payLateIn(tx, withdrawal, { providerRef, at }, review);
        break;
      case 'absorb':
        await bearIn(tx, review, withdrawalAbsorbed, { ...movementOf(withdrawal, at), amountMinor: leftLateMinor(withdrawal, reported) }, clock.now());
        break;
      case 'dismiss':
        break;
      default:
        decided satisfies never;
    }
    await tx.get(setReview, { id, review: '', now: clock.now() });
  }

  async #decideRefund(tx: Transaction, id: number, decision: Decision): Promise<void> {
    const { refunds, clock } = this.#deps;
    const refund = (await tx.get(refundById, { id }))!;
    const { review, reported } = decision;
    const { provider_ref: providerRef, at } = reported;
    if (review.kind === 'reversal_shortfall') {
      insistFitting(review.kind, 'out', decision.resolution);
      return decision.resolution === 'charge' ? refunds.recoverIn(tx, refund, { amountMinor: decision.detail.shortfall_minor!, at }) : undefined;
    }
    const decided = decidedOut(asReleased(refund), decision);
    switch (decided) {
      case 'complete':
        await refunds.settleIn(tx, id, { status: 'completed', providerRef, at });
        return;
      case 'take back':
        await refunds.takeBackIn(tx, refund, { at, reason: TAKEN_BACK }, await sourceOf(tx, 'refundReversed', review));
        return;
      case 'return':
        return returnIn(tx, review, { ...refundMovement(refund, at), amountMinor: leftLateMinor(refund, reported) }, clock.now());
      case 'release':
        await refunds.settleIn(tx, id, { status: 'failed', reason: NOT_PAID_OUT });
        return;
      case 'charge':
        insistAsAgreed(refund, reported);
        return refunds.payLateIn(tx, refund, { providerRef, at }, review);
      case 'absorb':
        return bearIn(tx, review, refundAbsorbed, { ...refundMovement(refund, at), amountMinor: leftLateMinor(refund, reported) }, clock.now());
      case 'dismiss':
        return;
      default:
        return decided satisfies never;
    }
  }
}

/** What came back is in the wallet, as what failed: what leaves of it then has left late. */
function asReleased<Out extends { status: string; reversedAt: number | null }>(out: Out): Omit<Out, 'status'> & { status: string } {
  return out.reversedAt === null ? out : { ...out, status: 'failed' };
}

function movementOfPayment({ id, appId, provider, currency, mode }: Payment, eventAt: number) {
  return { source: `payment:${id}`, appId, provider, currency, mode, eventAt };
}

/** Round half up in integers: (2 × fee × received + amount) / (2 × amount). */
function shareOf({ amountMinor, feeMinor }: Payment, receivedMinor: number): number {
  return Number((2n * BigInt(feeMinor) * BigInt(receivedMinor) + BigInt(amountMinor)) / (2n * BigInt(amountMinor)));
}
