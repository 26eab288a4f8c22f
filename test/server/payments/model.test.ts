/**
 * Whatever a provider says of a payment, in whatever order, by callback, by poll or when a client asks, the payment
 * stands where a model of ten lines says it does, and its money is in the wallet once or not at all.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import type { PaymentStatus } from '../../../server/core/checkout-contract.ts';
import { EXPIRES_AFTER_MS } from '../../../server/payments/payment.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import type { ProviderStatus, Submission } from '../../../server/providers/provider.ts';
import { malipoForFile, type TestMalipo } from '../support/build-malipo.ts';
import { rows, walletBalance } from '../support/database.ts';
import { ENGINE } from '../support/database-under-test.ts';
import { callBack, COLLECT } from '../support/payments.ts';
import { ScriptedProvider } from '../support/scripted-provider.ts';

/** Each begins a new database, which costs more on PostgreSQL; what differs there is not in these stories. */
const RUNS = { sqlite: 150, postgres: 30 };

const AGREED_MINOR = 5_000_000;
const NET = 46_000;

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

/** What can make Malipo ask; waiting may or may not, by its schedule, and the provider counts whether it did. */
const OCCASIONS = ['callback', 'verify', 'seconds', 'minutes', 'hours', 'a day', 'a week'] as const;
type Occasion = (typeof OCCASIONS)[number];

const WAITS: Partial<Record<Occasion, number>> = { seconds: 20 * SECOND_MS, minutes: 16 * MINUTE_MS, hours: 5 * HOUR_MS, 'a day': DAY_MS, 'a week': 7 * DAY_MS };

const stories = fc.record({
  start: fc.constantFrom(...(Object.keys(STARTS) as (keyof typeof STARTS)[])),
  steps: fc.array(fc.record({ says: fc.constantFrom(...(Object.keys(WORDS) as Word[])), occasion: fc.constantFrom(...OCCASIONS) }), { minLength: 1, maxLength: 9 }),
});

class Model {
  status: PaymentStatus;
  /** Whether the provider ever said that it has the payment. */
  acknowledged: boolean;
  readonly reviews = new Set<string>();
  isReversed = false;

  constructor(start: keyof typeof STARTS) {
    this.status = start === 'refused' ? 'failed' : 'pending';
    this.acknowledged = start === 'accepted';
  }

  hears(word: Word, ageMs: number, notFoundIsFinalAfterMs: number): void {
    if (word === 'silent') return;
    if (this.status === 'completed') {
      if (word === 'taken back') this.isReversed = true;
      if (word === 'failed' && !this.isReversed) this.reviews.add('reversal_mismatch');
      return;
    }
    if (word === 'not found') {
      if (!this.acknowledged && this.status === 'pending' && ageMs >= notFoundIsFinalAfterMs) this.status = 'failed';
      return;
    }
    this.acknowledged = true;
    if (word === 'paid') this.status = 'completed';
    if (word === 'paid too little') this.reviews.add('amount_mismatch');
    if ((word === 'failed' || word === 'taken back') && this.status === 'pending') this.status = 'failed';
  }

  ages(ageMs: number): void {
    if (this.status === 'pending' && ageMs >= EXPIRES_AFTER_MS) this.status = 'expired';
  }
}

async function occur(malipo: TestMalipo, { occasion, reference, key, step }: { occasion: Occasion; reference: string; key: string; step: number }): Promise<void> {
  if (occasion === 'callback') {
    await callBack(malipo, reference, { step });
    await malipo.jobs.runDue();
  } else if (occasion === 'verify') {
    // Past the moment for which an answer counts as fresh, and short of any check.
    malipo.clock.advance(4 * SECOND_MS);
    await malipo.post('/v1/webhooks/verify', { reference }, { key });
  } else {
    await malipo.pass(WAITS[occasion]!);
  }
}

test('a payment stands where the model says, whatever its provider says and whoever asks', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(stories, async ({ start, steps }) => {
      const provider = new ScriptedProvider().answersCollect(() => STARTS[start]);
      const malipo = await malipoForFile({ live: [provider] });
      try {
        const { app, liveKey } = await malipo.makeShop({ slug: 'duka' });
        await malipo.post('/v1/payments/collect', COLLECT, { key: liveKey });
        const { reference } = provider.collected[0]!;
        const startedAt = malipo.clock.now();
        const model = new Model(start);
        for (const [step, { says, occasion }] of steps.entries()) {
          provider.answersStatus(() => WORDS[says]);
          const askedBefore = provider.asked.length;
          await occur(malipo, { occasion, reference, key: liveKey, step });
          const ageMs = malipo.clock.now() - startedAt;
          if (provider.asked.length > askedBefore) model.hears(says, ageMs, provider.notFoundIsFinalAfterMs);
          if (WAITS[occasion] !== undefined) model.ages(ageMs);
          expect(await rows(malipo.store, 'SELECT status FROM payments')).toEqual([{ status: model.status }]);
          expect(await walletBalance(malipo.store, { appId: app.id, mode: 'live' })).toBe(model.status === 'completed' && !model.isReversed ? NET : 0);
          expect(await rows(malipo.store, `SELECT kind FROM reviews WHERE kind <> 'outcome_unknown' ORDER BY kind`)).toEqual([...model.reviews].sort().map((kind) => ({ kind })));
        }
        expect(provider.collected).toHaveLength(1);
        expect(await verifyBooks(malipo.store.read)).toEqual([]);
      } finally {
        await malipo.close();
      }
    }),
    { numRuns: RUNS[ENGINE] },
  );
});
