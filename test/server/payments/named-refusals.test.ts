/** What a provider refuses and keeps in its books under a name of its own: whatever it says of that name later is heard. */
import { expect, onTestFinished, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../server/core/clock.ts';
import { openReviews } from '../../../server/reviews/reviews.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import { configuredProviders } from '../../../server/providers/live.ts';
import type { Submission } from '../../../server/providers/provider.ts';
import { reconcile } from '../../../server/reconciliation/reconcile.ts';
import { DGATEWAY, DgatewaySimulator } from '../../simulators/dgateway/dgateway.ts';
import { overHttp } from '../../simulators/http-shell.ts';
import type { SimulatedCallback } from '../../simulators/simulator.ts';
import { buildMalipo } from '../support/build-malipo.ts';
import { rows, walletBalance } from '../support/database.ts';
import { openLiveShop } from '../support/live-shop.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { callBack, COLLECT, transaction } from '../support/payments.ts';
import { until } from '../support/until.ts';
import { configOf } from '../providers/contract/contestants.ts';

const REFUSED: Submission = { kind: 'refused', code: 'failed', reason: 'No wallet', providerRef: 'their-refused' };

const PAYOUT = { amount: 10_000, currency: 'UGX', phone_number: '256772999888' };

/** A shop behind a DGateway that shows its rows without what we wrote into them: only its own name finds one. */
async function shopBehindDgateway() {
  const clock = new ManualClock();
  const callbacks: SimulatedCallback[] = [];
  const simulator = new DgatewaySimulator({ clock, tell: (callback) => callbacks.push(callback) });
  const shell = await overHttp(simulator);
  onTestFinished(() => shell.close());
  const env = { DGATEWAY_API_KEY: DGATEWAY.apiKey, DGATEWAY_BASE_URL: shell.url };
  const malipo = await buildMalipo({ clock, env });
  const { app, liveKey } = await malipo.makeShop({ slug: 'duka' });
  const [provider] = [...(await configuredProviders(configOf(env), { clock, log: { warn: () => undefined, error: () => undefined } })).values()];
  return {
    malipo,
    simulator,
    callbacks,
    refuse: async (path: 'collect' | 'disburse', body: object) => {
      simulator.books.temper = () => 'fails';
      const answer = await malipo.post(`/v1/payments/${path}`, { ...body, provider: 'dgateway' }, { key: liveKey });
      expect(answer.json().error.code).toBe('PROVIDER_ERROR');
      simulator.books.temper = () => 'takes';
      simulator.hidesDescriptions = true;
      return simulator.books.movements.at(-1)!;
    },
    hearLast: async () => {
      const { body, headers } = callbacks.at(-1)!;
      expect((await malipo.inject({ method: 'POST', url: '/v1/webhooks/dgateway', payload: body, headers })).statusCode).toBe(200);
      await malipo.jobs.runDue();
    },
    differences: async () => (await reconcile(malipo.store.read, provider!, { from: clock.now() - HOUR_MS, until: clock.now() + 1 }, clock)).differences.map(({ kind }) => kind),
    earn: async () => {
      await malipo.post('/v1/payments/collect', { ...COLLECT, provider: 'dgateway' }, { key: liveKey });
      simulator.books.approve(simulator.books.movements.at(-1)!);
      await malipo.pass(MINUTE_MS);
    },
    wallet: () => walletBalance(malipo.store, { appId: app.id, provider: 'dgateway', mode: 'live' }),
    problems: () => verifyBooks(malipo.store.read),
  };
}

test('a payment that was refused and turns out to be paid is credited at the provider’s callback, which knows it by its own name alone', async () => {
  const shop = await shopBehindDgateway();
  const movement = await shop.refuse('collect', COLLECT);
  expect(await shop.differences()).toEqual([]);
  shop.simulator.books.findPaid(movement);
  expect(await shop.differences()).toEqual(['status']);
  await shop.hearLast();
  expect(await shop.wallet()).toBe(46_000);
  expect(await shop.differences()).toEqual([]);
  expect(await shop.problems()).toEqual([]);
});

test('a payout that was refused and turns out to be paid is before a person', async () => {
  const shop = await shopBehindDgateway();
  await shop.earn();
  const movement = await shop.refuse('disburse', PAYOUT);
  expect(await shop.wallet()).toBe(46_000);
  shop.simulator.books.findPaid(movement);
  await shop.hearLast();
  expect((await openReviews(shop.malipo.store.read)).map(({ kind }) => kind)).toEqual(['paid_after_release']);
  expect(await shop.problems()).toEqual([]);
});

test('payments, payouts and withdrawals keep the name of their refusal', async () => {
  const { malipo, provider, liveKey, paid } = await openLiveShop();
  await paid();
  provider.answersCollect(() => REFUSED).answersDisburse(() => REFUSED);
  await malipo.post('/v1/payments/collect', COLLECT, { key: liveKey });
  await malipo.post('/v1/payments/disburse', PAYOUT, { key: liveKey });
  for (const { reference } of [...provider.collected.slice(1), ...provider.disbursed]) {
    expect(await transaction(malipo, liveKey, reference)).toMatchObject({ status: 'failed', provider_ref: 'their-refused' });
  }
  await malipo.post('/v1/withdrawals', { amount: 10_000, currency: 'UGX', method: 'mobile_money', destination: '256772999888' }, { key: liveKey });
  expect(await rows(malipo.store, 'SELECT status, provider_ref AS ref FROM withdrawals')).toEqual([{ status: 'failed', ref: 'their-refused' }]);
});

test('a refusal renames nothing that its provider has acknowledged meanwhile', async () => {
  const { malipo, provider, liveKey } = await openLiveShop();
  const { promise, resolve } = Promise.withResolvers<Submission>();
  provider.answersCollect(() => promise).answersStatus(() => ({ kind: 'pending', providerRef: 'theirs' }));
  const asking = malipo.post('/v1/payments/collect', COLLECT, { key: liveKey });
  await until(() => provider.collected.length === 1);
  const { reference } = provider.collected[0]!;
  await callBack(malipo, reference);
  await malipo.jobs.runDue();
  resolve(REFUSED);
  await asking;
  expect(await transaction(malipo, liveKey, reference)).toMatchObject({ status: 'pending', provider_ref: 'theirs' });
});
