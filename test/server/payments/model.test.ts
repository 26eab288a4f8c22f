/**
 * Whatever a provider says of a payment, in whatever order, by callback, by poll or when a client asks, the payment
 * stands where a model of ten lines says it does, and its money is in the wallet once or not at all.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PaymentStatus } from '../../../server/core/checkout-contract.ts';
import { EXPIRES_AFTER_MS } from '../../../server/payments/payment.ts';
import type { ProviderStatus, Submission } from '../../../server/providers/provider.ts';
import { rows } from '../support/database.ts';
import { ENGINE } from '../support/database-under-test.ts';
import { fc, runs } from '../support/properties.ts';
import { ScriptedProvider } from '../support/scripted-provider.ts';
import { AGREED_MINOR, NET, OCCASIONS, openStories, type Stories, WAITS } from './story.ts';

/** Each step costs more on PostgreSQL; what differs there is not in these stories. */
const RUNS = { sqlite: 100, postgres: 25 };

const STARTS = {
  accepted: { kind: 'accepted', providerRef: 'theirs' },
  lost: { kind: 'unknown', reason: 'reset' },
  refused: { kind: 'refused', code: 'provider_refused', reason: 'No' },
} as const satisfies Record<string, Submission>;

const completed = (amountMinor: number): ProviderStatus => ({ kind: 'completed', providerRef: 'theirs', amountMinor, currency: 'UGX', at: Date.UTC(2026, 2, 14) });

const WORDS = {
  pending: { kind: 'pending', providerRef: 'theirs' },
  paid: completed(AGREED_MINOR),
  'paid too little': completed(AGREED_MINOR - 100),
  failed: { kind: 'failed', code: 'declined', reason: 'Declined' },
  'taken back': { kind: 'reversed', providerRef: 'theirs', amountMinor: AGREED_MINOR, currency: 'UGX', at: Date.UTC(2026, 2, 14), reason: 'Charged back' },
  'not found': { kind: 'not_found' },
  silent: { kind: 'unknown', reason: 'nonsense' },
} as const satisfies Record<string, ProviderStatus>;
type Word = keyof typeof WORDS;

const plots = fc.record({
  start: fc.constantFrom(...(Object.keys(STARTS) as (keyof typeof STARTS)[])),
  steps: fc.array(fc.record({ says: fc.constantFrom(...(Object.keys(WORDS) as Word[])), occasion: fc.constantFrom(...OCCASIONS) }), { minLength: 1, maxLength: 9 }),
});

class Model {
  status: PaymentStatus;
  /** Whether the provider ever said that it has the payment. */
  acknowledged: boolean;
  readonly reviews = new Set<string>();
  isReversed = false;
  #wasReversed = false;

  constructor(start: keyof typeof STARTS) {
    this.status = start === 'refused' ? 'failed' : 'pending';
    this.acknowledged = start === 'accepted';
  }

  hears(word: Word, ageMs: number, notFoundIsFinalAfterMs: number): void {
    if (word === 'silent') return;
    if (this.status === 'completed') return this.#hearsOnceCompleted(word);
    if (word === 'not found') {
      if (!this.acknowledged && this.status === 'pending' && ageMs >= notFoundIsFinalAfterMs) this.status = 'failed';
      return;
    }
    this.acknowledged = true;
    if (word === 'paid') {
      if (this.status !== 'pending') this.reviews.clear();
      this.status = 'completed';
    }
    if (word === 'paid too little') this.reviews.add('amount_mismatch');
    if (word === 'taken back') this.reviews.delete('amount_mismatch');
    if ((word === 'failed' || word === 'taken back') && this.status === 'pending') this.status = 'failed';
  }

  /** It can be taken back once, and given back again; what more is taken of it is for a person, until it is there again. */
  #hearsOnceCompleted(word: Word): void {
    if (word === 'paid') {
      this.isReversed = false;
      this.reviews.delete('reversal_mismatch');
    } else if (word === 'paid too little') {
      this.reviews.add('reversal_mismatch');
    } else if (this.isReversed) {
      return;
    } else if (word === 'taken back' && !this.#wasReversed) {
      this.isReversed = true;
      this.#wasReversed = true;
      this.reviews.delete('reversal_mismatch');
    } else if (word === 'taken back' || word === 'failed') this.reviews.add('reversal_mismatch');
  }

  ages(ageMs: number): void {
    if (this.status === 'pending' && ageMs >= EXPIRES_AFTER_MS) this.status = 'expired';
  }
}

let stories: Stories;
beforeAll(async () => {
  stories = await openStories();
});
afterAll(() => stories.close());

test('a payment stands where the model says, whatever its provider says and whoever asks', { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(plots, ({ start, steps }) => {
      const provider = new ScriptedProvider().answersCollect(() => STARTS[start]);
      return stories.tell(provider, async ({ malipo, paymentId, startedAt, occur, wallet, reviewsOf }) => {
        const model = new Model(start);
        for (const { says, occasion } of steps) {
          provider.answersStatus(() => WORDS[says]);
          const asked = await occur(occasion);
          const ageMs = malipo.clock.now() - startedAt;
          if (asked.length > 0) model.hears(says, ageMs, provider.notFoundIsFinalAfterMs);
          if (WAITS[occasion] !== undefined) model.ages(ageMs);
          expect(await rows(malipo.store, 'SELECT status FROM payments WHERE id = :paymentId', { paymentId })).toEqual([{ status: model.status }]);
          expect(await wallet()).toBe(model.status === 'completed' && !model.isReversed ? NET : 0);
          expect(await reviewsOf(`payment:${paymentId}`)).toEqual([...model.reviews].sort());
        }
        expect(provider.collected).toHaveLength(1);
      });
    }),
    { numRuns: runs(RUNS[ENGINE]) },
  );
});
