/**
 * What a person decides about a review, and what follows from it: typed postings and moves of status as everywhere, in
 * the commit that closes the review. A decision is made once, with a note that says why.
 */
import type { Clock } from '../core/clock.ts';
import { ApiError } from '../core/errors.ts';
import type { Store, Transaction } from '../db/store.ts';
import { post } from '../ledger/ledger.ts';
import { payoutAbsorbed, type Posting, refundAbsorbed, shortfallRecovered, withdrawalAbsorbed } from '../ledger/postings.ts';
import { holdFunds } from '../payments/funds.ts';
import type { Payment } from '../payments/payment.ts';
import type { Reversals } from '../payments/reversal.ts';
import type { Settlement } from '../payments/settlement.ts';
import { correctAmount, paymentById } from '../payments/statements.ts';
import { type RefundFollowing, refundMovement } from '../refunds/following.ts';
import { refundById } from '../refunds/refund.ts';
import { movementOf, type WithdrawalSettlement } from '../wallets/settlement.ts';
import { setReview, withdrawalById } from '../wallets/statements.ts';
import { type Reported, resolveIn, type Resolution, type Review, reviewById, type ReviewKind } from './reviews.ts';

/**
 * Which decisions fit which review.
 *
 *   credit    the customer paid: this much (what was reported, or else what was agreed) is the payment
 *   accept    what the provider did is what was agreed: completed as agreed, or taken back whole
 *   charge    the money has left or is missing, and the app pays for it out of its wallet
 *   absorb    the same, and the platform pays for it out of its fees
 *   dismiss   nothing follows
 */
const FITTING: Readonly<Record<ReviewKind, Readonly<Record<'collect' | 'out', readonly Resolution[]>>>> = {
  amount_mismatch: { collect: ['credit', 'dismiss'], out: ['accept', 'dismiss'] },
  paid_after_release: { collect: [], out: ['charge', 'absorb', 'dismiss'] },
  reversal_mismatch: { collect: ['accept', 'dismiss'], out: ['accept', 'dismiss'] },
  reversal_shortfall: { collect: ['charge', 'dismiss'], out: [] },
  outcome_unknown: { collect: ['credit', 'dismiss'], out: [] },
};

interface Deps {
  store: Store;
  clock: Clock;
  settlement: Settlement;
  reversals: Reversals;
  withdrawals: WithdrawalSettlement;
  refunds: RefundFollowing;
}

interface Decision {
  resolution: Resolution;
  reported: NonNullable<Reported['reported']>;
  detail: Reported;
}

export class ReviewDesk {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Throws NOT_FOUND, VALIDATION_ERROR for a decision that does not fit or was made before, INSUFFICIENT_BALANCE where the
   * wallet cannot pay: then nothing is written.
   */
  resolve(id: number, resolution: Resolution, note: string): Promise<Review> {
    const { store, clock } = this.#deps;
    return store.write(async (tx) => {
      const review = await reviewById(tx, id);
      if (review === undefined) throw new ApiError('NOT_FOUND', `There is no review ${id}`);
      const resolved = await resolveIn(tx, { id, resolution, note }, clock.now());
      if (resolved === undefined) throw new ApiError('VALIDATION_ERROR', `Review ${id} was decided already: ${review.resolution}`);
      const detail = JSON.parse(review.detail) as Reported;
      const reported = detail.reported ?? { ...detail.agreed, provider_ref: '', at: clock.now() };
      await this.#apply(tx, review, { resolution, detail, reported });
      return resolved;
    });
  }

  async #apply(tx: Transaction, review: Review, decision: Decision): Promise<void> {
    const [kind, number] = review.subject.split(':') as [string, string];
    const id = Number(number);
    switch (kind) {
      case 'payment': {
        const payment = (await tx.get(paymentById, { id }))!;
        insistFitting(review.kind, payment.direction === 'collect' ? 'collect' : 'out', decision.resolution);
        return this.#decidePayment(tx, review.kind, payment, decision);
      }
      case 'withdrawal':
        insistFitting(review.kind, 'out', decision.resolution);
        return this.#decideWithdrawal(tx, review.kind, id, decision);
      case 'refund':
        insistFitting(review.kind, 'out', decision.resolution);
        // Nothing is entered by itself: the operator pays the customer again, with a refund or by hand, and says so in the note.
        if (review.kind === 'reversal_mismatch' && decision.resolution !== 'dismiss') throw new ApiError('VALIDATION_ERROR', 'A refund that came back is settled by hand: --dismiss with a note');
        return this.#decideRefund(tx, id, decision);
      default:
        throw new Error(`A review of ${review.subject}, of which nobody knows what it is`);
    }
  }

  async #decidePayment(tx: Transaction, kind: ReviewKind, payment: Payment, { resolution, reported, detail }: Decision): Promise<void> {
    const { settlement, reversals, clock } = this.#deps;
    const { id, appId, provider, currency, mode } = payment;
    const movement = { source: `payment:${id}`, appId, provider, currency, mode, eventAt: reported.at };
    switch (resolution) {
      case 'credit':
        return this.#credit(tx, payment, reported);
      case 'accept':
        if (kind === 'reversal_mismatch') await reversals.takeBackIn(tx, payment, { at: reported.at, reason: 'Taken back by the provider' });
        else await settlement.settleIn(tx, id, { status: 'completed', providerRef: reported.provider_ref, amountMinor: payment.amountMinor, currency, at: reported.at });
        return;
      case 'charge':
        if (kind === 'reversal_shortfall') return holdFunds(tx, shortfallRecovered({ ...movement, amountMinor: detail.shortfall_minor! }), clock.now());
        return settlement.payLateIn(tx, payment, { providerRef: reported.provider_ref, at: reported.at });
      case 'absorb':
        return this.#absorb(tx, payoutAbsorbed({ ...movement, amountMinor: payment.amountMinor }));
      case 'dismiss':
        return;
      default:
        return resolution satisfies never;
    }
  }

  /** What was received becomes the payment's amount, and its fee the same share of it. */
  async #credit(tx: Transaction, payment: Payment, reported: Decision['reported']): Promise<void> {
    const { settlement, clock } = this.#deps;
    const { id, currency } = payment;
    if (payment.status === 'completed') throw new ApiError('VALIDATION_ERROR', `Payment ${payment.reference} has completed meanwhile`);
    if (reported.currency !== currency) throw new ApiError('VALIDATION_ERROR', `${reported.currency} cannot be credited to a payment in ${currency}: give it back, and dismiss this`);
    const amountMinor = reported.amount_minor;
    if (amountMinor !== payment.amountMinor) {
      await tx.get(correctAmount, { id, amountMinor, feeMinor: shareOf(payment, amountMinor), now: clock.now() });
    }
    await settlement.settleIn(tx, id, { status: 'completed', providerRef: reported.provider_ref, amountMinor, currency, at: reported.at });
  }

  async #decideWithdrawal(tx: Transaction, kind: ReviewKind, id: number, { resolution, reported }: Decision): Promise<void> {
    const { withdrawals, clock } = this.#deps;
    const withdrawal = (await tx.get(withdrawalById, { id }))!;
    const { provider_ref: providerRef, at } = reported;
    if (resolution === 'accept') {
      if (kind === 'reversal_mismatch') await withdrawals.takeBackIn(tx, withdrawal, at);
      else await withdrawals.settleIn(tx, id, { status: 'completed', providerRef, at });
    }
    if (resolution === 'charge') await withdrawals.payLateIn(tx, id, { providerRef, at });
    if (resolution === 'absorb') await this.#absorb(tx, withdrawalAbsorbed(movementOf(withdrawal, at)));
    await tx.get(setReview, { id, review: '', now: clock.now() });
  }

  async #decideRefund(tx: Transaction, id: number, { resolution, reported }: Decision): Promise<void> {
    const { refunds } = this.#deps;
    const { provider_ref: providerRef, at } = reported;
    if (resolution === 'accept') await refunds.settleIn(tx, id, { status: 'completed', providerRef, at });
    if (resolution === 'charge') await refunds.payLateIn(tx, id, { providerRef, at });
    if (resolution === 'absorb') await this.#absorb(tx, refundAbsorbed(refundMovement((await tx.get(refundById, { id }))!, at)));
  }

  async #absorb(tx: Transaction, posting: Posting): Promise<void> {
    if (!(await post(tx, posting, this.#deps.clock.now()))) throw new Error(`${posting.posting} of ${posting.source} stands already`);
  }
}

function insistFitting(kind: ReviewKind, direction: 'collect' | 'out', resolution: Resolution): void {
  const fitting = FITTING[kind][direction];
  if (fitting.includes(resolution)) return;
  throw new ApiError('VALIDATION_ERROR', `A review of ${kind} is resolved by ${fitting.map((each) => `--${each}`).join(', ')}, not by --${resolution}`);
}

/** Round half up in integers: (2 × fee × received + amount) / (2 × amount). */
function shareOf({ amountMinor, feeMinor }: Payment, receivedMinor: number): number {
  return Number((2n * BigInt(feeMinor) * BigInt(receivedMinor) + BigInt(amountMinor)) / (2n * BigInt(amountMinor)));
}

/** What can be decided about a review, for whoever is about to. */
export function fittingResolutions(kind: ReviewKind, isCollect: boolean): readonly Resolution[] {
  return FITTING[kind][isCollect ? 'collect' : 'out'];
}
