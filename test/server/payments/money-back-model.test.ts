/**
 * Whatever goes back of a payment, by refunds that end one way or another, come back or are denied, and by a provider that
 * takes the payment itself back: a model says what stands, what the wallet holds and what waits for a person.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ProviderStatus, Submission } from '../../../server/providers/provider.ts';
import { RefundDesk } from '../../../server/refunds/requesting.ts';
import { rows } from '../support/database.ts';
import { reviewDesk } from '../support/review-desk.ts';
import { ENGINE } from '../support/database-under-test.ts';
import { fc, runs } from '../support/properties.ts';
import { ScriptedProvider } from '../support/scripted-provider.ts';
import { AGREED_MINOR, NET, type Occasion, openStories, type Stories, type Story } from './story.ts';

/** Each step costs more on PostgreSQL; what differs there is not in these stories. */
const RUNS = { sqlite: 50, postgres: 15 };

/** Of each amount that goes back the platform had so much. */
const FEE_SHARE = 0.08;

const SENT = {
  accepted: { kind: 'accepted', providerRef: 'out' },
  lost: { kind: 'unknown', reason: 'reset' },
  refused: { kind: 'refused', code: 'provider_refused', reason: 'No' },
} as const satisfies Record<string, Submission>;

const PAYMENT_WORDS = ['paid', 'taken back whole', 'what is left taken back', 'never paid'] as const;
type PaymentWord = (typeof PAYMENT_WORDS)[number];

const REFUND_WORDS = ['pending', 'paid', 'paid too little', 'failed', 'came back', 'came back in part', 'not found', 'silent'] as const;
type RefundWord = (typeof REFUND_WORDS)[number];

const moved = (amountMinor: number) => ({ providerRef: 'theirs', amountMinor, currency: 'UGX', at: Date.UTC(2026, 2, 14) });

/** A refund is asked for, of so much or of all that is left; it is heard of; what left late is charged to the app; the payment is called back about. */
type Step =
  | { refund: number | undefined; sent: keyof typeof SENT }
  | { index: number; says: RefundWord; occasion: Occasion }
  | { charged: number }
  | { payment: PaymentWord };

const plots = fc.array(
  fc.oneof<fc.WeightedArbitrary<Step>[]>(
    { weight: 2, arbitrary: fc.record({ refund: fc.constantFrom(10_000, 20_000, undefined), sent: fc.constantFrom(...(Object.keys(SENT) as (keyof typeof SENT)[])) }) },
    { weight: 4, arbitrary: fc.record({ index: fc.nat(3), says: fc.constantFrom(...REFUND_WORDS), occasion: fc.constantFrom('callback', 'seconds', 'hours', 'a day') }) },
    { weight: 1, arbitrary: fc.record({ charged: fc.nat(3) }) },
    { weight: 1, arbitrary: fc.record({ payment: fc.constantFrom(...PAYMENT_WORDS) }) },
  ),
  { minLength: 2, maxLength: 9 },
);

const REFUNDED_WHOLE: Step[] = [{ refund: undefined, sent: 'accepted' }, { index: 0, says: 'paid', occasion: 'callback' }];

/** UGX 10,000 that failed, left all the same, and were charged to the app. */
const PAID_LATE: Step[] = [{ refund: 10_000, sent: 'accepted' }, { index: 0, says: 'failed', occasion: 'callback' }, { index: 0, says: 'paid', occasion: 'callback' }, { charged: 0 }];

/** The same UGX 10,000 that had been paid and come back. */
const PAID_AGAIN: Step[] = [{ refund: 10_000, sent: 'accepted' }, ...(['paid', 'came back', 'paid'] as const).map((says) => ({ index: 0, says, occasion: 'callback' as const })), { charged: 0 }];

/** Told each time. */
const KNOWN: [Step[]][] = [
  [[...PAID_LATE, { payment: 'what is left taken back' }]],
  [[...PAID_AGAIN, { payment: 'what is left taken back' }]],
  [[...PAID_AGAIN, { index: 0, says: 'came back', occasion: 'a day' }, { refund: undefined, sent: 'accepted' }]],
  [[...PAID_LATE, { refund: undefined, sent: 'accepted' }, { index: 1, says: 'paid', occasion: 'callback' }]],
  [[...PAID_LATE, { index: 0, says: 'came back', occasion: 'a day' }, { refund: 20_000, sent: 'accepted' }]],
  [[...REFUNDED_WHOLE, { payment: 'what is left taken back' }]],
  [[...REFUNDED_WHOLE, { payment: 'taken back whole' }]],
  [[{ refund: 10_000, sent: 'accepted' }, { payment: 'what is left taken back' }, { index: 0, says: 'paid', occasion: 'callback' }, { payment: 'what is left taken back' }, { index: 0, says: 'came back', occasion: 'a day' }]],
];

class ModelRefund {
  readonly amountMinor: number;
  /** What of it the platform gives. */
  feeMinor: number;
  status: 'pending' | 'completed' | 'failed';
  acknowledged: boolean;
  isBack = false;
  #wasBack = false;
  word: RefundWord = 'pending';
  /** What was last said to have moved where that did not fit. */
  #moved: RefundWord | undefined;
  readonly reviews = new Set<string>();

  constructor(amountMinor: number, feeMinor: number, sent: keyof typeof SENT) {
    this.amountMinor = amountMinor;
    this.feeMinor = feeMinor;
    this.status = sent === 'refused' ? 'failed' : 'pending';
    this.acknowledged = sent === 'accepted';
  }

  /** Whether its money is with the customer, or held on its way. */
  get isOut(): boolean {
    return this.status === 'pending' || this.#isWithCustomer;
  }

  hears(ageMs: number, notFoundIsFinalAfterMs: number, paymentIsReversed: boolean): void {
    if (this.word === 'silent') return;
    if (this.word === 'not found') {
      if (!this.acknowledged && this.status === 'pending' && ageMs >= notFoundIsFinalAfterMs) this.status = 'failed';
      return;
    }
    this.acknowledged = true;
    if (!this.#isWithCustomer && this.#isAllBack) {
      if (this.status === 'pending') this.status = 'failed';
      this.reviews.clear();
      return;
    }
    if (this.#isWithCustomer) this.#hearsOncePaid(paymentIsReversed);
    else if (this.status !== 'pending') {
      if (this.word === 'paid' || this.word === 'paid too little') this.#doubt('paid_after_release');
    } else {
      if (this.word === 'paid') this.status = 'completed';
      // What was called paid, or back in part, before that may be gone: a person's.
      if (this.word === 'failed') this.status = 'failed';
      if (this.word === 'paid too little') this.#doubt('amount_mismatch');
      if (this.word === 'came back in part') this.reviews.add('reversal_mismatch');
      if (this.status === 'completed') this.reviews.clear();
    }
  }

  /** It can come back by itself once; what more comes back of it is for a person. */
  #hearsOncePaid(paymentIsReversed: boolean): void {
    if (this.word === 'paid') this.reviews.delete('reversal_mismatch');
    else if (this.word === 'came back' && !paymentIsReversed && !this.#wasBack) {
      this.isBack = true;
      this.#wasBack = true;
    } else if (this.word === 'came back' || this.word === 'came back in part' || this.word === 'failed') this.reviews.add('reversal_mismatch');
  }

  get #isWithCustomer(): boolean {
    return this.status === 'completed' && !this.isBack;
  }

  /** Whether a person can have the app pay for it: the money left, and as much as was agreed. */
  get isChargeable(): boolean {
    return this.reviews.has('paid_after_release') && this.#moved === 'paid';
  }

  /** The app pays all of it. */
  isCharged(): void {
    this.status = 'completed';
    this.isBack = false;
    this.feeMinor = 0;
    this.reviews.delete('paid_after_release');
  }

  /** Whether as much came back as had moved, where anything was said of that. */
  get #isAllBack(): boolean {
    return this.word === 'came back' || (this.word === 'came back in part' && this.#moved === 'paid too little');
  }

  #doubt(review: string): void {
    this.reviews.add(review);
    this.#moved = this.word;
  }
}

class Model {
  readonly refunds: ModelRefund[] = [];
  readonly reviews = new Set<string>();
  /** What the provider has taken back, and not given back again. */
  takenMinor = 0;
  /** Once a payment was taken back, what more is taken of it is for a person. */
  #wasReversed = false;

  get isReversed(): boolean {
    return this.takenMinor > 0;
  }

  #sum(of: (refund: ModelRefund) => boolean): number {
    return this.refunds.filter(of).reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  }

  get refundedMinor(): number {
    return this.#sum(({ status, isOut }) => status === 'completed' && isOut);
  }

  /** What can still be asked back for the customer. */
  get refundableMinor(): number {
    return this.isReversed ? 0 : AGREED_MINOR - this.#sum(({ isOut }) => isOut);
  }

  get wallet(): number {
    return this.isReversed ? 0 : NET - this.refunds.filter(({ isOut }) => isOut).reduce((sum, { amountMinor, feeMinor }) => sum + amountMinor - feeMinor, 0) / 100;
  }

  /** The platform keeps its share of what stays, and no more. */
  feeOf(amountMinor: number): number {
    const out = this.refunds.filter(({ isOut }) => isOut);
    const returnedMinor = out.reduce((sum, each) => sum + each.amountMinor, amountMinor);
    return Math.min(amountMinor, returnedMinor * FEE_SHARE - out.reduce((sum, { feeMinor }) => sum + feeMinor, 0));
  }

  /** Nobody pays more than was collected, nor what the wallet has not. */
  canBeCharged({ amountMinor, isChargeable }: ModelRefund): boolean {
    return isChargeable && amountMinor <= this.refundableMinor && amountMinor / 100 <= this.wallet;
  }

  hears(word: PaymentWord): void {
    if (word === 'paid') {
      this.reviews.delete('reversal_mismatch');
      this.takenMinor = 0;
      return;
    }
    const leftMinor = AGREED_MINOR - this.refundedMinor;
    const saidMinor = word === 'never paid' ? 0 : this.#saidMinor(word);
    if (this.isReversed ? saidMinor === this.takenMinor || word === 'never paid' : word === 'what is left taken back' && leftMinor === 0) return;
    const isAllOfIt = word !== 'never paid' && saidMinor === leftMinor && !this.#wasReversed;
    if (isAllOfIt && this.refunds.every(({ status }) => status !== 'pending')) {
      this.takenMinor = saidMinor;
      this.#wasReversed = true;
      this.reviews.delete('reversal_mismatch');
    } else this.reviews.add('reversal_mismatch');
  }

  saying(word: PaymentWord): ProviderStatus {
    if (word === 'paid') return { kind: 'completed', ...moved(AGREED_MINOR) };
    if (word === 'never paid') return { kind: 'failed', code: 'failed', reason: 'Never heard of it' };
    return { kind: 'reversed', ...moved(this.#saidMinor(word)), reason: 'Charged back' };
  }

  #saidMinor(word: PaymentWord): number {
    return word === 'taken back whole' ? AGREED_MINOR : AGREED_MINOR - this.refundedMinor;
  }
}

function saying({ word, amountMinor }: ModelRefund): ProviderStatus {
  switch (word) {
    case 'pending':
      return { kind: 'pending', providerRef: 'out' };
    case 'paid':
      return { kind: 'completed', ...moved(amountMinor) };
    case 'paid too little':
      return { kind: 'completed', ...moved(amountMinor - 100) };
    case 'failed':
      return { kind: 'failed', code: 'failed', reason: 'Wallet is closed' };
    case 'came back':
      return { kind: 'reversed', ...moved(amountMinor), reason: 'Wallet is closed' };
    case 'came back in part':
      return { kind: 'reversed', ...moved(amountMinor - 100), reason: 'Wallet is closed' };
    case 'not found':
      return { kind: 'not_found' };
    case 'silent':
      return { kind: 'unknown', reason: 'nonsense' };
    default:
      return word satisfies never;
  }
}

let stories: Stories;
beforeAll(async () => {
  stories = await openStories();
});
afterAll(() => stories.close());

/** What the database says of the payment and its refunds. */
async function standing({ malipo, paymentId }: Story) {
  const payments = await rows<{ refunded: number; reversed: boolean }>(malipo.store, 'SELECT refunded_minor AS refunded, CAST(reversed_at IS NOT NULL AS INTEGER) AS reversed FROM payments WHERE id = :paymentId', { paymentId });
  const refunds = await rows<{ id: number; status: string; back: number }>(malipo.store, 'SELECT id, status, CAST(reversed_at IS NOT NULL AS INTEGER) AS back FROM refunds WHERE payment_id = :paymentId ORDER BY id', { paymentId });
  return { payment: payments[0]!, refunds };
}

/** What waits for a person of the payment's refund of this number, where that left late. */
async function paidLateReview(story: Story, index: number): Promise<{ id: number }[]> {
  const { refunds } = await standing(story);
  return rows(story.malipo.store, `SELECT id FROM reviews WHERE subject = :subject AND kind = 'paid_after_release' AND resolved_at IS NULL`, { subject: `refund:${refunds[index]!.id}` });
}

test('what goes back of a payment stands where the model says, however refunds end and whoever takes it back', { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(plots, (steps) => {
      const provider = new ScriptedProvider();
      return stories.tell(provider, async (story) => {
        const { malipo, paymentId, reference, occur } = story;
        const desk = new RefundDesk({ store: malipo.store, clock: malipo.clock, jobs: malipo.queue });
        const model = new Model();
        let paymentSays: PaymentWord = 'paid';
        const refundOf = (asked: string) => model.refunds[provider.disbursed.findIndex((request) => request.reference === asked)]!;
        provider.answersStatus(({ reference: asked }) => (asked === reference ? model.saying(paymentSays) : saying(refundOf(asked))));
        const happens = async (...[occasion, about]: Parameters<Story['occur']>) => {
          for (const asked of await occur(occasion, about)) {
            const sent = provider.disbursed.find((request) => request.reference === asked);
            if (sent === undefined) model.hears(paymentSays);
            else refundOf(asked).hears(malipo.clock.now() - sent.createdAt, provider.notFoundIsFinalAfterMs, model.isReversed);
          }
        };
        await happens('callback', reference);

        for (const step of steps) {
          if ('refund' in step) {
            const amountMinor = step.refund === undefined ? model.refundableMinor : step.refund * 100;
            provider.answersDisburse(() => SENT[step.sent]);
            const asking = desk.request({ reference, amount: step.refund, reason: '' });
            if (amountMinor === 0 || amountMinor > model.refundableMinor) await expect(asking).rejects.toThrow();
            else {
              await asking;
              model.refunds.push(new ModelRefund(amountMinor, model.feeOf(amountMinor), step.sent));
              await malipo.jobs.runDue();
            }
          } else if ('charged' in step) {
            const refund = model.refunds[step.charged];
            const [review] = refund === undefined ? [] : await paidLateReview(story, step.charged);
            expect(review !== undefined).toBe(refund?.reviews.has('paid_after_release') ?? false);
            if (review === undefined) continue;
            const charging = reviewDesk(malipo).resolve(review.id, 'charge', 'The customer has it');
            if (model.canBeCharged(refund!)) {
              await charging;
              refund!.isCharged();
            } else await expect(charging).rejects.toThrow();
          } else if ('payment' in step) {
            paymentSays = step.payment;
            await happens('callback', reference);
          } else if (model.refunds.length > 0) {
            const index = step.index % model.refunds.length;
            model.refunds[index]!.word = step.says;
            await happens(step.occasion, provider.disbursed[index]!.reference);
          }
          const { payment, refunds } = await standing(story);
          expect(payment).toEqual({ refunded: model.refundedMinor, reversed: Number(model.isReversed) });
          expect(refunds.map(({ status, back }) => ({ status, back }))).toEqual(model.refunds.map(({ status, isBack }) => ({ status, back: Number(isBack) })));
          expect(await story.wallet()).toBe(model.wallet);
          expect(await story.reviewsOf(`payment:${paymentId}`)).toEqual([...model.reviews]);
          for (const [index, { id }] of refunds.entries()) expect(await story.reviewsOf(`refund:${id}`)).toEqual([...model.refunds[index]!.reviews].sort());
        }
        expect(provider.disbursed).toHaveLength(model.refunds.length);
      });
    }),
    { numRuns: runs(RUNS[ENGINE]), examples: KNOWN },
  );
});
