/**
 * Asking for a refund: the money is held and a job that sends it written in one commit, and no provider is asked there.
 * So the command line and a server can both ask, and one server sends it, once, whoever dies in between.
 */
import { type Clock } from '../core/clock.ts';
import { ApiError } from '../core/errors.ts';
import { newReference } from '../core/ids.ts';
import { toMajor } from '../core/money.ts';
import type { Store, Transaction } from '../db/store.ts';
import type { JobQueue } from '../jobs/queue.ts';
import { refundedFeeMinor, refundHeld } from '../ledger/postings.ts';
import { holdFunds } from '../payments/funds.ts';
import { checkAmount } from '../payments/order.ts';
import type { Payment } from '../payments/payment.ts';
import { moneyBackLock } from '../payments/reversal.ts';
import { paymentByReference } from '../payments/statements.ts';
import { capabilitiesOf, limitsMinor, type ProviderSlug } from '../providers/capabilities.ts';
import { givenBackOf } from './left.ts';
import { followJob, insertRefund, type Refund, refundByKey, refundSource } from './refund.ts';

export interface RefundWish {
  /** The payment's. */
  reference: string;
  /** Major units; all that is left of the payment when absent. */
  amount?: number | undefined;
  reason: string;
  /** The same key makes no second refund. */
  key?: string | undefined;
}

export class RefundDesk {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #jobs: JobQueue;

  constructor({ store, clock, jobs }: { store: Store; clock: Clock; jobs: JobQueue }) {
    this.#store = store;
    this.#clock = clock;
    this.#jobs = jobs;
  }

  /**
   * Throws NOT_FOUND, VALIDATION_ERROR where there is no such money to give back, INVALID_PROVIDER where its provider
   * cannot, INSUFFICIENT_BALANCE where the wallet has spent it: then nothing is written.
   */
  request(wish: RefundWish): Promise<Refund> {
    return this.#store.write(async (tx) => {
      // Two refunds of one payment, or a refund and a reversal, must not both find the whole of it left.
      await tx.lock(moneyBackLock(wish));
      const earlier = wish.key === undefined ? undefined : await tx.get(refundByKey, { key: wish.key });
      const payment = await tx.get(paymentByReference, { reference: wish.reference });
      if (payment === undefined) throw new ApiError('NOT_FOUND', `There is no payment ${wish.reference}`);
      if (earlier !== undefined) return sameAsBefore(earlier, payment, wish);
      return this.#hold(tx, payment, wish);
    });
  }

  async #hold(tx: Transaction, payment: Payment, { amount, reason, key }: RefundWish): Promise<Refund> {
    const method = methodOf(payment);
    const before = await givenBackOf(tx, payment);
    const { leftMinor } = before;
    const amountMinor = amount === undefined ? leftMinor : checkAmount(amount, payment.currency);
    if (leftMinor === 0) throw new ApiError('VALIDATION_ERROR', nothingLeft(payment, before));
    if (amountMinor > leftMinor) throw new ApiError('VALIDATION_ERROR', `Of payment ${payment.reference} ${toMajor(leftMinor)} ${payment.currency} are left to refund`);
    if (method === 'by_payout') insistOnPayout(payment, amountMinor);
    const now = this.#clock.now();
    const { appId, mode, provider, currency } = payment;
    const feeMinor = refundedFeeMinor(payment, before, amountMinor);
    const row = { reference: newReference(now), appId, paymentId: payment.id, mode, provider, currency, method, amountMinor, feeMinor, reason, key: key ?? null, now };
    const refund = (await tx.get(insertRefund, row))!;
    await holdFunds(tx, refundHeld({ source: refundSource(refund), appId, provider, currency, mode, amountMinor, feeMinor, eventAt: now }), now);
    await this.#jobs.enqueue(tx, followJob(refund, now), now);
    return refund;
  }
}

function methodOf(payment: Payment): Refund['method'] {
  const { reference, direction, status } = payment;
  if (direction !== 'collect') throw new ApiError('VALIDATION_ERROR', `${reference} is a payout: there is nothing to refund`);
  if (status !== 'completed') throw new ApiError('VALIDATION_ERROR', `Payment ${reference} is ${status}: only a completed one can be refunded`);
  const how = capabilitiesOf(payment.provider as ProviderSlug).refunds;
  if (how === 'by_hand') throw new ApiError('INVALID_PROVIDER', `${payment.provider} can neither refund nor pay out: give the money back by hand`);
  // A card that was paid on the provider's own page has no phone to pay out to.
  if (how === 'by_payout' && payment.method === 'card') throw new ApiError('INVALID_PROVIDER', `${payment.provider} cannot refund cards: give the money back in its dashboard`);
  return how;
}

function nothingLeft({ reference, amountMinor }: Payment, { takenMinor }: { takenMinor: number }): string {
  if (takenMinor === 0) return `Payment ${reference} has been refunded in full`;
  return takenMinor < amountMinor ? `The provider has taken a part of payment ${reference} back, and the rest has been refunded` : `The provider has taken payment ${reference} back already`;
}

function insistOnPayout({ provider, currency, mode }: Payment, amountMinor: number): void {
  const { leastMinor } = limitsMinor(provider as ProviderSlug, currency, 'mobile_money');
  if (mode === 'live' && amountMinor < leastMinor) {
    throw new ApiError('VALIDATION_ERROR', `${provider} pays out ${toMajor(leastMinor)} ${currency} at least, and a refund is paid out`);
  }
}

function sameAsBefore(earlier: Refund, payment: Payment, { amount, key }: RefundWish): Refund {
  const isSame = earlier.paymentId === payment.id && (amount === undefined || checkAmount(amount, payment.currency) === earlier.amountMinor);
  if (!isSame) throw new ApiError('IDEMPOTENCY_CONFLICT', `The key ${JSON.stringify(key)} stands for another refund`);
  return earlier;
}
