/** Asking the provider what became of a payment: by the poller, after a callback, and when a client verifies. */
import { type Clock, SECOND_MS } from '../core/clock.ts';
import type { Store, Transaction } from '../db/store.ts';
import type { Job } from '../jobs/queue.ts';
import type { JobResult } from '../jobs/runner.ts';
import type { Provider, ProviderStatus } from '../providers/provider.ts';
import type { ProviderRouting } from '../providers/routing.ts';
import { openUnknownIn } from '../reviews/reviews.ts';
import { canBecome, isOverdue, nextAskAfter, type Payment } from './payment.ts';
import { askProvider } from './provider-calls.ts';
import { canBeReversed, moneyBackLock, type Reversals } from './reversal.ts';
import { checkSubject, type Outcome, type Settlement } from './settlement.ts';
import { giveUpUnsent, paymentById, recordSubmission } from './statements.ts';
import { surelySentForMs } from './surely-sent.ts';

/** A client that polls gets our own state when its provider was asked less than this ago. */
const ASKED_RECENTLY_MS = 3 * SECOND_MS;

/** How many recent askings are remembered; forgetting one costs a provider call, nothing else. */
const ASKED_RECENTLY_MAX = 10_000;

/** When to look again at a payment whose provider lost its credentials here. */
const UNCONFIGURED_RETRY_MS = 60 * SECOND_MS;

export class Inquiry {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #routing: ProviderRouting;
  readonly #settlement: Settlement;
  readonly #reversals: Reversals;
  readonly #askedAt = new Map<number, number>();

  constructor(deps: { store: Store; clock: Clock; routing: ProviderRouting; settlement: Settlement; reversals: Reversals }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
    this.#routing = deps.routing;
    this.#settlement = deps.settlement;
    this.#reversals = deps.reversals;
  }

  /** Asks the provider and applies what it says; answers the payment as it then stands. */
  async ask(payment: Payment): Promise<Payment> {
    return (await this.inquire(payment)).payment;
  }

  /**
   * As `ask`, and whether the provider said anything. Also asks about what it refused: it may have erred. `evenCompleted`
   * where it may have taken a completed payment back: a callback came after it, or a payout is looked back at.
   */
  async inquire(payment: Payment, { evenCompleted = false } = {}): Promise<{ payment: Payment; answered: boolean }> {
    const isOver = payment.status === 'completed' && !(evenCompleted && canBeReversed(payment));
    if (isOver) return { payment, answered: true };
    const provider = this.#routing.adapterOf(payment);
    if (provider === undefined) return { payment, answered: false };
    this.#remember(payment.id);
    const status = await askProvider(this.#isTimeOver(payment) ? closing(provider) : provider, payment, this.#clock);
    return { payment: await this.#apply(payment, status, provider.notFoundIsFinalAfterMs), answered: status.kind !== 'unknown' };
  }

  /** As `ask`, but answers from our own state when the provider was asked a moment ago. */
  async askUnlessRecent(payment: Payment): Promise<Payment> {
    const askedAt = this.#askedAt.get(payment.id);
    if (askedAt !== undefined && this.#clock.monotonic() - askedAt < ASKED_RECENTLY_MS) return payment;
    return this.ask(payment);
  }

  /** The job that follows one payment: asks, expires it when its time is over, looks back later for a late success. */
  async check(job: Job): Promise<JobResult> {
    const payment = await this.#store.read.get(paymentById, { id: Number(job.subject.slice('payment:'.length)) });
    if (payment === undefined) return 'done';
    const asked = await this.inquire(payment, { evenCompleted: true });
    let current = asked.payment;
    if (canBecome(current, 'expired') && current.expiresAt <= this.#clock.now()) {
      current = await this.#expire(current, asked.answered);
    }
    const now = this.#clock.now();
    if (isOverdue(current, now)) await this.#store.write((tx) => openUnknownIn(tx, checkSubject(current), current, now));
    const next = nextAskAfter(current, { answered: asked.answered, now });
    if (next === null) return 'done';
    const configured = this.#routing.adapterOf(current) !== undefined;
    return { runAgainAt: configured ? next : Math.max(next, now + UNCONFIGURED_RETRY_MS) };
  }

  /** Time is over. Where no provider ever said that it has the payment, somebody should look whether it was paid. */
  async #expire(payment: Payment, answered: boolean): Promise<Payment> {
    return this.#store.write(async (tx) => {
      const expired = await this.#settlement.settleIn(tx, payment.id, { status: 'expired' });
      if (expired.status === 'expired' && expired.submission !== 'sent' && !answered) {
        await openUnknownIn(tx, checkSubject(expired), expired, this.#clock.now());
      }
      return expired;
    });
  }

  /** Of a completed payment only one thing is news: that it is so no more. */
  async #applyToCompleted(payment: Payment, status: ProviderStatus): Promise<Payment> {
    switch (status.kind) {
      case 'reversed':
        return this.#store.write((tx) => this.#reversals.reverseIn(tx, payment, status));
      case 'failed': {
        const never = { providerRef: status.providerRef ?? '', amountMinor: 0, currency: payment.currency, at: this.#clock.now() };
        await this.#store.write((tx) => this.#reversals.doubtIn(tx, payment, never));
        return payment;
      }
      default:
        return payment;
    }
  }

  async #apply(payment: Payment, status: ProviderStatus, notFoundIsFinalAfterMs: number): Promise<Payment> {
    if (payment.status === 'completed') return this.#applyToCompleted(payment, status);
    switch (status.kind) {
      case 'completed':
        return this.#settle(payment, { ...status, status: 'completed' });
      case 'failed':
        // What we closed because its time was over, its provider calls ended; here it expired.
        if (status.code === 'expired' && this.#isTimeOver(payment) && canBecome(payment, 'expired')) return this.#settle(payment, { status: 'expired' });
        return this.#settle(payment, { ...status, status: 'failed' });
      case 'reversed':
        return this.#store.write((tx) => this.#comeAndGoneIn(tx, payment, status));
      case 'pending':
        if (payment.submission === 'sent' && (payment.clientSecret !== '' || !status.clientSecret)) return payment;
        return this.#recordSent(payment, status);
      case 'not_found':
        return surelySentForMs(this.#clock, payment.reference) < notFoundIsFinalAfterMs ? payment : this.#neverSent(payment.id);
      case 'unknown':
        return payment;
      default:
        return status satisfies never;
    }
  }

  async #settle(payment: Payment, outcome: Outcome): Promise<Payment> {
    return this.#store.write(async (tx) => {
      if (payment.submission !== 'sent') {
        await tx.run(recordSubmission, this.#acknowledged(payment.id));
      }
      return this.#settlement.settleIn(tx, payment.id, outcome);
    });
  }

  /**
   * It completed and was taken back, all since it was last heard of. Where it never counted as completed here, what came
   * and went is nothing that was paid. Another server may have completed it meanwhile; and of a payout whose money is
   * held another amount that came back is no reason to let go of it.
   */
  async #comeAndGoneIn(tx: Transaction, { id, reference }: Payment, status: ProviderStatus & { kind: 'reversed' }): Promise<Payment> {
    const { providerRef, reason, amountMinor, currency } = status;
    await tx.lock(moneyBackLock({ reference }));
    const payment = (await tx.get(recordSubmission, { ...this.#acknowledged(id), providerRef }))!;
    if (payment.status === 'completed') return this.#reversals.reverseIn(tx, payment, status);
    const isHeld = payment.direction === 'disburse' && payment.status === 'pending';
    if (!isHeld || (amountMinor === payment.amountMinor && currency === payment.currency)) {
      return this.#settlement.settleIn(tx, id, { status: 'failed', providerRef, code: 'failed', reason });
    }
    await this.#reversals.doubtIn(tx, payment, status);
    return payment;
  }

  /** The provider has it although its answer was lost: our crash or its time-out cost nothing. */
  async #recordSent(payment: Payment, { providerRef = '', clientSecret = '' }: { providerRef?: string; clientSecret?: string }): Promise<Payment> {
    return this.#store.write(async (tx) => {
      const recorded = (await tx.get(recordSubmission, { ...this.#acknowledged(payment.id), providerRef, clientSecret }))!;
      // A refused payment has no job that follows it.
      if (payment.submission === 'refused') await this.#settlement.planNextCheckIn(tx, recorded);
      return recorded;
    });
  }

  /**
   * We died, or were cut off, before the provider heard of it: nobody was asked for money, or paid. Not so when the
   * provider acknowledged it before: one that forgets what it took is in doubt, and its customer may still pay. Not
   * recorded as refused, which nobody looks back at: a request can still wait somewhere on the provider's side.
   */
  async #neverSent(paymentId: number): Promise<Payment> {
    return this.#store.write(async (tx) => {
      const payment = await tx.get(giveUpUnsent, { id: paymentId, now: this.#clock.now() });
      if (payment === undefined) return (await tx.get(paymentById, { id: paymentId }))!;
      return this.#settlement.settleIn(tx, payment.id, {
        status: 'failed',
        code: 'failed',
        reason: `The request did not reach the provider; ${payment.direction === 'collect' ? 'the customer was not asked' : 'nothing was paid out'}`,
      });
    });
  }

  #isTimeOver({ direction, expiresAt }: Payment): boolean {
    return direction === 'collect' && expiresAt <= this.#clock.now();
  }

  #acknowledged(id: number) {
    return { id, submission: 'sent', providerRef: '', clientSecret: '', redirectUrl: '', now: this.#clock.now() };
  }

  #remember(paymentId: number): void {
    this.#askedAt.delete(paymentId);
    this.#askedAt.set(paymentId, this.#clock.monotonic());
    if (this.#askedAt.size > ASKED_RECENTLY_MAX) this.#askedAt.delete(this.#askedAt.keys().next().value!);
  }
}

/** Asks by ending it, where that does not happen by itself: what is called expired should not be paid any more. */
function closing(provider: Provider): Pick<Provider, 'slug' | 'status'> {
  return { slug: provider.slug, status: (payment) => (provider.close ?? provider.status).call(provider, payment) };
}
