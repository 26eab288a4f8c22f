/**
 * Refunds that somebody made at a payment's provider, in its dashboard, and not here. Nothing was held for them: the money
 * has left when we hear of it. Each is a refund of the provider's own name (`re_…`), which stands once however often and
 * from whom it is heard; from then on it is asked about as ours are. Ours carry our reference, and were in our books before
 * the provider heard of them: none of them is ever taken for one of these.
 */
import assert from 'node:assert/strict';
import { type Clock, DAY_MS, HOUR_MS } from '../core/clock.ts';
import type { Transaction } from '../db/store.ts';
import { post } from '../ledger/ledger.ts';
import { refundedFeeMinor, refundMadeThere } from '../ledger/postings.ts';
import type { Payment } from '../payments/payment.ts';
import type { RefundsMadeThere } from '../payments/reversal.ts';
import { shortOfIn } from '../payments/shortfall.ts';
import { paymentById } from '../payments/statements.ts';
import type { ToldRefund } from '../providers/provider.ts';
import { type RefundFollowing, refundMovement } from './following.ts';
import { bookedAs, givenBackOf } from './left.ts';
import { insertRefundMadeThere, isMadeThere, type Refund, refundSource, refundsOfPayment } from './refund.ts';

/**
 * One that its bank takes days over is told of again when it has ended, unless that is lost: so often its payment is asked
 * about meanwhile, and for so long after it was made.
 */
const ASKED_ABOUT_PENDING_EVERY_MS = 6 * HOUR_MS;
const ASKED_ABOUT_PENDING_FOR_MS = 30 * DAY_MS;

export class DashboardRefunds implements RefundsMadeThere {
  readonly #clock: Clock;
  readonly #following: RefundFollowing;

  constructor({ clock, following }: { clock: Clock; following: RefundFollowing }) {
    this.#clock = clock;
    this.#following = following;
  }

  async bookIn(tx: Transaction, payment: Payment, told: readonly ToldRefund[]): Promise<Payment> {
    const booked = await tx.all(refundsOfPayment, { paymentId: payment.id });
    // What came back makes room for what was given back since.
    for (const each of told) {
      const refund = bookedAs(booked, each);
      if (refund !== undefined && isMadeThere(refund)) await this.#following.hearsIn(tx, refund, each);
    }
    const news = told.filter((each) => bookedAs(booked, each) === undefined);
    for (const each of news.toSorted((one, other) => one.at - other.at)) await this.#enterIn(tx, payment, each);
    const now = this.#clock.now();
    const isAwaited = news.some(({ status, at }) => status === 'pending' && now < at + ASKED_ABOUT_PENDING_FOR_MS);
    if (isAwaited) await this.#following.planHearingIn(tx, payment, now + ASKED_ABOUT_PENDING_EVERY_MS);
    return (await tx.get(paymentById, { id: payment.id }))!;
  }

  /** Not beyond what is left of the payment: that is not known while refunds of ours are under way. */
  async #enterIn(tx: Transaction, payment: Payment, { status, providerRef, amountMinor, currency, at, reason }: ToldRefund): Promise<void> {
    const before = await givenBackOf(tx, payment);
    if (status !== 'completed' || currency !== payment.currency || amountMinor < 1 || amountMinor > before.leftMinor) return;
    const now = this.#clock.now();
    const { id: paymentId, appId, mode, provider } = payment;
    const feeMinor = refundedFeeMinor(payment, before, amountMinor);
    const refund: Refund = (await tx.get(insertRefundMadeThere, { providerRef, appId, paymentId, mode, provider, currency, amountMinor, feeMinor, reason, at, now }))!;
    const movement = refundMovement(refund, at);
    const shortMinor = await shortOfIn(tx, movement, refundSource(refund), now);
    assert(await post(tx, refundMadeThere({ ...movement, shortMinor }), now), `refund ${refund.id} is new, and stands in the ledger already`);
    await this.#following.tellIn(tx, refund);
    await this.#following.planNextIn(tx, refund);
  }
}
