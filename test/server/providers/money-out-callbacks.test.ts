/** Callbacks about withdrawals and refunds, under whatever reference a provider has for them: a reason to ask at once. */
import { expect, onTestFinished, test } from 'vitest';
import { SECOND_MS } from '../../../server/core/clock.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import { RefundDesk } from '../../../server/refunds/requesting.ts';
import { overHttp } from '../../simulators/http-shell.ts';
import type { SimulatedCallback } from '../../simulators/simulator.ts';
import { buildMalipo } from '../support/build-malipo.ts';
import { rows } from '../support/database.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { collect } from '../support/payments.ts';
import { CONTESTANTS, PUBLIC_URL } from './contract/contestants.ts';

const PAYING_OUT = CONTESTANTS.filter(({ paths }) => paths.disburse !== undefined);

test.each(PAYING_OUT)('$slug', async (contestant) => {
  const { slug: provider, currency, phone } = contestant;
  const clock = new ManualClock();
  const told: SimulatedCallback[] = [];
  const simulator = contestant.simulator({ clock, tell: (callback) => told.push(callback) });
  const shell = await overHttp(simulator);
  onTestFinished(() => shell.close());
  const malipo = await buildMalipo({ clock, env: { ...contestant.env(shell.url), PUBLIC_URL } });
  const { liveKey } = await malipo.makeShop({ slug: 'duka' });
  /** The last thing that the provider was asked for is done, it says so, and its callback alone makes us ask. */
  const done = async () => {
    simulator.books.approve(simulator.books.movements.at(-1)!);
    for (const { body, headers } of told.splice(0)) {
      const answer = await malipo.inject({ method: 'POST', url: `/v1/webhooks/${provider}`, payload: body, headers });
      expect(answer.statusCode, answer.body).toBe(200);
    }
    clock.advance(SECOND_MS);
    await malipo.jobs.runDue();
  };
  const reference = await collect(malipo, liveKey, { amount: 50_000, currency, provider, phone_number: phone });
  await done();

  const asked = await malipo.post('/v1/withdrawals', { amount: 10_000, currency, provider, method: 'mobile_money', destination: phone, destination_name: 'J' }, { key: liveKey });
  expect(asked.statusCode, asked.body).toBe(201);
  expect(await rows(malipo.store, 'SELECT status FROM withdrawals')).toEqual([{ status: 'pending' }]);
  await done();
  expect(await rows(malipo.store, 'SELECT status FROM withdrawals')).toEqual([{ status: 'completed' }]);

  await new RefundDesk({ store: malipo.store, clock, jobs: malipo.queue }).request({ reference, amount: 1_000, reason: '' });
  await malipo.jobs.runDue();
  expect(await rows(malipo.store, 'SELECT status FROM refunds')).toEqual([{ status: 'pending' }]);
  await done();
  expect(await rows(malipo.store, 'SELECT status FROM refunds')).toEqual([{ status: 'completed' }]);
  expect(await verifyBooks(malipo.store.read)).toEqual([]);
});
