/** When a payment's provider is asked what became of it: by the poller, after a callback, and when a client verifies. */
import { type Clock, SECOND_MS } from '../core/clock.ts';
import type { Store } from '../db/store.ts';
import type { Job } from '../jobs/queue.ts';
import type { JobResult } from '../jobs/runner.ts';
import type { ProviderRouting } from '../providers/routing.ts';
import { openUnknownIn } from '../reviews/reviews.ts';
import { Asking, type CalledBack, type Heard, unasked } from './asking.ts';
import { PaymentHearing } from './hearing.ts';
import { canBecome, type Payment } from './payment.ts';
import { canChangeStill, type Reversals } from './reversal.ts';
import { checkSubject, type Settlement } from './settlement.ts';
import { paymentById, paymentByReference, paymentByUpstreamRef } from './statements.ts';

/** A client that polls gets our own state when its provider was asked less than this ago. */
const ASKED_RECENTLY_MS = 3 * SECOND_MS;

/** How many recent askings are remembered; forgetting one costs a provider call, nothing else. */
const ASKED_RECENTLY_MAX = 10_000;

/** How often a provider that says nothing is asked what went back of a payment which has completed: for about a day. Reconciling shows what was not heard then. */
const ASKED_ABOUT_COMPLETED_MAX = 100;

export class Inquiry implements CalledBack {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #settlement: Settlement;
  readonly #asking: Asking<Payment>;
  readonly #ending: Asking<Payment>;
  readonly #askedAt = new Map<number, number>();

  constructor(deps: { store: Store; clock: Clock; routing: ProviderRouting; settlement: Settlement; reversals: Reversals }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
    this.#settlement = deps.settlement;
    this.#asking = new Asking<Payment>({ ...deps, about: new PaymentHearing(deps) });
    this.#ending = new Asking<Payment>({ ...deps, about: new PaymentHearing({ ...deps, ends: true }) });
  }

  /** Asks the provider, unless there is nothing more to hear, and applies what it says; answers the payment as it then stands. */
  async ask(payment: Payment): Promise<Payment> {
    return this.#asking.apply(await this.#hear(payment));
  }

  /** Has the provider end it, where that can be, so that it is paid no more; answers it as it then stands. */
  async end(payment: Payment): Promise<Payment> {
    return this.#ending.apply(await this.#ending.hear(payment));
  }

  /** As `ask`, but answers from our own state when the provider was asked a moment ago. */
  async askUnlessRecent(payment: Payment): Promise<Payment> {
    return this.askedAgoMs(payment) < ASKED_RECENTLY_MS ? payment : this.ask(payment);
  }

  /** How long ago this process last asked about it; Infinity when that is forgotten or never was. */
  askedAgoMs({ id }: Payment): number {
    return this.#clock.monotonic() - (this.#askedAt.get(id) ?? -Infinity);
  }

  async referenceOf(provider: string, providerRef: string): Promise<string | undefined> {
    return (await this.#store.read.get(paymentByUpstreamRef, { provider, providerRef }))?.reference;
  }

  async hearOf(reference: string): Promise<Heard<Payment> | undefined> {
    const payment = await this.#store.read.get(paymentByReference, { reference });
    return payment && this.#hear(payment, { evenCompleted: true });
  }

  /** The job that follows one payment: asks, expires it when its time is over, looks back later for a late success. */
  async check(job: Job): Promise<JobResult> {
    const payment = await this.#store.read.get(paymentById, { id: Number(job.subject.slice('payment:'.length)) });
    if (payment === undefined) return 'done';
    const heard = await this.#hear(payment, { evenCompleted: true });
    const asked = await this.#asking.apply(heard);
    // Somebody had a reason to ask, and no look-back ever will again.
    const isUnheard = !heard.answered && payment.status === 'completed' && payment.direction === 'collect';
    if (isUnheard && job.attempts < ASKED_ABOUT_COMPLETED_MAX) throw new Error('The provider did not say what became of it');
    const isOver = canBecome(asked, 'expired') && asked.expiresAt <= this.#clock.now();
    return this.#asking.endOf(isOver ? await this.#expire(asked, heard) : asked, heard);
  }

  /**
   * Asks also about what its provider refused: it may have erred. `evenCompleted` where it may say something else of a
   * completed payment by now: a callback came after it, or a payout is looked back at.
   */
  async #hear(payment: Payment, { evenCompleted = false } = {}): Promise<Heard<Payment>> {
    const isOver = payment.status === 'completed' && !(evenCompleted && canChangeStill(payment));
    if (isOver) return unasked(payment, { answered: true });
    this.#remember(payment.id);
    return this.#asking.hear(payment);
  }

  /** Time is over. Where no provider ever said that it has the payment, somebody should look whether it was paid. */
  async #expire(payment: Payment, { answered }: { answered: boolean }): Promise<Payment> {
    return this.#store.write(async (tx) => {
      const expired = await this.#settlement.settleIn(tx, payment.id, { status: 'expired' });
      if (expired.status === 'expired' && expired.submission !== 'sent' && !answered) {
        await openUnknownIn(tx, checkSubject(expired), expired, this.#clock.now());
      }
      return expired;
    });
  }

  #remember(paymentId: number): void {
    this.#askedAt.delete(paymentId);
    this.#askedAt.set(paymentId, this.#clock.monotonic());
    if (this.#askedAt.size > ASKED_RECENTLY_MAX) this.#askedAt.delete(this.#askedAt.keys().next().value!);
  }
}
