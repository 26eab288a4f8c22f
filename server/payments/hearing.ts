/** What a payment makes of its provider's word, in the commit of whoever asked. */
import type { Clock } from '../core/clock.ts';
import type { Sharing, Transaction } from '../db/store.ts';
import type { AskedPayment, Provider } from '../providers/provider.ts';
import type { ProviderRouting } from '../providers/routing.ts';
import { unbookedOf } from '../refunds/left.ts';
import { isBorne } from '../reviews/borne.ts';
import { isAllBackIn, type Review, settleAllBackIn } from '../reviews/reviews.ts';
import type { AskedAbout, Respondent, Word } from './asking.ts';
import { knownAs } from './paid-out.ts';
import { canBecome, isOverdue, nextAskAfter, type Payment } from './payment.ts';
import { moneyBackLock, type Reversals } from './reversal.ts';
import { checkSubject, isReleased, type Outcome, type Settlement } from './settlement.ts';
import { giveUpUnsent, holdPayment, paymentById, recordSubmission } from './statements.ts';

export class PaymentHearing implements AskedAbout<Payment> {
  readonly #clock: Clock;
  readonly #routing: ProviderRouting;
  readonly #settlement: Settlement;
  readonly #reversals: Reversals;
  readonly #ends: boolean;
  readonly sourceOf = checkSubject;
  readonly nextAskAfter = nextAskAfter;
  readonly isOverdue = isOverdue;

  /** `ends`: whoever asks wants it paid no more, also before its time is over. */
  constructor(deps: { clock: Clock; routing: ProviderRouting; settlement: Settlement; reversals: Reversals; ends?: boolean }) {
    this.#clock = deps.clock;
    this.#routing = deps.routing;
    this.#settlement = deps.settlement;
    this.#reversals = deps.reversals;
    this.#ends = deps.ends ?? false;
  }

  respondentFor(payment: Payment): Respondent | undefined {
    const provider = this.#routing.adapterOf(payment);
    return provider !== undefined && (this.#ends || this.#isTimeOver(payment)) ? closing(provider) : provider;
  }

  planNextCheckIn(tx: Transaction, payment: Payment): Promise<void> {
    return this.#settlement.planNextCheckIn(tx, payment);
  }

  async holdIn(tx: Transaction, { id }: Payment): Promise<Payment> {
    return (await tx.get(holdPayment, { id }))!;
  }

  question(payment: Payment): AskedPayment {
    return payment;
  }

  /** Money out and money back touch holds, wallets and other payments. */
  sharingOf(payment: Payment): Sharing | undefined {
    return payment.direction === 'collect' && payment.status === 'pending' ? { about: checkSubject(payment) } : undefined;
  }

  /** What was given back of it before we heard of it is entered once it has settled; all of it, and it is nothing that was paid. */
  async completedIn(tx: Transaction, payment: Payment, word: Word<'completed'>): Promise<Payment> {
    const { refunds = [], amountMinor } = word;
    const givenBackMinor = refunds.filter(({ status }) => status === 'completed').reduce((sum, refund) => sum + refund.amountMinor, 0);
    if (givenBackMinor > 0 && givenBackMinor >= amountMinor) return this.#cameAndWentIn(tx, payment, word);
    const settled = await this.#settleIn(tx, payment, { ...word, status: 'completed' });
    if (refunds.length > 0 && settled.status === 'completed') await this.#settlement.planCheckNowIn(tx, settled);
    return settled;
  }

  /** Another server may have completed it meanwhile. */
  async #cameAndWentIn(tx: Transaction, payment: Payment, { refunds: _, ...word }: Word<'completed'>): Promise<Payment> {
    await tx.lock(moneyBackLock(payment));
    const current = (await tx.get(paymentById, { id: payment.id }))!;
    if (current.status !== 'completed') return this.reversedIn(tx, payment, { ...word, kind: 'reversed', reason: 'Given back at its provider' });
    await this.#settlement.planCheckNowIn(tx, current);
    return current;
  }

  failedIn(tx: Transaction, payment: Payment, word: Word<'failed'>): Promise<Payment> {
    // What we closed because its time was over, its provider calls ended; here it expired.
    const isExpired = word.code === 'expired' && this.#isTimeOver(payment) && canBecome(payment, 'expired');
    return this.#settleIn(tx, payment, isExpired ? { status: 'expired' } : { ...word, status: 'failed' });
  }

  /**
   * It completed and was taken back, all since it was last heard of. Where it does not count as completed here, what came
   * and went is nothing that was paid: all of it, or all that a person was told of. Of anything else a person decides; but
   * not of a payout whose money is in the wallet again, where what the platform bore comes back to it. Another server may
   * have completed it meanwhile.
   */
  async reversedIn(tx: Transaction, { id, reference }: Payment, told: Word<'reversed'>): Promise<Payment> {
    const { providerRef, reason } = told;
    await tx.lock(moneyBackLock({ reference }));
    const payment = (await tx.get(recordSubmission, { ...this.#acknowledged(id), providerRef }))!;
    const isIn = isReleased(payment);
    const subject = checkSubject(payment);
    if (payment.status === 'completed' && !isIn) {
      const back = await this.#reversals.reverseIn(tx, payment, told);
      if (isReleased(back) && (await isAllBackIn(tx, subject, payment, told))) await settleAllBackIn(tx, subject, this.#clock.now());
      return back;
    }
    const word = { ...told, amountMinor: told.amountMinor + (await unbookedOf(tx, payment, told.refunds)) };
    const isAllBack = await isAllBackIn(tx, subject, payment, word);
    if (isIn ? await isBorne(tx, subject) : !isAllBack) {
      await this.#reversals.doubtIn(tx, payment, word);
      return payment;
    }
    if (isAllBack) await settleAllBackIn(tx, subject, this.#clock.now());
    return this.#settlement.settleIn(tx, id, { status: 'failed', providerRef, code: 'failed', reason });
  }

  async undoneIn(tx: Transaction, payment: Payment, word: Word<'failed' | 'reversed'>): Promise<Payment> {
    if (word.kind === 'reversed') return payment.direction === 'disburse' ? this.#cameBackIn(tx, payment, word) : this.#reversals.reverseIn(tx, payment, word);
    // What is taken back and what was never paid is the same money.
    if (payment.reversedAt !== null) return payment;
    const never = { providerRef: word.providerRef ?? '', amountMinor: 0, currency: payment.currency, at: this.#clock.now() };
    await this.#reversals.doubtIn(tx, payment, never);
    return payment;
  }

  /** Looked back at from then on: it may leave after all. */
  async #cameBackIn(tx: Transaction, payment: Payment, word: Word<'reversed'>): Promise<Payment> {
    const back = await this.reversedIn(tx, payment, word);
    if (payment.reversedAt === null && back.reversedAt !== null) await this.planNextCheckIn(tx, back);
    return back;
  }

  /** A payout that came back, and is called paid again, is money that left after it was released; what it is called otherwise than it was is for a person, too. */
  standsIn(tx: Transaction, payment: Payment, word: Word<'completed'>, doubts: readonly Review[]): Promise<Payment> {
    if (payment.direction === 'disburse') return this.#settlement.settleIn(tx, payment.id, { ...word, status: 'completed', knownAs: knownAs(payment) });
    return this.#reversals.standsIn(tx, payment, word, doubts);
  }

  isKnown({ submission, clientSecret }: Payment, word: Word<'pending'>): boolean {
    return submission === 'sent' && (clientSecret !== '' || !word.clientSecret);
  }

  /** The provider has it although its answer was lost: our crash or its time-out cost nothing. */
  async pendingIn(tx: Transaction, payment: Payment, { providerRef = '', clientSecret = '' }: Word<'pending'>): Promise<Payment> {
    return (await tx.get(recordSubmission, { ...this.#acknowledged(payment.id), providerRef, clientSecret }))!;
  }

  /**
   * We died, or were cut off, before the provider heard of it: nobody was asked for money, or paid. Not so when the
   * provider acknowledged it before: one that forgets what it took is in doubt, and its customer may still pay. Not
   * recorded as refused, which nobody looks back at: a request can still wait somewhere on the provider's side.
   */
  async neverSentIn(tx: Transaction, { id, direction }: Payment): Promise<Payment> {
    const unsent = await tx.get(giveUpUnsent, { id, now: this.#clock.now() });
    if (unsent === undefined) return (await tx.get(paymentById, { id }))!;
    return this.#settlement.settleIn(tx, id, {
      status: 'failed',
      code: 'failed',
      reason: `The request did not reach the provider; ${direction === 'collect' ? 'the customer was not asked' : 'nothing was paid out'}`,
    });
  }

  async #settleIn(tx: Transaction, { id, submission }: Payment, outcome: Outcome): Promise<Payment> {
    if (submission !== 'sent') await tx.run(recordSubmission, this.#acknowledged(id));
    return this.#settlement.settleIn(tx, id, outcome);
  }

  #isTimeOver({ direction, expiresAt }: Payment): boolean {
    return direction === 'collect' && expiresAt <= this.#clock.now();
  }

  #acknowledged(id: number) {
    return { id, submission: 'sent', providerRef: '', clientSecret: '', redirectUrl: '', now: this.#clock.now() };
  }
}

/** Is asked by ending the payment, where that does not happen by itself: what is called expired should not be paid any more. */
function closing(provider: Provider): Respondent {
  const { slug, notFoundIsFinalAfterMs } = provider;
  return { slug, notFoundIsFinalAfterMs, status: (payment) => (provider.close ?? provider.status).call(provider, payment) };
}
