import { expect, test } from 'vitest';
import { HoldNotOpenError, InsufficientBalanceError } from '../../../server/ledger/ledger.ts';
import * as postings from '../../../server/ledger/postings.ts';
import type { PostingName } from '../../../server/ledger/postings.ts';
import { verifyLedger } from '../../../server/ledger/verify.ts';
import { balances, movement, openApps, posted } from '../support/books.ts';
import { ENGINE } from '../support/database-under-test.ts';
import { fc, runs } from '../support/properties.ts';
import { temporaryStore } from '../support/temporary-store.ts';

interface Step {
  posting: PostingName;
  /** Few enough that a story repeats itself, ends its holds, and ends them twice. */
  record: number;
  amountMinor: number;
  feeMinor: number;
}

const steps = fc.array(
  fc
    .record({ posting: fc.constantFrom(...postings.POSTING_NAMES), record: fc.integer({ min: 1, max: 4 }), amountMinor: fc.constantFrom(1, 50, 100, 777) })
    .chain((step) => fc.record({ posting: fc.constant(step.posting), record: fc.constant(step.record), amountMinor: fc.constant(step.amountMinor), feeMinor: fc.integer({ min: 0, max: step.amountMinor }) })),
  { minLength: 1, maxLength: 40 },
);

const ENDINGS: Partial<Record<PostingName, [hold: PostingName, other: PostingName]>> = {
  refundPaid: ['refundHeld', 'refundReleased'],
  refundReleased: ['refundHeld', 'refundPaid'],
  payoutSent: ['payoutHeld', 'payoutReleased'],
  payoutReleased: ['payoutHeld', 'payoutSent'],
  withdrawalPaid: ['withdrawalHeld', 'withdrawalReleased'],
  withdrawalReleased: ['withdrawalHeld', 'withdrawalPaid'],
};

/** The ending of a refund must give back what its hold took: a hold knows its fee. */
function feeOf({ posting, amountMinor, feeMinor }: Step): number {
  return posting.startsWith('refund') ? Math.floor(amountMinor / 10) : feeMinor;
}

/** What a posting takes out of the wallet. */
function takenFrom(posting: PostingName, amount: number, fee: number): number {
  if (posting === 'refundHeld' || posting === 'collectReversed' || posting === 'refundMadeThere') return amount - fee;
  return /^(payoutHeld|withdrawalHeld|shortfallRecovered|\w+PaidLate)$/.test(posting) ? amount : 0;
}

/** The ledger as a child would keep it: four numbers and a list of what was done. */
class PiggyBank {
  wallet = 0;
  held = 0;
  clearing = 0;
  fees = 0;
  readonly #done = new Map<string, number>();

  does(step: Step): boolean | 'too little' | 'not open' {
    const { posting, record, amountMinor: amount } = step;
    const fee = feeOf(step);
    if (this.#done.has(`${posting} ${record}`)) return false;
    const ending = ENDINGS[posting];
    if (ending && (this.#done.get(`${ending[0]} ${record}`) !== amount || this.#done.has(`${ending[1]} ${record}`))) return 'not open';
    const taken = takenFrom(posting, amount, fee);
    if (taken > this.wallet) return 'too little';
    this.#done.set(`${posting} ${record}`, amount);
    this.#move(posting, amount, fee);
    return true;
  }

  #move(posting: PostingName, amount: number, fee: number): void {
    switch (posting) {
      case 'collectSettled':
        this.clearing -= amount;
        this.wallet += amount - fee;
        this.fees += fee;
        break;
      case 'refundHeld':
        this.held += amount;
        this.wallet -= amount - fee;
        this.fees -= fee;
        break;
      case 'refundReleased':
        this.held -= amount;
        this.wallet += amount - fee;
        this.fees += fee;
        break;
      case 'refundReversed':
      case 'collectRestored':
      case 'refundUndoneThere':
        this.clearing -= amount;
        this.wallet += amount - fee;
        this.fees += fee;
        break;
      case 'collectReversed':
      case 'refundMadeThere':
        this.clearing += amount;
        this.wallet -= amount - fee;
        this.fees -= fee;
        break;
      case 'shortfallRecovered':
        this.wallet -= amount;
        this.fees += amount;
        break;
      case 'payoutReversed':
      case 'withdrawalReversed':
        this.clearing -= amount;
        this.wallet += amount;
        break;
      case 'payoutPaidLate':
      case 'withdrawalPaidLate':
      case 'refundPaidLate':
        this.wallet -= amount;
        this.clearing += amount;
        break;
      case 'payoutAbsorbed':
      case 'withdrawalAbsorbed':
      case 'refundAbsorbed':
        this.fees -= amount;
        this.clearing += amount;
        break;
      case 'absorbedReturned':
        this.clearing -= amount;
        this.fees += amount;
        break;
      case 'payoutHeld':
      case 'withdrawalHeld':
        this.wallet -= amount;
        this.held += amount;
        break;
      case 'payoutReleased':
      case 'withdrawalReleased':
        this.held -= amount;
        this.wallet += amount;
        break;
      case 'payoutSent':
      case 'withdrawalPaid':
      case 'refundPaid':
        this.held -= amount;
        this.clearing += amount;
        break;
      default:
        posting satisfies never;
    }
  }
}

test('any story of payments, payouts, withdrawals and refunds comes out as in a reference model, and the books stay sound', async () => {
  const { store } = temporaryStore();
  let run = 0;
  await fc.assert(
    fc.asyncProperty(steps, async (story) => {
      // Each story has its own app and its own records, so that all share one file; fees and clearing by provider.
      const appId = ++run;
      await openApps(store, appId);
      const own = { appId, provider: `provider-${appId}` };
      const does = (step: (typeof story)[number]) => {
        const kind = /^(withdrawal|refund)/.exec(step.posting)?.[1] ?? 'payment';
        const source = `${kind}:${appId * 10 + step.record}`;
        const posting = postings[step.posting]({ ...movement({ ...own, source, amountMinor: step.amountMinor }), feeMinor: feeOf(step), shortMinor: 0, walletMinor: step.amountMinor - feeOf(step) });
        return posted(store, posting).catch((error: unknown) => {
          if (error instanceof InsufficientBalanceError) return 'too little';
          if (error instanceof HoldNotOpenError) return 'not open';
          throw error;
        });
      };
      const model = new PiggyBank();
      expect(await told(story, does)).toEqual(story.map((step) => model.does(step)));
      expect(await balances(store.read, own)).toEqual({ wallet: model.wallet, held: model.held, clearing: model.clearing, fees: model.fees });
      expect(model.wallet >= 0 && model.held >= 0).toBe(true);
    }),
    { numRuns: runs(300) },
  );
  expect(await verifyLedger(store.read)).toEqual([]);
});

/** On SQLite all at once, which keeps their order and puts them into shared commits; PostgreSQL promises no order. */
async function told<Step, Said>(story: readonly Step[], does: (step: Step) => Promise<Said>): Promise<Said[]> {
  if (ENGINE === 'sqlite') return Promise.all(story.map(does));
  const said = [];
  for (const step of story) said.push(await does(step));
  return said;
}
