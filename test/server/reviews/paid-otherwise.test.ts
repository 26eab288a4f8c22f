/** Money out that has completed, and of which its provider says later that it was of another amount, or other money. */
import { expect, test } from 'vitest';
import { refundDesk } from '../../../server/cli/desks.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import type { ProviderStatus } from '../../../server/providers/provider.ts';
import { reviewById } from '../../../server/reviews/reviews.ts';
import { WithdrawalDesk } from '../../../server/wallets/operator.ts';
import { buildMalipo } from '../support/build-malipo.ts';
import { rows } from '../support/database.ts';
import { openLiveShop } from '../support/live-shop.ts';
import { callBack } from '../support/payments.ts';
import { until } from '../support/until.ts';
import { reversed, says, takenBack } from './said.ts';

/** UGX 10,000, of each that goes out. */
const OUT_MINOR = 1_000_000;

const WHATS = ['payout', 'withdrawal', 'refund'] as const;
type What = (typeof WHATS)[number];

const SUBJECT = { payout: 'payment:2', withdrawal: 'withdrawal:1', refund: 'refund:1' } as const;

const completed = (amountMinor: number, at: number, currency = 'UGX'): ProviderStatus => ({ kind: 'completed', providerRef: 'x', amountMinor, currency, at });

/** UGX 10,000 on their way out of a wallet of 46,000. */
async function onItsWay(what: What) {
  const shop = await openLiveShop();
  const paid = await shop.paid();
  const { malipo, provider, liveKey: key } = shop;
  provider.answersStatus(() => ({ kind: 'pending' }));
  if (what === 'payout') await shop.payout(10_000);
  if (what === 'withdrawal') await malipo.post('/v1/withdrawals', { amount: 10_000, currency: 'UGX', method: 'mobile_money', destination: '256772999888' }, { key });
  if (what === 'refund') await refundDesk(malipo, malipo.clock).request({ reference: paid, amount: 10_000, reason: '' });
  await malipo.jobs.runDue();
  const { reference } = provider.disbursed[0]!;
  return {
    ...shop,
    reference,
    calls: (amountMinor: number, currency?: string) => says(shop, reference, completed(amountMinor, malipo.clock.now(), currency)),
    entries: () => rows(malipo.store, 'SELECT posting, source FROM ledger_transfers ORDER BY id'),
  };
}

async function paidOut(what: What) {
  const shop = await onItsWay(what);
  shop.provider.answersStatus(() => completed(OUT_MINOR, shop.malipo.clock.now()));
  await shop.malipo.pass(15 * SECOND_MS);
  expect(await shop.open()).toEqual([]);
  return shop;
}

const OTHERWISE = [
  ['less', 900_000, 'UGX'],
  ['more', 1_200_000, 'UGX'],
  ['other money', OUT_MINOR, 'KES'],
] as const;

test.each(WHATS.flatMap((what) => OTHERWISE.map((said) => [what, ...said] as const)))('a completed %s that its provider then calls completed as %s is before a person once, and nothing moves', async (what, _as, amountMinor, currency) => {
  const shop = await paidOut(what);
  const [wallet, entries] = [await shop.wallet(), await shop.entries()];
  const events = await rows(shop.malipo.store, 'SELECT count(*) AS n FROM webhook_events');
  for (let time = 0; time < 3; time++) {
    await shop.calls(amountMinor, currency);
    expect(await shop.open()).toEqual([{ id: 1, subject: SUBJECT[what], kind: 'amount_mismatch' }]);
  }
  const review = (await reviewById(shop.malipo.store.read, 1))!;
  expect(JSON.parse(review.detail)).toMatchObject({ agreed: { amount_minor: OUT_MINOR, currency: 'UGX' }, reported: { amount_minor: amountMinor, currency } });
  expect(await shop.desk.fitting(review)).toEqual([
    { resolution: 'accept', refusal: 'It stands as agreed, and the difference cannot be entered: --dismiss this with a note, and settle it outside' },
    { resolution: 'release', refusal: 'Nothing is held any more: there is nothing to release' },
    { resolution: 'dismiss', refusal: null },
  ]);
  await shop.desk.resolve(1, 'dismiss', 'Settled with the network');
  await shop.calls(amountMinor, currency);
  expect(await shop.open()).toEqual([]);
  await shop.calls(amountMinor + 100, currency);
  expect(await shop.open()).toEqual([{ id: 2, subject: SUBJECT[what], kind: 'amount_mismatch' }]);
  expect([await shop.wallet(), await shop.entries()]).toEqual([wallet, entries]);
  expect(await rows(shop.malipo.store, 'SELECT count(*) AS n FROM webhook_events')).toEqual(events);
  expect(await shop.problems()).toEqual([]);
});

test.each(WHATS)('a completed %s is off the list when its provider calls it completed as agreed again', async (what) => {
  const shop = await paidOut(what);
  await shop.calls(900_000);
  await shop.calls(OUT_MINOR);
  expect(await shop.open()).toEqual([]);
  expect(await reviewById(shop.malipo.store.read, 1)).toMatchObject({ resolution: 'settled', note: 'The provider says that all of it is there.' });
  await shop.calls(900_000);
  expect(await shop.open()).toEqual([{ id: 2, subject: SUBJECT[what], kind: 'amount_mismatch' }]);
});

test.each(WHATS)('a completed %s of which it was said once shows it at a look-back, without a callback', async (what) => {
  const shop = await paidOut(what);
  shop.provider.answersStatus(() => completed(900_000, shop.malipo.clock.now()));
  await shop.malipo.pass(HOUR_MS);
  expect(await shop.open()).toEqual([{ id: 1, subject: SUBJECT[what], kind: 'amount_mismatch' }]);
});

test.each(WHATS)('what a person accepted as the agreed %s is not asked about again when it is said again', async (what) => {
  const shop = await onItsWay(what);
  for (let time = 0; time < 2; time++) {
    await shop.calls(900_000);
    expect(await shop.open()).toHaveLength(1 - time);
    if (time === 0) await shop.desk.resolve(1, 'accept', 'The rest was the network’s fee');
  }
  expect(await shop.problems()).toEqual([]);
});

test('nor is a withdrawal that the operator ended by hand, having seen it', async () => {
  const shop = await onItsWay('withdrawal');
  await shop.calls(900_000);
  await new WithdrawalDesk(shop.malipo).paid(1, 'MP-1');
  await shop.calls(900_000);
  expect(await shop.open()).toEqual([]);
  expect(await reviewById(shop.malipo.store.read, 1)).toMatchObject({ resolution: 'accept', note: 'The operator has ended it by hand.' });
  expect(await shop.problems()).toEqual([]);
});

test.each(WHATS)('a %s of which all came back since, as it was agreed, is nothing to look at where less had been paid; where more had, the rest is', async (what) => {
  for (const [saidMinor, left] of [[900_000, []], [1_200_000, [{ id: 1, subject: SUBJECT[what], kind: 'amount_mismatch' }]]] as const) {
    const shop = await paidOut(what);
    await shop.calls(saidMinor);
    await takenBack(shop, shop.reference, OUT_MINOR);
    expect(await shop.open()).toEqual(left);
    expect(await shop.wallet()).toBe(46_000);
    await takenBack(shop, shop.reference, saidMinor);
    expect(await shop.open()).toEqual([]);
    expect(await shop.wallet()).toBe(46_000);
    expect(await shop.problems()).toEqual([]);
  }
});

test.each(WHATS)('a %s of which all came back since that its provider had said, undecided, is in the wallet again; what a person had decided is for a person', async (what) => {
  for (const saidMinor of [900_000, 1_200_000]) {
    for (const isDecided of [false, true]) {
      const shop = await paidOut(what);
      const before = await shop.wallet();
      await shop.calls(saidMinor);
      if (isDecided) await shop.desk.resolve(1, 'dismiss', 'Settled with the network');
      await takenBack(shop, shop.reference, saidMinor);
      expect(await shop.open()).toEqual(isDecided ? [{ id: 2, subject: SUBJECT[what], kind: 'reversal_mismatch' }] : []);
      expect(await shop.wallet()).toBe(isDecided ? before : 46_000);
      expect(await shop.problems()).toEqual([]);
    }
  }
});

test.each(WHATS)('another amount that one server hears of a %s while another completes it, or has it back, is before nobody', async (what) => {
  for (const hasCompleted of [false, true]) {
    const shop = hasCompleted ? await paidOut(what) : await onItsWay(what);
    const { malipo: one, provider } = shop;
    const other = await buildMalipo({ live: [provider], databaseUrl: one.databaseUrl, clock: one.clock });
    const { promise, resolve } = Promise.withResolvers<ProviderStatus>();
    const asked = provider.asked.length;
    provider.answersStatus(() => promise);
    one.clock.advance(MINUTE_MS);
    await callBack(one, shop.reference, { news: 'slow' });
    const asking = one.jobs.runDue();
    await until(() => provider.asked.length > asked);
    provider.answersStatus(() => (hasCompleted ? reversed(OUT_MINOR, one.clock.now()) : completed(OUT_MINOR, one.clock.now())));
    await callBack(other, shop.reference, { news: 'quick' });
    await other.jobs.runDue();
    resolve(completed(900_000, one.clock.now()));
    await asking;
    expect(await shop.open()).toEqual([]);
    expect(await shop.problems()).toEqual([]);
  }
});
