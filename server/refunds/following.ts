/**
 * Sending a refund once and following it to its end. The money is held before; only the provider's own word, or a
 * person's, ends the hold. Whoever claims the row sends it: after a crash in between nobody sends it again, it is asked
 * about.
 */
import assert from 'node:assert/strict';
import { type Clock, MINUTE_MS } from '../core/clock.ts';
import { ApiError } from '../core/errors.ts';
import type { Store, Transaction } from '../db/store.ts';
import type { Job } from '../jobs/queue.ts';
import type { JobResult } from '../jobs/runner.ts';
import { post } from '../ledger/ledger.ts';
import { refundPaid, refundPaidLate, refundReleased, refundReversed } from '../ledger/postings.ts';
import { holdFunds } from '../payments/funds.ts';
import type { Payment } from '../payments/payment.ts';
import { askProvider, submitPayout, submitRefund } from '../payments/provider-calls.ts';
import { moneyBackLock } from '../payments/reversal.ts';
import type { PaymentEvents } from '../payments/settlement.ts';
import { addRefunded, paymentById } from '../payments/statements.ts';
import { surelySentForMs } from '../payments/surely-sent.ts';
import type { Provider, ProviderStatus, Submission } from '../providers/provider.ts';
import type { ProviderRouting } from '../providers/routing.ts';
import { openReviewIn, openUnknownIn, type ReviewKind, settleUnknownIn } from '../reviews/reviews.ts';
import {
  claimSending,
  completeLateRefund,
  endRefund,
  giveUpUnsentRefund,
  isRefundOverdue,
  markRefundReversed,
  nextRefundAskAfter,
  recordRefundSubmission,
  type Refund,
  refundById,
  refundByReference,
  refundByUpstreamRef,
  refundSource,
} from './refund.ts';

/** When to look again at a refund whose provider has no credentials here. */
const UNCONFIGURED_RETRY_MS = MINUTE_MS;

export type RefundOutcome =
  | { status: 'completed'; providerRef: string; at: number; paid?: { amountMinor: number; currency: string } }
  | { status: 'failed'; providerRef?: string; reason: string };

interface Deps {
  store: Store;
  clock: Clock;
  routing: ProviderRouting;
  events: PaymentEvents;
}

export class RefundFollowing {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The job that sends a refund and asks about it until it has ended. */
  async follow(job: Job): Promise<JobResult> {
    const { store, clock, routing } = this.#deps;
    const refund = await store.read.get(refundById, { id: Number(job.subject.slice('refund:'.length)) });
    if (refund === undefined) return 'done';
    const provider = routing.adapterOf(refund);
    if (provider === undefined) return { runAgainAt: clock.now() + UNCONFIGURED_RETRY_MS };
    const { refund: followed, answered } = refund.submission === 'queued' ? { refund: await this.#send(refund, provider), answered: true } : await this.#ask(refund, provider);
    const now = clock.now();
    if (isRefundOverdue(followed, now)) await store.write((tx) => openUnknownIn(tx, refundSource(followed), followed, now));
    const next = nextRefundAskAfter(followed, { answered, now });
    return next === null ? 'done' : { runAgainAt: next };
  }

  /** A callback came that may be about a refund. */
  async inquireByReference(reference: string): Promise<{ refund: Refund; answered: boolean } | undefined> {
    const refund = await this.#deps.store.read.get(refundByReference, { reference });
    const provider = refund && this.#deps.routing.adapterOf(refund);
    if (refund === undefined) return undefined;
    if (refund.submission === 'queued') return { refund, answered: true };
    return provider === undefined ? { refund, answered: false } : this.#ask(refund, provider);
  }

  /** Our reference of the refund that a provider calls by its own. */
  async referenceOf(provider: string, providerRef: string): Promise<string | undefined> {
    return (await this.#deps.store.read.get(refundByUpstreamRef, { provider, providerRef }))?.reference;
  }

  /** Ends an open refund in the caller's commit; what does not fit waits for a person. */
  async settleIn(tx: Transaction, id: number, outcome: RefundOutcome): Promise<Refund> {
    const refund = (await tx.get(refundById, { id }))!;
    const now = this.#deps.clock.now();
    const doubt = outcome.status === 'completed' ? doubtAbout(refund, outcome.paid) : null;
    if (doubt !== null && outcome.status === 'completed') {
      const { paid, providerRef, at } = outcome;
      const reported = { amount_minor: paid!.amountMinor, currency: paid!.currency, provider_ref: providerRef, at };
      await openReviewIn(tx, { subject: refundSource(refund), kind: doubt, detail: { agreed: { amount_minor: refund.amountMinor, currency: refund.currency }, reported } }, now);
      return refund;
    }
    if (refund.status !== 'pending') return refund;
    const ended = await tx.get(endRefund, {
      id,
      status: outcome.status,
      completedAt: outcome.status === 'completed' ? outcome.at : null,
      failureReason: outcome.status === 'failed' ? outcome.reason : '',
      providerRef: outcome.providerRef ?? '',
      now,
    });
    // Another server ended it between the read and the update.
    if (ended === undefined) return this.settleIn(tx, id, outcome);
    const movement = refundMovement(ended, ended.completedAt ?? now);
    const posting = ended.status === 'completed' ? refundPaid(movement) : refundReleased(movement);
    assert(await post(tx, posting, now), `refund ${id} is ${ended.status}, and ${posting.posting} stands in the ledger already`);
    if (ended.status === 'completed') await this.tellIn(tx, ended);
    await settleUnknownIn(tx, refundSource(ended), now);
    return ended;
  }

  /** Money left after its hold was released, and a person decided that the app pays for it: the refund is complete after all. */
  async payLateIn(tx: Transaction, id: number, { providerRef, at }: { providerRef: string; at: number }): Promise<void> {
    const now = this.#deps.clock.now();
    const completed = await tx.get(completeLateRefund, { id, providerRef, at, now });
    assert(completed !== undefined, `refund ${id} has not failed`);
    await holdFunds(tx, refundPaidLate(refundMovement(completed, at)), now);
    await this.tellIn(tx, completed);
  }

  /** The money is with the customer: the payment says so, and the merchant hears it. */
  async tellIn(tx: Transaction, { paymentId, amountMinor, reference, reason }: Refund): Promise<void> {
    const payment = (await tx.get(addRefunded, { id: paymentId, amountMinor, now: this.#deps.clock.now() }))!;
    await this.#deps.events.record(tx, payment, { kind: 'refunded', reference, amountMinor, reason });
  }

  async #send({ id }: Refund, provider: Provider): Promise<Refund> {
    const { store, clock } = this.#deps;
    const claimed = await store.write((tx) => tx.get(claimSending, { id, now: clock.now() }));
    if (claimed === undefined) return (await store.read.get(refundById, { id }))!;
    const payment = (await store.read.get(paymentById, { id: claimed.paymentId }))!;
    const submission = await this.#submit(claimed, payment, provider);
    return store.write(async (tx) => {
      if (submission.kind !== 'refused') await submission.inCommit?.(tx);
      const recorded = (await tx.get(recordRefundSubmission, {
        id,
        submission: submission.kind === 'accepted' ? 'sent' : submission.kind,
        providerRef: submission.kind === 'accepted' ? submission.providerRef : '',
        now: clock.now(),
      }))!;
      // One that the provider has acknowledged meanwhile, too, is asked about.
      const isRefused = submission.kind === 'refused' && recorded.submission !== 'sent';
      return isRefused ? this.settleIn(tx, id, { status: 'failed', reason: submission.reason }) : recorded;
    });
  }

  /**
   * The money came back from the customer's bank or wallet: it is in the app's wallet again, and the payment can be
   * refunded again. Another amount, or none (it now says that it never paid), waits for a person; so does one that came
   * back to a payment which was itself taken back since.
   */
  async #comeBackIn(tx: Transaction, { id, paymentId }: Refund, status: ProviderStatus & { kind: 'reversed' | 'failed' }): Promise<Refund> {
    const { clock } = this.#deps;
    const { providerRef = '', reason } = status;
    const payment = await this.#lockPaymentIn(tx, paymentId);
    const refund = (await tx.get(recordRefundSubmission, { id, submission: 'sent', providerRef, now: clock.now() }))!;
    const isWhole = status.kind === 'reversed' && status.amountMinor === refund.amountMinor && status.currency === refund.currency;
    if (refund.reversedAt !== null || refund.status === 'failed') return refund;
    if (refund.status === 'pending' && (isWhole || status.kind === 'failed')) return this.settleIn(tx, id, { status: 'failed', providerRef, reason });
    if (isWhole && payment.reversedAt === null) return this.takeBackIn(tx, refund, { at: status.at, reason });
    await this.#doubtIn(tx, refund, status);
    return refund;
  }

  /** What had gone back to the customer is the app's again. Throws VALIDATION_ERROR where the whole payment was taken back since. */
  async takeBackIn(tx: Transaction, { id, paymentId }: Refund, { at, reason }: { at: number; reason: string }): Promise<Refund> {
    const { clock, events } = this.#deps;
    const now = clock.now();
    const { reversedAt } = await this.#lockPaymentIn(tx, paymentId);
    if (reversedAt !== null) throw new ApiError('VALIDATION_ERROR', 'The provider has taken the whole payment back since: settle this by hand, and --dismiss it with a note');
    const marked = await tx.get(markRefundReversed, { id, at, now });
    if (marked === undefined) return (await tx.get(refundById, { id }))!;
    assert(await post(tx, refundReversed(refundMovement(marked, at)), now), `refund ${id} is not reversed, and its reversal stands in the ledger already`);
    const payment = (await tx.get(addRefunded, { id: paymentId, amountMinor: -marked.amountMinor, now }))!;
    await events.record(tx, payment, { kind: 'refund_failed', reference: marked.reference, amountMinor: marked.amountMinor, reason });
    return marked;
  }

  async #lockPaymentIn(tx: Transaction, id: number): Promise<Payment> {
    await tx.lock(moneyBackLock((await tx.get(paymentById, { id }))!));
    return (await tx.get(paymentById, { id }))!;
  }

  async #doubtIn(tx: Transaction, refund: Refund, status: ProviderStatus & { kind: 'reversed' | 'failed' }): Promise<void> {
    const now = this.#deps.clock.now();
    const { amountMinor, currency } = refund;
    const reported = status.kind === 'reversed' ? { amount_minor: status.amountMinor, currency: status.currency, at: status.at } : { amount_minor: 0, currency, at: now };
    const detail = { agreed: { amount_minor: amountMinor, currency }, reported: { ...reported, provider_ref: status.providerRef ?? '' } };
    await openReviewIn(tx, { subject: refundSource(refund), kind: 'reversal_mismatch', detail }, now);
  }

  /** It never reached the provider, so nothing was paid back; unless the provider has acknowledged it, whenever that was. */
  async #neverSent(id: number): Promise<Refund> {
    const { store, clock } = this.#deps;
    return store.write(async (tx) => {
      const isUnsent = (await tx.get(giveUpUnsentRefund, { id, now: clock.now() })) !== undefined;
      if (!isUnsent) return (await tx.get(refundById, { id }))!;
      return this.settleIn(tx, id, { status: 'failed', reason: 'The request did not reach the provider; nothing was paid back' });
    });
  }

  #submit(refund: Refund, payment: Payment, provider: Provider): Promise<Submission> {
    const { reference, amountMinor, currency, reason, sentAt } = refund;
    const sent = { createdAt: sentAt!, clock: this.#deps.clock };
    if (refund.method === 'itself') {
      const request = { reference, paymentProviderRef: payment.providerRef, amountMinor, currency, reason, createdAt: sentAt! };
      return submitRefund(provider, request, sent);
    }
    const request = { reference, amountMinor, currency, phone: payment.phone, network: payment.network, merchant: 'Refund', description: reason || `Refund of ${payment.reference}`, createdAt: sentAt! };
    return submitPayout(provider, request, sent);
  }

  async #ask(refund: Refund, provider: Provider): Promise<{ refund: Refund; answered: boolean }> {
    const { clock } = this.#deps;
    const { id, reference, providerRef, method, currency, sentAt, createdAt } = refund;
    const sent = sentAt ?? createdAt;
    const asked = { reference, providerRef, direction: method === 'itself' ? 'refund' : 'disburse', method: method === 'itself' ? 'card' : 'mobile_money', currency, createdAt: sent } as const;
    const status = await askProvider(provider, asked, clock);
    return { refund: await this.#apply(id, refund, status, provider.notFoundIsFinalAfterMs), answered: status.kind !== 'unknown' };
  }

  async #apply(id: number, refund: Refund, status: ProviderStatus, notFoundIsFinalAfterMs: number): Promise<Refund> {
    const { store, clock } = this.#deps;
    const acknowledged = (tx: Transaction, providerRef = '') => tx.get(recordRefundSubmission, { id, submission: 'sent', providerRef, now: clock.now() });
    switch (status.kind) {
      case 'completed': {
        const { providerRef, at, amountMinor, currency } = status;
        return store.write(async (tx) => {
          await acknowledged(tx, providerRef);
          return this.settleIn(tx, id, { status: 'completed', providerRef, at, paid: { amountMinor, currency } });
        });
      }
      case 'reversed':
        return store.write((tx) => this.#comeBackIn(tx, refund, status));
      case 'failed':
        return store.write(async (tx) => {
          if (refund.status === 'completed') return this.#comeBackIn(tx, refund, status);
          await acknowledged(tx, status.providerRef);
          return this.settleIn(tx, id, { status: 'failed', providerRef: status.providerRef ?? '', reason: status.reason });
        });
      case 'pending':
        return refund.submission === 'sent' ? refund : store.write(async (tx) => (await acknowledged(tx, status.providerRef))!);
      case 'not_found':
        return surelySentForMs(clock, refund.reference) < notFoundIsFinalAfterMs ? refund : this.#neverSent(id);
      case 'unknown':
        return refund;
      default:
        return status satisfies never;
    }
  }
}

/** A refund's movement of money in the ledger. */
export function refundMovement(refund: Refund, eventAt: number) {
  const { appId, provider, currency, mode, amountMinor, feeMinor } = refund;
  return { source: refundSource(refund), appId, provider, currency, mode, amountMinor, feeMinor, eventAt };
}

/** Why a person has to look at what the provider calls paid, or null. */
function doubtAbout({ status, amountMinor, currency }: Refund, paid: { amountMinor: number; currency: string } | undefined): ReviewKind | null {
  if (status === 'completed' || paid === undefined) return null;
  if (status === 'failed') return 'paid_after_release';
  return paid.amountMinor !== amountMinor || paid.currency !== currency ? 'amount_mismatch' : null;
}
