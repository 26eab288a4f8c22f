/** A withdrawal that is over, and of which its provider has more to say: its money is back, and may be spent twice. */
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { statement } from '../../../server/db/store.ts';
import type { ProviderStatus, Submission } from '../../../server/providers/provider.ts';
import { type Gateway, openGateway } from '../support/gateway.ts';
import { openLiveShop } from '../support/live-shop.ts';
import { TOKEN, TOKEN_HEADER } from '../support/paying-provider.ts';
import { openReviews } from '../../../server/reviews/reviews.ts';
import { WithdrawalDesk } from '../../../server/wallets/operator.ts';
import { reviewDesk } from '../support/review-desk.ts';
import { until } from '../support/until.ts';

const WITHDRAWAL = { amount: 50_000, currency: 'UGX', provider: 'iotec', method: 'mobile_money', destination: '256772123456', destination_name: 'John Doe' };
const reviews = statement<{ status: string; review: string }>('SELECT status, review FROM withdrawals');
const PAID_AFTER_ALL = [{ status: 'failed', review: 'The provider says it paid this after all; the money is back in the wallet' }];

/** The provider says no, and pays all the same. */
async function refusedAndTaken(): Promise<Gateway> {
  const gateway = await openGateway();
  await gateway.earn(92_000);
  gateway.provider.onDisburse = (request) => {
    gateway.provider.takes(request);
    return { kind: 'refused', code: 'failed', reason: 'Recipient is barred' };
  };
  expect((await gateway.post('/v1/withdrawals', WITHDRAWAL)).json().data.status).toBe('failed');
  return gateway;
}

function callBack(gateway: Gateway) {
  return gateway.post('/v1/webhooks/iotec', { reference: gateway.provider.sent[0]!.reference }, 'live', { [TOKEN_HEADER]: TOKEN });
}

test('a refused withdrawal that its provider turns out to be working on is followed, and a person hears that it was paid', async () => {
  const gateway = await refusedAndTaken();
  await callBack(gateway);
  await gateway.pass(0);
  gateway.provider.paysOut(gateway.clock.now());
  await gateway.pass(DAY_MS + HOUR_MS);
  expect(await gateway.store.read.all(reviews)).toEqual(PAID_AFTER_ALL);
  expect(await gateway.balance()).toBe(92_000);
  expect(await gateway.problems()).toEqual([]);
});

test('one that its provider then calls failed is looked back at as well', async () => {
  const gateway = await refusedAndTaken();
  gateway.provider.says = { kind: 'failed', code: 'failed', reason: 'Recipient is barred' };
  await callBack(gateway);
  await gateway.pass(0);
  gateway.provider.says = null;
  gateway.provider.paysOut(gateway.clock.now());
  await gateway.pass(HOUR_MS);
  expect(await gateway.store.read.all(reviews)).toEqual(PAID_AFTER_ALL);
  expect(await gateway.balance()).toBe(92_000);
});

test('a callback about a refused withdrawal is not used up by a provider that does not answer', async () => {
  const gateway = await refusedAndTaken();
  gateway.provider.paysOut(gateway.clock.now());
  gateway.provider.says = { kind: 'unknown', reason: 'nobody is in' };
  await callBack(gateway);
  await gateway.pass(0);
  gateway.provider.says = null;
  await gateway.pass(MINUTE_MS);
  expect(await gateway.store.read.all(reviews)).toEqual(PAID_AFTER_ALL);
  expect(await gateway.problems()).toEqual([]);
});

test('a withdrawal released because its provider did not know it is looked back at, and a person hears that it was paid', async () => {
  const gateway = await openGateway();
  await gateway.earn(92_000);
  gateway.provider.onDisburse = (request) => {
    gateway.provider.takes(request);
    throw new Error('socket hang up');
  };
  gateway.provider.says = { kind: 'not_found' };
  await gateway.post('/v1/withdrawals', WITHDRAWAL);
  await gateway.pass(8 * MINUTE_MS);
  expect(await gateway.store.read.all(reviews)).toEqual([{ status: 'failed', review: '' }]);
  gateway.provider.says = null;
  gateway.provider.paysOut(gateway.clock.now());
  await gateway.pass(DAY_MS + HOUR_MS);
  expect(await gateway.store.read.all(reviews)).toEqual(PAID_AFTER_ALL);
  expect(await gateway.problems()).toEqual([]);
});

test('a refusal of a withdrawal that its provider has acknowledged meanwhile leaves it held, and asked about', async () => {
  const gateway = await openGateway();
  await gateway.earn(92_000);
  const { promise, resolve } = Promise.withResolvers<Submission>();
  gateway.provider.onDisburse = (request) => {
    gateway.provider.takes(request);
    return promise;
  };
  const asking = gateway.post('/v1/withdrawals', WITHDRAWAL);
  await until(() => gateway.provider.sent.length === 1);
  await callBack(gateway);
  await gateway.pass(0);
  resolve({ kind: 'refused', code: 'failed', reason: 'Recipient is barred' });
  expect((await asking).json().data).toMatchObject({ status: 'pending' });
  expect(await gateway.balance()).toBe(42_000);
  gateway.provider.paysOut(gateway.clock.now());
  await gateway.pass(MINUTE_MS);
  expect(await gateway.store.read.all(reviews)).toEqual([{ status: 'completed', review: '' }]);
  expect(await gateway.problems()).toEqual([]);
});

test('what a person has decided about a withdrawal is not to be looked at again, however often its provider says it', async () => {
  const gateway = await refusedAndTaken();
  gateway.provider.paysOut(gateway.clock.now());
  for (const _time of ['before', 'after']) {
    await callBack(gateway);
    await gateway.pass(0);
    if (_time === 'before') await reviewDesk(gateway).resolve(1, 'absorb', 'Our mistake');
    expect(await gateway.store.read.all(reviews)).toEqual([{ status: 'failed', review: '' }]);
    gateway.clock.advance(MINUTE_MS);
  }
  expect(await openReviews(gateway.store.read)).toEqual([]);
  expect(await gateway.problems()).toEqual([]);
});

const CAME_BACK: ProviderStatus = { kind: 'reversed', providerRef: 'theirs', amountMinor: 5_000_000, currency: 'UGX', at: 0, reason: 'Wallet is closed' };

test('a pending withdrawal that came back whole is in the wallet again; one that came back as something else stays held until a person has looked', async () => {
  const gateway = await openGateway();
  await gateway.earn(92_000);
  await gateway.post('/v1/withdrawals', WITHDRAWAL);
  gateway.provider.says = { ...CAME_BACK, amountMinor: 4_900_000 };
  await gateway.pass(MINUTE_MS);
  expect(await gateway.store.read.all(reviews)).toEqual([{ status: 'pending', review: 'The provider says that 49000 UGX came back' }]);
  expect(await gateway.balance()).toBe(42_000);
  const desk = reviewDesk(gateway);
  await expect(desk.resolve(1, 'dismiss', '…')).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  await desk.resolve(1, 'release', 'It is all back');
  expect(await gateway.store.read.all(reviews)).toEqual([{ status: 'failed', review: '' }]);
  expect(await gateway.balance()).toBe(92_000);

  await gateway.post('/v1/withdrawals', WITHDRAWAL);
  gateway.provider.says = CAME_BACK;
  await gateway.pass(MINUTE_MS);
  expect(await gateway.balance()).toBe(92_000);
  expect(await gateway.problems()).toEqual([]);
});

test('what was paid after its release, and is back since, is nothing to look at; a part of it is', async () => {
  const gateway = await refusedAndTaken();
  gateway.provider.paysOut(gateway.clock.now());
  await callBack(gateway);
  await gateway.pass(0);
  for (const [amountMinor, waitMs, left] of [[4_900_000, DAY_MS, PAID_AFTER_ALL], [5_000_000, 7 * DAY_MS, [{ status: 'failed', review: '' }]]] as const) {
    gateway.provider.says = { ...CAME_BACK, amountMinor };
    await gateway.pass(waitMs);
    expect(await gateway.store.read.all(reviews)).toEqual(left);
    expect(await openReviews(gateway.store.read)).toHaveLength(left === PAID_AFTER_ALL ? 1 : 0);
  }
  expect(await gateway.balance()).toBe(92_000);
  expect(await gateway.problems()).toEqual([]);
});

test.each(['whole', 'by hand'] as const)('and is nothing to look at any more once its hold has ended: %s', async (how) => {
  const gateway = await openGateway();
  await gateway.earn(92_000);
  await gateway.post('/v1/withdrawals', WITHDRAWAL);
  gateway.provider.says = { ...CAME_BACK, amountMinor: 4_900_000 };
  await gateway.pass(MINUTE_MS);
  gateway.provider.says = CAME_BACK;
  if (how === 'whole') await gateway.pass(MINUTE_MS);
  else await new WithdrawalDesk(gateway).reject(1, 'The rest is back, too');
  expect(await gateway.store.read.all(reviews)).toEqual([{ status: 'failed', review: '' }]);
  expect(await openReviews(gateway.store.read)).toEqual([]);
  expect(await gateway.balance()).toBe(92_000);
  expect(await gateway.problems()).toEqual([]);
});

test('a withdrawal of which its provider says nothing for a day is before a person, who can end it', async () => {
  const gateway = await openGateway();
  await gateway.earn(92_000);
  await gateway.post('/v1/withdrawals', WITHDRAWAL);
  gateway.provider.says = { kind: 'unknown', reason: 'nobody is in' };
  for (const wait of [DAY_MS, DAY_MS]) await gateway.pass(wait);
  expect((await openReviews(gateway.store.read)).map(({ subject, kind }) => `${subject} ${kind}`)).toEqual(['withdrawal:1 outcome_unknown']);
  await reviewDesk(gateway).resolve(1, 'release', 'Not on the statement');
  expect(await gateway.balance()).toBe(92_000);
  expect(await gateway.problems()).toEqual([]);
});

test('a withdrawal that was paid after it had failed is a person’s, and its provider is not asked about it for ever', async () => {
  const { malipo, provider, liveKey, paid, open } = await openLiveShop();
  await paid();
  provider.answersStatus(() => ({ kind: 'pending' }));
  await malipo.post('/v1/withdrawals', { amount: 10_000, currency: 'UGX', method: 'mobile_money', destination: '256772999888' }, { key: liveKey });
  await malipo.jobs.runDue();
  provider.answersStatus(() => ({ kind: 'failed', code: 'failed', reason: 'No such wallet' }));
  await malipo.pass(15 * SECOND_MS);
  provider.saysCompleted(malipo.clock.now(), { amountMinor: 1_000_000 });
  const asked = provider.asked.length;
  for (let hour = 0; hour < 8 * 24; hour++) await malipo.pass(HOUR_MS);
  expect(provider.asked.length - asked).toBe(3);
  expect((await open()).map(({ kind }) => kind)).toEqual(['paid_after_release']);
});
