/**
 * What a person decides about a review, and what follows from it: typed postings and moves of status as everywhere, in
 * the commit that closes the review. A decision is made once, with a note that says why.
 */
import type { Clock } from '../core/clock.ts';
import { ApiError } from '../core/errors.ts';
import { type Currency, MINOR_PER_MAJOR, takesWholeUnitsOnly, toMajor } from '../core/money.ts';
import type { Store, Transaction } from '../db/store.ts';
import { payoutAbsorbed, refundAbsorbed, shortfallRecovered, withdrawalAbsorbed } from '../ledger/postings.ts';
import { holdFunds } from '../payments/funds.ts';
import type { Payment } from '../payments/payment.ts';
import { askProvider } from '../payments/provider-calls.ts';
import type { Settlement } from '../payments/settlement.ts';
import { moneyBackLock, type Reversals } from '../payments/reversal.ts';
import { correctAmount, holdPayment, paymentById } from '../payments/statements.ts';
import type { ProviderRouting } from '../providers/routing.ts';
import { type RefundFollowing, refundMovement } from '../refunds/following.ts';
import { holdRefund, refundById } from '../refunds/refund.ts';
import { movementOf, type WithdrawalSettlement } from '../wallets/settlement.ts';
import { setReview, withdrawalById } from '../wallets/statements.ts';
import { bearIn, insistNotBorne, returnIn } from './borne.ts';
import { isSameReport, openReviewIn, type Report, type Reported, resolveIn, type Resolution, type Review, reviewById, type ReviewKind } from './reviews.ts';

/**
 * Which decisions fit which review.
 *
 *   credit    the customer paid: this much (what the provider reports, asked again, or else what was agreed) is the payment
 *   accept    what the provider did is so: a payment is completed as agreed, as much is taken back of it as the provider
 *             says, money out came back whole (a part of it cannot be entered)
 *   release   nothing has left, or it came back: what is held is in the wallet again
 *   charge    the money has left or is missing, and the app pays for it out of its wallet
 *   absorb    the same, and the platform pays for it out of its fees
 *   dismiss   nothing follows; not while money is held, which would then be held for ever
 */
const FITTING: Readonly<Record<ReviewKind, Readonly<Record<'collect' | 'out', readonly Resolution[]>>>> = {
  amount_mismatch: { collect: ['credit', 'dismiss'], out: ['accept', 'release', 'dismiss'] },
  paid_after_release: { collect: [], out: ['charge', 'absorb', 'dismiss'] },
  reversal_mismatch: { collect: ['accept', 'dismiss'], out: ['accept', 'release', 'dismiss'] },
  reversal_shortfall: { collect: ['charge', 'dismiss'], out: [] },
  outcome_unknown: { collect: ['credit', 'dismiss'], out: ['accept', 'release', 'dismiss'] },
};

interface Deps {
  store: Store;
  clock: Clock;
  settlement: Settlement;
  reversals: Reversals;
  withdrawals: WithdrawalSettlement;
  refunds: RefundFollowing;
  /** Who is asked again before anything is credited. */
  routing: ProviderRouting;
}

/** Why a person released what was held. */
const NOT_PAID_OUT = 'The operator found that nothing was paid out';

/** Why something is no more what it was. */
const TAKEN_BACK = 'Taken back by the provider';

interface Decision {
  resolution: Resolution;
  reported: Partial<NonNullable<Reported['reported']>> & { provider_ref: string; at: number };
  detail: Reported;
}

export class ReviewDesk {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Throws NOT_FOUND, VALIDATION_ERROR for a decision that does not fit or was made before, INSUFFICIENT_BALANCE where the
   * wallet cannot pay, PROVIDER_ERROR where its provider cannot say what it received: then nothing is written. A provider
   * that says something else now than the review is a VALIDATION_ERROR, too, and then the review says it as well: what
   * somebody decided about was not that.
   */
  async resolve(id: number, resolution: Resolution, note: string): Promise<Review> {
    const { store, clock } = this.#deps;
    const says = resolution === 'credit' ? await this.#askAgain(id) : null;
    const outcome = await store.write(async (tx) => {
      const review = await reviewById(tx, id);
      if (review === undefined) throw new ApiError('NOT_FOUND', `There is no review ${id}`);
      await this.#holdIn(tx, review);
      if (says !== null && (await this.#isNewsIn(tx, id, says))) return says;
      const resolved = await resolveIn(tx, { id, resolution, note }, clock.now());
      if (resolved === undefined) throw new ApiError('VALIDATION_ERROR', `Review ${id} was decided already: ${review.resolution}`);
      const detail = JSON.parse(resolved.detail) as Reported;
      const reported = detail.reported ?? { ...detail.agreed, provider_ref: '', at: clock.now() };
      await this.#apply(tx, resolved, { resolution, detail, reported });
      return resolved;
    });
    if ('id' in outcome) return outcome;
    throw new ApiError('VALIDATION_ERROR', `The provider now says ${toMajor(outcome.amount_minor)} ${outcome.currency}, and so does review ${id}: decide again`);
  }

  /** What its provider says now that a customer paid; null where nobody knows and a person's word is all there is. */
  async #askAgain(id: number): Promise<Report | null> {
    const { store, clock, routing } = this.#deps;
    const review = await reviewById(store.read, id);
    if (review?.kind !== 'amount_mismatch' || review.resolvedAt !== null || subjectOf(review).what !== 'payment') return null;
    const payment = (await store.read.get(paymentById, { id: subjectOf(review).id }))!;
    if (payment.direction !== 'collect') return null;
    const provider = routing.adapterOf(payment);
    if (provider === undefined) throw new ApiError('PROVIDER_ERROR', `${payment.provider} is not configured here, and must be asked again what it received`);
    const said = await askProvider(provider, payment, clock);
    if (said.kind === 'unknown') throw new ApiError('PROVIDER_ERROR', `${payment.provider} does not answer what it received: try again`);
    if (said.kind !== 'completed') throw new ApiError('VALIDATION_ERROR', `${payment.provider} now says that the payment is ${said.kind.replace('_', ' ')}: there is nothing to credit`);
    return { amount_minor: said.amountMinor, currency: said.currency, provider_ref: said.providerRef, at: said.at };
  }

  async #isNewsIn(tx: Transaction, id: number, says: Report): Promise<boolean> {
    const { subject, kind, detail, resolvedAt } = (await reviewById(tx, id))!;
    const { agreed, reported } = JSON.parse(detail) as Reported;
    if (resolvedAt !== null || isSameReport(reported, says)) return false;
    await openReviewIn(tx, { subject, kind, detail: { agreed, reported: says } }, this.#deps.clock.now());
    return true;
  }

  /** What is decided about stays as it is meanwhile. Held before the review, as by whoever opens one. */
  async #holdIn(tx: Transaction, review: Review): Promise<void> {
    const { what, id } = subjectOf(review);
    const now = this.#deps.clock.now();
    if (what === 'withdrawal') return this.#deps.withdrawals.lockIn(tx, id);
    const paymentId = what === 'payment' ? id : (await tx.get(refundById, { id }))!.paymentId;
    await tx.lock(moneyBackLock((await tx.get(paymentById, { id: paymentId }))!));
    await (what === 'payment' ? tx.get(holdPayment, { id, now }) : tx.get(holdRefund, { id, now }));
  }

  async #apply(tx: Transaction, { subject, kind }: Review, decision: Decision): Promise<void> {
    const { what, id } = subjectOf({ subject });
    if (decision.resolution === 'charge') await insistNotBorne(tx, subject);
    switch (what) {
      case 'payment': {
        const payment = (await tx.get(paymentById, { id }))!;
        if (payment.direction === 'collect') return this.#decideCollect(tx, kind, payment, decision);
        return this.#decidePayout(tx, kind, payment, decision);
      }
      case 'withdrawal':
        return this.#decideWithdrawal(tx, kind, id, decision);
      case 'refund':
        return this.#decideRefund(tx, kind, id, decision);
      default:
        return what satisfies never;
    }
  }

  async #decideCollect(tx: Transaction, kind: ReviewKind, payment: Payment, { resolution, reported, detail }: Decision): Promise<void> {
    const { reversals, clock } = this.#deps;
    insistFitting(kind, 'collect', resolution);
    if (resolution === 'credit') await this.#credit(tx, payment, reported);
    if (resolution === 'accept') await reversals.acceptIn(tx, payment, { at: reported.at, amountMinor: reported.amount_minor ?? 0, currency: reported.currency ?? payment.currency });
    if (resolution === 'charge') await holdFunds(tx, shortfallRecovered({ ...movementOfPayment(payment, reported.at), amountMinor: detail.shortfall_minor! }), clock.now());
  }

  async #decidePayout(tx: Transaction, kind: ReviewKind, payment: Payment, decision: Decision): Promise<void> {
    const { settlement, reversals, clock } = this.#deps;
    const { id, amountMinor, currency } = payment;
    const { reported } = decision;
    const { provider_ref: providerRef, at } = reported;
    const decided = decidedOut(kind, payment, decision);
    switch (decided) {
      case 'complete':
        await settlement.settleIn(tx, id, { status: 'completed', providerRef, amountMinor, currency, at });
        return;
      case 'take back':
        await reversals.takeBackIn(tx, payment, { amountMinor, at, reason: TAKEN_BACK });
        return;
      case 'return':
        return returnIn(tx, { ...movementOfPayment(payment, at), amountMinor: leftLateMinor(payment, reported) }, clock.now());
      case 'release':
        await settlement.settleIn(tx, id, { status: 'failed', code: 'failed', reason: NOT_PAID_OUT });
        return;
      case 'charge':
        insistAsAgreed(payment, reported);
        return settlement.payLateIn(tx, payment, { providerRef, at });
      case 'absorb':
        return bearIn(tx, payoutAbsorbed({ ...movementOfPayment(payment, at), amountMinor: leftLateMinor(payment, reported) }), clock.now());
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

  async #decideWithdrawal(tx: Transaction, kind: ReviewKind, id: number, decision: Decision): Promise<void> {
    const { withdrawals, clock } = this.#deps;
    const withdrawal = (await tx.get(withdrawalById, { id }))!;
    const { reported } = decision;
    const { provider_ref: providerRef, at } = reported;
    const decided = decidedOut(kind, withdrawal, decision);
    switch (decided) {
      case 'complete':
        await withdrawals.settleIn(tx, id, { status: 'completed', providerRef, at });
        break;
      case 'take back':
        await withdrawals.takeBackIn(tx, withdrawal, at);
        break;
      case 'return':
        await returnIn(tx, { ...movementOf(withdrawal, at), amountMinor: leftLateMinor(withdrawal, reported) }, clock.now());
        break;
      case 'release':
        await withdrawals.settleIn(tx, id, { status: 'failed', reason: NOT_PAID_OUT });
        break;
      case 'charge':
        insistAsAgreed(withdrawal, reported);
        await withdrawals.payLateIn(tx, id, { providerRef, at });
        break;
      case 'absorb':
        await bearIn(tx, withdrawalAbsorbed({ ...movementOf(withdrawal, at), amountMinor: leftLateMinor(withdrawal, reported) }), clock.now());
        break;
      case 'dismiss':
        break;
      default:
        decided satisfies never;
    }
    await tx.get(setReview, { id, review: '', now: clock.now() });
  }

  async #decideRefund(tx: Transaction, kind: ReviewKind, id: number, decision: Decision): Promise<void> {
    const { refunds, clock } = this.#deps;
    const refund = (await tx.get(refundById, { id }))!;
    const { reported } = decision;
    const { provider_ref: providerRef, at } = reported;
    const decided = decidedOut(kind, refund, decision);
    switch (decided) {
      case 'complete':
        await refunds.settleIn(tx, id, { status: 'completed', providerRef, at });
        return;
      case 'take back':
        await refunds.takeBackIn(tx, refund, { at, reason: TAKEN_BACK });
        return;
      case 'return':
        return returnIn(tx, { ...refundMovement(refund, at), amountMinor: leftLateMinor(refund, reported) }, clock.now());
      case 'release':
        await refunds.settleIn(tx, id, { status: 'failed', reason: NOT_PAID_OUT });
        return;
      case 'charge':
        insistAsAgreed(refund, reported);
        return refunds.payLateIn(tx, id, { providerRef, at });
      case 'absorb':
        return bearIn(tx, refundAbsorbed({ ...refundMovement(refund, at), amountMinor: leftLateMinor(refund, reported) }), clock.now());
      case 'dismiss':
        return;
      default:
        return decided satisfies never;
    }
  }
}

function insistCreditable(amountMinor: number, currency: Currency): void {
  const isPart = takesWholeUnitsOnly(currency) && amountMinor % MINOR_PER_MAJOR !== 0;
  if (amountMinor > 0 && !isPart) return;
  throw new ApiError('VALIDATION_ERROR', `${toMajor(amountMinor)} ${currency} cannot be a payment${isPart ? `, which is of whole ${currency}` : ''}: give it back, or settle it by hand, and --dismiss this`);
}

function insistFitting(kind: ReviewKind, direction: 'collect' | 'out', resolution: Resolution): void {
  const fitting = FITTING[kind][direction];
  if (fitting.includes(resolution)) return;
  throw new ApiError('VALIDATION_ERROR', `A review of ${kind} is resolved by ${fitting.map((each) => `--${each}`).join(', ')}, not by --${resolution}`);
}

/** Money out: held, gone, or in the wallet again. */
interface Out {
  status: string;
  amountMinor: number;
  currency: string;
}

/** What a decision comes to, where the money is now. */
function decidedOut(kind: ReviewKind, out: Out, { resolution, reported }: Decision): 'complete' | 'take back' | 'return' | 'release' | 'charge' | 'absorb' | 'dismiss' {
  insistFitting(kind, 'out', resolution);
  const { status } = out;
  switch (resolution) {
    case 'accept':
      if (status === 'failed' && kind === 'reversal_mismatch') return 'return';
      if (status === 'failed') throw new ApiError('VALIDATION_ERROR', 'What was held is in the wallet again: there is nothing to accept');
      if (kind !== 'reversal_mismatch') return 'complete';
      insistCameBackWhole(out, reported);
      return status === 'pending' ? 'release' : 'take back';
    case 'release':
      if (status !== 'pending') throw new ApiError('VALIDATION_ERROR', 'Nothing is held any more: there is nothing to release');
      return 'release';
    case 'dismiss':
      if (status === 'pending') throw new ApiError('VALIDATION_ERROR', 'The money is still held, and would be for ever: --accept or --release it');
      return 'dismiss';
    case 'charge':
    case 'absorb':
      return resolution;
    case 'credit':
      throw new Error('Nothing that goes out is credited');
    default:
      return resolution satisfies never;
  }
}

/** A review that an older release opened tells no amount; it was of what was agreed. */
function reportedMinor({ amountMinor, currency }: Out, reported: Decision['reported']): { amountMinor: number; currency: string } {
  return { amountMinor: reported.amount_minor ?? amountMinor, currency: reported.currency ?? currency };
}

/** All of it, or nothing where its provider says that it never paid. */
function insistCameBackWhole(out: Out, reported: Decision['reported']): void {
  const back = reportedMinor(out, reported);
  if (back.currency === out.currency && (back.amountMinor === out.amountMinor || back.amountMinor === 0)) return;
  const advice = out.status === 'pending' ? '--release it where the app is to have all of it back, and settle the difference outside' : '--dismiss this with a note, and settle it outside';
  throw new ApiError('VALIDATION_ERROR', `The provider says that ${toMajor(back.amountMinor)} ${back.currency} of ${toMajor(out.amountMinor)} ${out.currency} came back, and only the whole can be entered: ${advice}`);
}

/** An app pays for what it asked to be paid out, and for nothing else. */
function insistAsAgreed(out: Out, reported: Decision['reported']): void {
  const paid = reportedMinor(out, reported);
  if (paid.amountMinor === out.amountMinor && paid.currency === out.currency) return;
  throw new ApiError('VALIDATION_ERROR', `The provider paid ${toMajor(paid.amountMinor)} ${paid.currency}, and the app had asked for ${toMajor(out.amountMinor)} ${out.currency}: --absorb it, or settle it by hand and --dismiss this`);
}

/** What has left, for the platform to bear, or came back to it. */
function leftLateMinor(out: Out, reported: Decision['reported']): number {
  const { amountMinor, currency } = reportedMinor(out, reported);
  if (currency !== out.currency) throw new ApiError('VALIDATION_ERROR', `${currency} cannot be borne by fees in ${out.currency}: settle it by hand, and --dismiss this`);
  return amountMinor;
}

function movementOfPayment({ id, appId, provider, currency, mode }: Payment, eventAt: number) {
  return { source: `payment:${id}`, appId, provider, currency, mode, eventAt };
}

type Subject = 'payment' | 'withdrawal' | 'refund';

function subjectOf({ subject }: Pick<Review, 'subject'>): { what: Subject; id: number } {
  const [what, id] = subject.split(':');
  if (what !== 'payment' && what !== 'withdrawal' && what !== 'refund') throw new Error(`A review of ${subject}, of which nobody knows what it is`);
  return { what, id: Number(id) };
}

/** Round half up in integers: (2 × fee × received + amount) / (2 × amount). */
function shareOf({ amountMinor, feeMinor }: Payment, receivedMinor: number): number {
  return Number((2n * BigInt(feeMinor) * BigInt(receivedMinor) + BigInt(amountMinor)) / (2n * BigInt(amountMinor)));
}

/** What can be decided about a review, for whoever is about to. */
export function fittingResolutions(kind: ReviewKind, isCollect: boolean): readonly Resolution[] {
  return FITTING[kind][isCollect ? 'collect' : 'out'];
}
