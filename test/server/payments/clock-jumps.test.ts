/** The machine's clock is set, ahead or back, by a person or a time server. Money does not notice. */
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import type { Submission } from '../../../server/providers/provider.ts';
import { buildMalipo } from '../support/build-malipo.ts';
import { rows, walletBalance } from '../support/database.ts';
import { openGateway } from '../support/gateway.ts';
import { COLLECT, collect, PHONE, transaction, verify } from '../support/payments.ts';
import { never, ScriptedProvider } from '../support/scripted-provider.ts';
import { until } from '../support/until.ts';

const WITHDRAWAL = { amount: 20_000, currency: 'UGX', provider: 'iotec', method: 'mobile_money', destination: '256772123456', destination_name: 'John Doe' };
const PAYOUT = { amount: 10_000, currency: 'UGX', phone_number: PHONE, provider: 'iotec' };

/** A live shop with money in its wallet. */
async function shopWithMoney() {
  const provider = new ScriptedProvider();
  const malipo = await buildMalipo({ live: [provider] });
  const { app, liveKey } = await malipo.makeShop({ slug: 'duka' });
  const reference = await collect(malipo, liveKey);
  provider.saysCompleted(malipo.clock.now(), { amountMinor: 5_000_000 });
  await verify(malipo, liveKey, reference);
  return { provider, malipo, liveKey, balance: () => walletBalance(malipo.store, { appId: app.id, mode: 'live' }) };
}

test('a clock that jumps ahead while a payout is being sent does not release its money', async () => {
  const { provider, malipo, liveKey, balance } = await shopWithMoney();
  let accept!: (submission: Submission) => void;
  provider.answersDisburse(() => new Promise((resolve) => (accept = resolve)));
  const sending = malipo.post('/v1/payments/disburse', PAYOUT, { key: liveKey });
  await until(() => provider.disbursed.length === 1);
  const { reference } = provider.disbursed[0]!;

  malipo.clock.jump(DAY_MS);
  provider.answersStatus(() => ({ kind: 'not_found' }));
  await malipo.jobs.runDue();
  expect(await transaction(malipo, liveKey, reference)).toMatchObject({ status: 'pending' });
  expect(await balance()).toBe(36_000);

  accept({ kind: 'accepted', providerRef: 'theirs' });
  expect((await sending).json().data).toMatchObject({ reference, status: 'pending' });
  expect(await balance()).toBe(36_000);
});

test('however often it is asked, only time that has passed makes "never heard of it" final', async () => {
  const { provider, malipo, liveKey, balance } = await shopWithMoney();
  provider.answersDisburse(() => never<Submission>()).answersStatus(() => ({ kind: 'not_found' }));
  const sending = malipo.post('/v1/payments/disburse', PAYOUT, { key: liveKey });
  await until(() => provider.disbursed.length === 1);
  const { reference } = provider.disbursed[0]!;
  malipo.clock.jump(DAY_MS);
  malipo.clock.advance(10 * SECOND_MS);
  await sending;
  expect((await verify(malipo, liveKey, reference)).status).toBe('pending');
  malipo.clock.advance(provider.notFoundIsFinalAfterMs);
  expect((await verify(malipo, liveKey, reference)).status).toBe('failed');
  expect(await balance()).toBe(46_000);
});

test('a clock that jumps ahead while a withdrawal is being sent does not release its money', async () => {
  const gateway = await openGateway();
  await gateway.earn(92_000);
  let accept!: (submission: Submission) => void;
  gateway.provider.onDisburse = () => new Promise((resolve) => (accept = resolve));
  const sending = gateway.post('/v1/withdrawals', WITHDRAWAL);
  await until(() => gateway.provider.sent.length === 1);
  gateway.clock.jump(DAY_MS);
  await gateway.jobs.runDue();
  expect(await gateway.balance()).toBe(72_000);

  accept(gateway.provider.takes(gateway.provider.sent[0]!));
  expect((await sending).json().data.status).toBe('pending');
  expect(await gateway.balance()).toBe(72_000);
  expect(await gateway.problems()).toEqual([]);
});

test('a job that a clock ahead of its time has scheduled is run when the next server starts', async () => {
  const provider = new ScriptedProvider();
  const malipo = await buildMalipo({ live: [provider] });
  const { liveKey } = await malipo.makeShop({ slug: 'duka' });
  malipo.clock.jump(400 * DAY_MS);
  const reference = await collect(malipo, liveKey);
  malipo.clock.jump(-400 * DAY_MS);
  provider.saysCompleted(malipo.clock.now(), { amountMinor: 5_000_000 });
  await malipo.pass(HOUR_MS);
  expect(provider.asked).toEqual([]);

  malipo.jobs.start();
  await until(async () => {
    malipo.clock.advance(SECOND_MS);
    return (await transaction(malipo, liveKey, reference)).status === 'completed';
  });
  expect(malipo.log.join('')).toContain('the clock has run ahead');
});

test('recurring work that a clock put off is where its rule puts it after a start', async () => {
  const malipo = await buildMalipo();
  malipo.clock.jump(3 * DAY_MS);
  await malipo.pass(DAY_MS);
  malipo.clock.jump(-3 * DAY_MS);
  const next = await buildMalipo({ databaseUrl: malipo.databaseUrl, clock: malipo.clock });
  const late = await rows(next.store, 'SELECT kind FROM jobs WHERE subject = :subject AND run_at > :tomorrow', { subject: 'schedule', tomorrow: malipo.clock.now() + DAY_MS });
  expect(late).toEqual([]);
});

test('a caller who was refused is let in again after a minute, also when the clock was set back', async () => {
  const malipo = await buildMalipo({ env: { RATE_LIMIT_FACTOR: '0.02' } });
  const { testKey } = await malipo.makeShop({ slug: 'duka' });
  const call = async () => (await malipo.post('/v1/payments/collect', COLLECT, { key: testKey })).statusCode;
  expect([await call(), await call()]).toEqual([200, 429]);
  malipo.clock.jump(-DAY_MS);
  malipo.clock.advance(MINUTE_MS);
  expect(await call()).toBe(200);
});
