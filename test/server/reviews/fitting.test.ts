/** What `review show` offers is what `review resolve` takes: every decision is tried, of every kind of review, however its subject stands. */
import { expect, test } from 'vitest';
import { refundDesk } from '../../../server/cli/desks.ts';
import { SECOND_MS } from '../../../server/core/clock.ts';
import { ApiError } from '../../../server/core/errors.ts';
import type { ProviderStatus } from '../../../server/providers/provider.ts';
import { openReviewIn, openReviews, RESOLUTIONS, type Resolution, type Review, REVIEW_KINDS, type ReviewKind, reviewById } from '../../../server/reviews/reviews.ts';
import { rows } from '../support/database.ts';
import { AGREED_MINOR, openLiveShop } from '../support/live-shop.ts';
import { collect } from '../support/payments.ts';
import { type LiveShop, reversed, says, takenBack } from './said.ts';

const WHATS = ['collect', 'payout', 'withdrawal', 'refund'] as const;
type What = (typeof WHATS)[number];
type Standing = 'pending' | 'failed' | 'completed' | 'reversed';

/** UGX 1,000: of each subject, and of what it was agreed to be. */
const AMOUNT_MINOR = 100_000;

const ALL = { amount_minor: AMOUNT_MINOR, currency: 'UGX' };
const PART = { amount_minor: 40_000, currency: 'UGX' };
const NO_PAYMENT = { amount_minor: 40_050, currency: 'UGX' };
const OTHER_MONEY = { amount_minor: AMOUNT_MINOR, currency: 'KES' };

/** What a provider reports, by the kind of review that it makes; a shortfall is no report. */
const REPORTED: Partial<Record<ReviewKind, readonly (typeof ALL | null)[]>> = {
  amount_mismatch: [PART, NO_PAYMENT, OTHER_MONEY],
  paid_after_release: [ALL, PART, OTHER_MONEY],
  reversal_mismatch: [ALL, PART, OTHER_MONEY],
  outcome_unknown: [null],
};

interface Case {
  kind: ReviewKind;
  reported: typeof ALL | null;
}

/** Nothing is paid after its release that was not released. */
function casesOf(what: What, status: Standing): Case[] {
  const isReleased = what !== 'collect' && (status === 'failed' || status === 'reversed');
  const kinds = REVIEW_KINDS.filter((kind) => kind !== 'paid_after_release' || isReleased);
  return kinds.flatMap((kind) => (REPORTED[kind] ?? []).map((reported) => ({ kind, reported })));
}

/** One for each decision that is made, with some to spare. */
const SUBJECTS_NEEDED = 24;

const FAILED: ProviderStatus = { kind: 'failed', code: 'failed', reason: 'No such wallet' };

const SUBJECTS_OF: Readonly<Record<What, string>> = {
  collect: `SELECT 'payment:' || id AS subject, reference FROM payments WHERE amount_minor = ${AMOUNT_MINOR} AND direction = 'collect' ORDER BY id`,
  payout: `SELECT 'payment:' || id AS subject, reference FROM payments WHERE direction = 'disburse' ORDER BY id`,
  withdrawal: `SELECT 'withdrawal:' || id AS subject, reference FROM withdrawals ORDER BY id`,
  refund: `SELECT 'refund:' || id AS subject, reference FROM refunds ORDER BY id`,
};

async function begin(shop: LiveShop, what: What, paid: string): Promise<void> {
  const { malipo, liveKey: key } = shop;
  const amount = AMOUNT_MINOR / 100;
  if (what === 'collect') await collect(malipo, key, { amount });
  if (what === 'payout') await shop.payout(amount);
  if (what === 'withdrawal') await malipo.post('/v1/withdrawals', { amount, currency: 'UGX', method: 'mobile_money', destination: '256772999888' }, { key });
  if (what === 'refund') await refundDesk(malipo, malipo.clock).request({ reference: paid, amount, reason: '' });
}

/** As many of them as are needed, and all stand like this. */
async function standing(what: What, status: Standing) {
  const shop = await openLiveShop();
  const { malipo, provider } = shop;
  const paid = await collect(malipo, shop.liveKey, { amount: 1_000_000 });
  await says(shop, paid, { kind: 'completed', providerRef: 'x', amountMinor: 100_000_000, currency: 'UGX', at: malipo.clock.now() });
  provider.answersStatus(() => ({ kind: 'pending' }));
  for (let each = 0; each < SUBJECTS_NEEDED; each++) await begin(shop, what, paid);
  await malipo.jobs.runDue();
  const subjects = await rows<{ subject: string; reference: string }>(malipo.store, SUBJECTS_OF[what]);
  expect(subjects).toHaveLength(SUBJECTS_NEEDED);
  if (status !== 'pending') {
    provider.answersStatus(({ reference }) => (status === 'failed' ? FAILED : { kind: 'completed', providerRef: `their-${reference}`, amountMinor: AMOUNT_MINOR, currency: 'UGX', at: malipo.clock.now() }));
    await malipo.pass(15 * SECOND_MS);
  }
  if (status === 'reversed') for (const { reference } of subjects) await takenBack(shop, reference, AMOUNT_MINOR);
  expect(await shop.open()).toEqual([]);
  return { ...shop, subjects };
}

async function openReview({ malipo }: LiveShop, subject: string, { kind, reported }: Case): Promise<Review> {
  const at = malipo.clock.now();
  const detail = { agreed: ALL, ...(reported && { reported: { ...reported, provider_ref: 'x', at } }) };
  return malipo.store.write(async (tx) => {
    await openReviewIn(tx, { subject, kind, detail }, at);
    const [row] = await tx.all<{ id: number }>({ text: 'SELECT max(id) AS id FROM reviews' });
    return (await reviewById(tx, row!.id))!;
  });
}

/** The provider stands by what the review says of it. */
function standsBy({ provider, malipo }: LiveShop, { kind, reported }: Case): void {
  const { amount_minor: amountMinor, currency } = reported ?? ALL;
  const at = malipo.clock.now();
  provider.answersStatus(() => (kind === 'reversal_mismatch' ? reversed(amountMinor, at, currency) : { kind: 'completed', providerRef: 'x', amountMinor, currency, at }));
}

const STANDINGS = WHATS.flatMap((what) => (['pending', 'failed', 'completed', 'reversed'] as const).map((status): [What, Standing] => [what, status]));

test.each(STANDINGS)('of a %s that is %s', async (what, status) => {
  const shop = await standing(what, status);
  for (const each of casesOf(what, status)) {
    standsBy(shop, each);
    const review = await openReview(shop, shop.subjects.pop()!.subject, each);
    const offered = (await shop.desk.fitting(review)).filter(({ refusal }) => refusal === null).map(({ resolution }) => resolution);
    const taken: Resolution[] = [];
    // What is refused leaves the review open for the next.
    for (const resolution of RESOLUTIONS.toSorted((a, b) => offered.indexOf(a) - offered.indexOf(b))) {
      const { id } = taken.length === 0 ? review : await openReview(shop, shop.subjects.pop()!.subject, each);
      await shop.desk.resolve(id, resolution, 'Tried').then(
        () => taken.push(resolution),
        (refusal: unknown) => expect(refusal).toBeInstanceOf(ApiError),
      );
    }
    expect(taken.toSorted(), JSON.stringify(each)).toEqual(offered.toSorted());
  }
  expect(await shop.problems()).toEqual([]);
});

test('what the app is to pay is offered as soon as its wallet can, and until then it is said why not', async () => {
  const shop = await openLiveShop();
  const reference = await shop.paid();
  await shop.payout(40_000);
  await takenBack(shop, reference, AGREED_MINOR);
  const review = (await openReviews(shop.malipo.store.read)).find(({ kind }) => kind === 'reversal_shortfall')!;
  const [charge, dismiss] = await shop.desk.fitting(review);
  expect(charge).toEqual({ resolution: 'charge', refusal: 'The iotec wallet holds 0 UGX; 40000 UGX is needed' });
  expect(dismiss).toEqual({ resolution: 'dismiss', refusal: null });
  await shop.paid();
  expect(await shop.desk.fitting(review)).toEqual([charge, dismiss].map((fit) => ({ ...fit, refusal: null })));
  await shop.desk.resolve(review.id, 'charge', 'Paid out of what came since');
});
