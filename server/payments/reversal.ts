/**
 * A provider that takes back what had completed: a chargeback, a rolled back payout. The status stays; the ledger gets
 * entries that turn the first ones round, the payment a mark, and the merchant is told. Once, and whole, or not by us.
 */
import assert from 'node:assert/strict';
import type { Clock } from '../core/clock.ts';
import { ApiError } from '../core/errors.ts';
import { statement, type Transaction } from '../db/store.ts';
import { accountName } from '../ledger/accounts.ts';
import { balanceMinor, post } from '../ledger/ledger.ts';
import { collectReversed, payoutReversed, type Posting } from '../ledger/postings.ts';
import { openReviewIn } from '../reviews/reviews.ts';
import type { Payment } from './payment.ts';
import { checkSubject, type PaymentEvents } from './settlement.ts';
import { holdPayment, markReversed } from './statements.ts';

/** The provider's own word. */
export interface Reversed {
  providerRef: string;
  amountMinor: number;
  currency: string;
  at: number;
  reason: string;
}

const refundedFees = statement<{ feeMinor: number }>(`
  SELECT CAST(coalesce(sum(fee_minor), 0) AS BIGINT) AS "feeMinor" FROM refunds WHERE payment_id = :id AND status = 'completed' AND reversed_at IS NULL`);

const refundsUnderWay = statement<{ refunds: number }>(`
  SELECT CAST(count(*) AS BIGINT) AS refunds FROM refunds WHERE payment_id = :id AND status = 'pending'`);

/** Held by whoever asks for a refund of a payment or takes the payment back: what is left of it is one of the two's. */
export function moneyBackLock({ reference }: Pick<Payment, 'reference'>): string {
  return `refunds:${reference}`;
}

/** A test payout drew on no wallet that it could come back to. */
export function canBeReversed({ status, reversedAt, mode, direction }: Payment): boolean {
  return status === 'completed' && reversedAt === null && !(mode === 'test' && direction === 'disburse');
}

export class Reversals {
  readonly #clock: Clock;
  readonly #events: PaymentEvents;

  constructor({ clock, events }: { clock: Clock; events: PaymentEvents }) {
    this.#clock = clock;
    this.#events = events;
  }

  /**
   * Reverses a completed payment in the caller's commit. Another amount than is left of it is no reversal that we could
   * enter, and what is left is not known while a refund is under way: then it waits for a person.
   */
  async reverseIn(tx: Transaction, { id, reference }: Pick<Payment, 'id' | 'reference'>, reversed: Reversed): Promise<Payment> {
    await tx.lock(moneyBackLock({ reference }));
    const payment = (await tx.get(holdPayment, { id, now: this.#clock.now() }))!;
    if (!canBeReversed(payment)) return payment;
    const leftMinor = payment.amountMinor - payment.refundedMinor;
    // All of it went back by refunds, and nothing was taken besides.
    if (leftMinor === 0 && reversed.amountMinor === 0) return payment;
    if (reversed.amountMinor !== leftMinor || reversed.currency !== payment.currency || (await isBeingRefunded(tx, payment))) {
      await this.doubtIn(tx, payment, reversed);
      return payment;
    }
    return this.takeBackIn(tx, payment, { at: reversed.at, reason: reversed.reason });
  }

  /** What is left of a payment is gone from the provider. Throws VALIDATION_ERROR while a refund of it is under way, and when nothing is left. */
  async takeBackIn(tx: Transaction, payment: Payment, { at, reason }: { at: number; reason: string }): Promise<Payment> {
    await tx.lock(moneyBackLock(payment));
    if (await isBeingRefunded(tx, payment)) throw new ApiError('VALIDATION_ERROR', `A refund of payment ${payment.reference} is under way: what is left of it is known when that has ended`);
    if (payment.refundedMinor >= payment.amountMinor) throw new ApiError('VALIDATION_ERROR', `Payment ${payment.reference} has been refunded in full: nothing of it is left that could be taken back`);
    const now = this.#clock.now();
    const marked = await tx.get(markReversed, { id: payment.id, at, now });
    // Another server was first.
    if (marked === undefined) return payment;
    const posting = marked.direction === 'disburse' ? payoutReversed(movementOf(marked, at)) : await this.#collectReversal(tx, marked, at);
    assert(await post(tx, posting, now), `payment ${marked.id} is not reversed, and ${posting.posting} stands in the ledger already`);
    await this.#events.record(tx, marked, { kind: 'reversed', amountMinor: marked.amountMinor - marked.refundedMinor, reason });
    return marked;
  }

  /** Whether the provider takes back more than we know of, or says that what it called completed never was. */
  async doubtIn(tx: Transaction, payment: Payment, { amountMinor, currency, providerRef, at }: Omit<Reversed, 'reason'>): Promise<void> {
    const detail = {
      agreed: { amount_minor: payment.amountMinor - payment.refundedMinor, currency: payment.currency },
      reported: { amount_minor: amountMinor, currency, provider_ref: providerRef, at },
    };
    await openReviewIn(tx, { subject: checkSubject(payment), kind: 'reversal_mismatch', detail }, this.#clock.now());
  }

  async #collectReversal(tx: Transaction, payment: Payment, at: number): Promise<Posting> {
    const movement = movementOf(payment, at);
    const { feeMinor: returnedMinor } = (await tx.get(refundedFees, { id: payment.id }))!;
    const feeMinor = payment.feeMinor - returnedMinor;
    const { appId, provider, currency, mode } = payment;
    const wallet = { kind: 'wallet', appId, provider, currency, mode } as const;
    // As every debit: what the wallet holds must not change between looking and taking.
    await tx.lock(accountName(wallet));
    const shortMinor = Math.max(0, movement.amountMinor - feeMinor - (await balanceMinor(tx, wallet)));
    if (shortMinor > 0) {
      const detail = { agreed: { amount_minor: movement.amountMinor, currency }, shortfall_minor: shortMinor };
      await openReviewIn(tx, { subject: checkSubject(payment), kind: 'reversal_shortfall', detail }, this.#clock.now());
    }
    return collectReversed({ ...movement, feeMinor, shortMinor });
  }
}

async function isBeingRefunded(tx: Transaction, { id }: Payment): Promise<boolean> {
  return (await tx.get(refundsUnderWay, { id }))!.refunds > 0;
}

function movementOf({ id, appId, provider, currency, mode, amountMinor, refundedMinor }: Payment, eventAt: number) {
  return { source: `payment:${id}`, appId, provider, currency, mode, amountMinor: amountMinor - refundedMinor, eventAt };
}
