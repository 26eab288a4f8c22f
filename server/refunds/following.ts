/**
 * Sending a refund once and following it to its end. The money is held before; only the provider's own word, or a
 * person's, ends the hold. Whoever claims the row sends it: after a crash in between nobody sends it again, it is asked
 * about.
 */
import assert from 'node:assert/strict';
import type { Clock } from '../core/clock.ts';
import { ApiError } from '../core/errors.ts';
import { toMajor } from '../core/money.ts';
import type { Store, Transaction } from '../db/store.ts';
import type { Job, JobQueue } from '../jobs/queue.ts';
import type { JobResult } from '../jobs/runner.ts';
import { post } from '../ledger/ledger.ts';
import { type Decided, hasHappened } from '../ledger/sources.ts';
import { type Posting, refundPaid, refundPaidLate, refundReleased, refundReversed, refundUndoneThere, shortfallRecovered } from '../ledger/postings.ts';
import { type AskedAbout, Asking, type CalledBack, type Heard, unasked, UNCONFIGURED_RETRY_MS } from '../payments/asking.ts';
import { holdFunds } from '../payments/funds.ts';
import { doubtAboutPaid, isSameMoney, knownAs, type KnownAs } from '../payments/paid-out.ts';
import type { Payment } from '../payments/payment.ts';
import { submitPayout, submitRefund } from '../payments/provider-calls.ts';
import { moneyBackLock } from '../payments/reversal.ts';
import { checkJob, type PaymentEvents } from '../payments/settlement.ts';
import { addRefunded, paymentById } from '../payments/statements.ts';
import { type AskedPayment, type Provider, providerRefIn, type ProviderStatus, type Submission, type ToldRefund } from '../providers/provider.ts';
import type { ProviderRouting } from '../providers/routing.ts';
import { isBorne } from '../reviews/borne.ts';
import { isAllBackIn, isSaidBackIn, openReviewIn, settleAllBackIn, settleEndedIn, settleReviewIn } from '../reviews/reviews.ts';
import { feeThatComesBackOf, givenBackOf, walletGaveFor, wasTakenSince } from './left.ts';
import {
  claimSending,
  completeLateRefund,
  endRefund,
  followJob,
  giveUpUnsentRefund,
  holdRefund,
  isRefundOverdue,
  markRefundPaidAgain,
  markRefundReversed,
  nextRefundAskAfter,
  recordRefundSubmission,
  type Refund,
  refundById,
  refundByReference,
  refundByUpstreamRef,
  refundSource,
} from './refund.ts';

export type RefundOutcome =
  | { status: 'completed'; providerRef: string; at: number; paid?: { amountMinor: number; currency: string }; knownAs?: KnownAs }
  | { status: 'failed'; providerRef?: string; reason: string };

interface Deps {
  store: Store;
  clock: Clock;
  jobs: JobQueue;
  routing: ProviderRouting;
  events: PaymentEvents;
}

export class RefundFollowing implements CalledBack {
  readonly #deps: Deps;
  readonly #asking: Asking<Refund>;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#asking = new Asking({ ...deps, about: this.#hearing() });
  }

  /** The job that sends a refund and asks about it until it has ended. */
  async follow(job: Job): Promise<JobResult> {
    const { store, clock, routing } = this.#deps;
    const refund = await store.read.get(refundById, { id: Number(job.subject.slice('refund:'.length)) });
    if (refund === undefined) return 'done';
    if (refund.submission === 'queued') {
      const provider = routing.adapterOf(refund);
      return provider === undefined ? { runAgainAt: clock.now() + UNCONFIGURED_RETRY_MS } : this.#asking.endOf(await this.#send(refund, provider), { answered: true });
    }
    const heard = await this.#hear(refund);
    return this.#asking.endOf(await this.#asking.apply(heard), heard);
  }

  /** A callback came that may be about a refund. */
  async hearOf(reference: string): Promise<Heard<Refund> | undefined> {
    const refund = await this.#deps.store.read.get(refundByReference, { reference });
    return refund && this.#hear(refund);
  }

  async referenceOf(provider: string, providerRef: string): Promise<string | undefined> {
    const { read } = this.#deps.store;
    const found = await read.get(refundByUpstreamRef, { provider, providerRef });
    if (found !== undefined) return found.reference;
    // One of ours where the provider says our reference, or one that was made there, which has the provider's own name.
    const named = await read.get(refundByReference, { reference: providerRef });
    return named?.provider === provider ? named.reference : undefined;
  }

  /** Ends an open refund in the caller's commit; what does not fit waits for a person. */
  async settleIn(tx: Transaction, id: number, outcome: RefundOutcome): Promise<Refund> {
    const refund = (await tx.get(refundById, { id }))!;
    const now = this.#deps.clock.now();
    if (outcome.status === 'completed' && outcome.paid !== undefined) {
      const { paid, providerRef, at, knownAs } = outcome;
      const doubt = doubtAboutPaid(refund, paid, knownAs);
      if (doubt !== null) {
        const reported = { amount_minor: paid.amountMinor, currency: paid.currency, provider_ref: providerRef, at };
        await openReviewIn(tx, { subject: refundSource(refund), kind: doubt, detail: { agreed: { amount_minor: refund.amountMinor, currency: refund.currency }, reported } }, now);
        return refund;
      }
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
    await settleEndedIn(tx, refundSource(ended), ended.status, now);
    await this.#planHearingOfPaymentIn(tx, ended);
    return ended;
  }

  /**
   * Money left after its hold was released, and a person decided that the app pays for it: the refund is complete after all.
   * Throws VALIDATION_ERROR where as much has gone back since by other refunds, or was taken back: no app pays more than it got.
   */
  async payLateIn(tx: Transaction, { id, amountMinor, currency, paymentId, reversedAt }: Refund, { providerRef, at }: { providerRef: string; at: number }, review: Decided): Promise<void> {
    const now = this.#deps.clock.now();
    const { leftMinor } = await givenBackOf(tx, await this.#lockPaymentIn(tx, paymentId));
    if (amountMinor > leftMinor) throw new ApiError('VALIDATION_ERROR', `Of its payment ${toMajor(leftMinor)} ${currency} have not gone back since: the app has paid for the rest already, --absorb this`);
    const isAgain = reversedAt !== null;
    const completed = isAgain ? await tx.get(markRefundPaidAgain, { id, at, now }) : await tx.get(completeLateRefund, { id, providerRef, at, now });
    assert(completed !== undefined, `refund ${id} has neither failed nor come back`);
    const movement = refundMovement(completed, at);
    await holdFunds(tx, refundPaidLate(isAgain ? { ...movement, source: `review:${review.id}` } : movement), now);
    await this.tellIn(tx, completed);
  }

  /** The money is with the customer: the payment says so, and the merchant hears it. */
  async tellIn(tx: Transaction, { paymentId, amountMinor, reference, reason }: Refund): Promise<void> {
    const payment = (await tx.get(addRefunded, { id: paymentId, amountMinor, now: this.#deps.clock.now() }))!;
    await this.#deps.events.record(tx, payment, { kind: 'refunded', reference, amountMinor, reason });
  }

  /** What its payment's provider tells of one that stands: that it failed since. That it did not is heard when it is asked about itself. */
  async hearsIn(tx: Transaction, refund: Refund, { status, providerRef, amountMinor, currency, at, reason }: ToldRefund): Promise<void> {
    if (status === 'reversed') await this.#comeBackIn(tx, refund, { kind: 'reversed', providerRef, amountMinor, currency, at, reason });
    if (status === 'failed') await this.#comeBackIn(tx, refund, { kind: 'failed', providerRef, code: 'failed', reason });
  }

  /** The app has money again for what one that was made at the provider was short of. Throws INSUFFICIENT_BALANCE where it has not. */
  async recoverIn(tx: Transaction, refund: Refund, { amountMinor, at }: { amountMinor: number; at: number }): Promise<void> {
    await holdFunds(tx, shortfallRecovered({ ...refundMovement(refund, at), amountMinor }), this.#deps.clock.now());
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
        providerRef: providerRefIn(submission),
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
    const subject = refundSource(refund);
    const isWhole = status.kind === 'reversed' && (isSameMoney(status, refund) || (await isSaidBackIn(tx, subject, status)));
    const isIn = isReleased(refund);
    const isPlatforms = isIn && status.kind === 'reversed' && (await isBorne(tx, subject));
    if (isPlatforms) await this.#doubtIn(tx, refund, status);
    if (isPlatforms) return refund;
    const isAllBack = (isIn || refund.status === 'pending') && status.kind === 'reversed' && (await isAllBackIn(tx, subject, refund, status));
    if (isAllBack) await settleAllBackIn(tx, subject, clock.now());
    if (isIn) return refund;
    if (refund.status === 'pending' && (isAllBack || status.kind === 'failed')) return this.settleIn(tx, id, { status: 'failed', providerRef, reason });
    const isFirst = !(await hasHappened(tx, 'refundReversed', subject)) && !(await hasHappened(tx, 'refundUndoneThere', subject));
    if (refund.status === 'completed' && isWhole && isFirst && !(await wasTakenSince(tx, refund, payment))) {
      const back = await this.takeBackIn(tx, refund, { at: status.at, reason });
      if (await isAllBackIn(tx, subject, refund, status)) await settleAllBackIn(tx, subject, clock.now());
      // It may leave after all.
      await this.planNextIn(tx, back);
      return back;
    }
    await this.#doubtIn(tx, refund, status);
    return refund;
  }

  /** What had gone back to the customer is the app's again. Throws VALIDATION_ERROR where the whole payment was taken back since. */
  async takeBackIn(tx: Transaction, refund: Refund, { at, reason }: { at: number; reason: string }, source = refundSource(refund)): Promise<Refund> {
    const { clock, events } = this.#deps;
    const { id, paymentId } = refund;
    const now = clock.now();
    if (await wasTakenSince(tx, refund, await this.#lockPaymentIn(tx, paymentId))) throw new ApiError('VALIDATION_ERROR', 'The provider has taken the whole payment back since: settle this by hand, and --dismiss it with a note');
    const marked = await tx.get(markRefundReversed, { id, at, now });
    if (marked === undefined) return (await tx.get(refundById, { id }))!;
    assert(await post(tx, await this.#comingBack(tx, marked, at, source), now), `refund ${id} is not reversed, and its reversal stands in the ledger already`);
    const payment = (await tx.get(addRefunded, { id: paymentId, amountMinor: -marked.amountMinor, now }))!;
    await events.record(tx, payment, { kind: 'refund_failed', reference: marked.reference, amountMinor: marked.amountMinor, reason });
    await this.#planHearingOfPaymentIn(tx, marked);
    return marked;
  }

  /** What was given back of its payment at the provider, and did not fit beside this refund, may now. */
  async #planHearingOfPaymentIn(tx: Transaction, refund: Refund): Promise<void> {
    if (refund.method === 'itself') await this.planHearingIn(tx, { ...refund, id: refund.paymentId }, this.#deps.clock.now());
  }

  /** Has a payment's provider asked what was given back of it. */
  async planHearingIn(tx: Transaction, payment: Pick<Payment, 'id' | 'provider' | 'mode'>, at: number): Promise<void> {
    const { clock, jobs } = this.#deps;
    await jobs.enqueue(tx, checkJob(payment, at), clock.now());
  }

  /** Whoever gave for one that was made at the provider has it again: the wallet what it gave, at once or later, the platform the rest. */
  async #comingBack(tx: Transaction, refund: Refund, at: number, source: string): Promise<Posting> {
    const movement = refundMovement(refund, at);
    const subject = refundSource(refund);
    const wasMadeThere = (await hasHappened(tx, 'refundMadeThere', subject)) && !(await hasHappened(tx, 'refundUndoneThere', subject));
    if (!wasMadeThere) return refundReversed({ ...movement, feeMinor: await feeThatComesBackOf(tx, refund), source });
    await settleReviewIn(tx, { subject, kind: 'reversal_shortfall', note: 'The refund came back.' }, this.#deps.clock.now());
    return refundUndoneThere({ ...movement, walletMinor: await walletGaveFor(tx, refund) });
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
  async #neverSentIn(tx: Transaction, id: number): Promise<Refund> {
    const isUnsent = (await tx.get(giveUpUnsentRefund, { id, now: this.#deps.clock.now() })) !== undefined;
    if (!isUnsent) return (await tx.get(refundById, { id }))!;
    return this.settleIn(tx, id, { status: 'failed', reason: 'The request did not reach the provider; nothing was paid back' });
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

  /** What no provider has been sent, none can be asked about. */
  async #hear(refund: Refund): Promise<Heard<Refund>> {
    return refund.submission === 'queued' ? unasked(refund, { answered: true }) : this.#asking.hear(refund);
  }

  /** Sees to it that it is asked about as long as something can still come. */
  async planNextIn(tx: Transaction, refund: Refund): Promise<void> {
    const { clock, jobs } = this.#deps;
    const now = clock.now();
    const runAt = nextRefundAskAfter(refund, { answered: true, now });
    if (runAt !== null) await jobs.enqueue(tx, followJob(refund, runAt), now);
  }

  /** What a refund makes of its provider's word. */
  #hearing(): AskedAbout<Refund> {
    const { clock, routing } = this.#deps;
    const acknowledged = (tx: Transaction, id: number, providerRef = '') => tx.get(recordRefundSubmission, { id, submission: 'sent', providerRef, now: clock.now() });
    return {
      sourceOf: refundSource,
      nextAskAfter: nextRefundAskAfter,
      isOverdue: isRefundOverdue,
      isKnown: ({ submission }) => submission === 'sent',
      holdIn: async (tx, { id }) => (await tx.get(holdRefund, { id }))!,
      respondentFor: (refund) => routing.adapterOf(refund),
      question: questionAbout,
      completedIn: async (tx, { id }, { providerRef, at, amountMinor, currency }) => {
        await acknowledged(tx, id, providerRef);
        return this.settleIn(tx, id, { status: 'completed', providerRef, at, paid: { amountMinor, currency } });
      },
      failedIn: async (tx, { id }, { providerRef = '', reason }) => {
        await acknowledged(tx, id, providerRef);
        return this.settleIn(tx, id, { status: 'failed', providerRef, reason });
      },
      // One that came back, and is called paid again, is money that left after it was released; what it is called otherwise than it was is for a person, too.
      standsIn: async (tx, refund, { providerRef, at, amountMinor, currency }) => {
        const { id } = refund;
        await tx.get(holdRefund, { id });
        return this.settleIn(tx, id, { status: 'completed', providerRef, at, paid: { amountMinor, currency }, knownAs: knownAs(refund) });
      },
      reversedIn: (tx, refund, word) => this.#comeBackIn(tx, refund, word),
      undoneIn: (tx, refund, word) => this.#comeBackIn(tx, refund, word),
      pendingIn: async (tx, { id }, { providerRef }) => (await acknowledged(tx, id, providerRef))!,
      planNextCheckIn: (tx, refund) => this.planNextIn(tx, refund),
      neverSentIn: (tx, { id }) => this.#neverSentIn(tx, id),
    };
  }
}

function questionAbout({ reference, providerRef, method, currency, sentAt, createdAt }: Refund): AskedPayment {
  const asked = { reference, providerRef, currency, createdAt: sentAt ?? createdAt };
  return method === 'itself' ? { ...asked, direction: 'refund', method: 'card' } : { ...asked, direction: 'disburse', method: 'mobile_money' };
}

/** Whether what was to go back is in the wallet again. */
function isReleased({ status, reversedAt }: Refund): boolean {
  return status === 'failed' || reversedAt !== null;
}

/** A refund's movement of money in the ledger. */
export function refundMovement(refund: Refund, eventAt: number) {
  const { appId, provider, currency, mode, amountMinor, feeMinor } = refund;
  return { source: refundSource(refund), appId, provider, currency, mode, amountMinor, feeMinor, eventAt };
}
