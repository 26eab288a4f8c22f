/** A shop that takes its money through a hosted gateway: the whole way, with that gateway's own callbacks and faults. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import { overHttp } from '../../simulators/http-shell.ts';
import type { SimulatedCallback } from '../../simulators/simulator.ts';
import { buildMalipo } from '../support/build-malipo.ts';
import { rowCounts, walletBalance } from '../support/database.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { many } from '../support/many.ts';
import { collect, transaction } from '../support/payments.ts';
import { type Contestant, CONTESTANTS } from './contract/contestants.ts';

const NET = 0.92;

async function shopBehind(contestant: Contestant) {
  const clock = new ManualClock();
  const callbacks: SimulatedCallback[] = [];
  const simulator = contestant.simulator({ clock, tell: (callback) => callbacks.push(callback) });
  const shell = await overHttp(simulator);
  onTestFinished(() => shell.close());
  const malipo = await buildMalipo({ clock, env: contestant.env(shell.url) });
  const shop = await malipo.makeShop({ slug: 'duka' });
  const { slug: provider, currency, phone: phone_number } = contestant;
  const body = { amount: 5_000, currency, provider, phone_number };
  return {
    malipo,
    simulator,
    line: shell.line,
    callbacks,
    collect: () => collect(malipo, shop.liveKey, body),
    statusOf: async (reference: string) => (await transaction(malipo, shop.liveKey, reference)).status,
    hear: ({ body: said, headers }: SimulatedCallback) => malipo.inject({ method: 'POST', url: `/v1/webhooks/${provider}`, payload: said, headers }),
    balance: () => walletBalance(malipo.store, { appId: shop.app.id, provider, currency, mode: 'live' }),
  };
}

describe.each(CONTESTANTS.filter(({ unchecked }) => unchecked === undefined))('$slug', (contestant) => {
  test('its callback makes us ask at once, and what it answers is credited once', async () => {
    const { malipo, simulator, callbacks, hear, balance, statusOf, ...shop } = await shopBehind(contestant);
    const reference = await shop.collect();
    simulator.books.approve(simulator.books.movements[0]!);
    expect((await hear(callbacks[0]!)).statusCode).toBe(200);
    expect((await hear(callbacks[0]!)).statusCode).toBe(200);
    await malipo.jobs.runDue();
    expect(await statusOf(reference)).toBe('completed');
    expect(await balance()).toBe(5_000 * NET);
    expect(await verifyBooks(malipo.store.read)).toEqual([]);
  });

  test('a callback that lies credits nothing', async () => {
    const { malipo, simulator, callbacks, hear, balance, statusOf, ...shop } = await shopBehind(contestant);
    const reference = await shop.collect();
    simulator.books.decline(simulator.books.movements[0]!, 'Declined by the customer');
    const { body, headers } = callbacks[0]!;
    await hear({ body: body.replaceAll('failed', 'completed'), headers });
    await malipo.jobs.runDue();
    expect(await statusOf(reference)).toBe('failed');
    expect(await balance()).toBe(0);
  });

  test('anybody can send a thousand callbacks: about a payment they are one row and one question, about none of ours nothing', async () => {
    const { malipo, simulator, line, callbacks, hear, ...shop } = await shopBehind(contestant);
    await shop.collect();
    simulator.books.approve(simulator.books.movements[0]!);
    const [{ body, headers }] = callbacks as [SimulatedCallback];
    const asked = line.requests.length;
    const forge = (index: number) => hear({ body: index % 2 ? body.replace('5000', `${index}`) : body.replace('00000001', `${10_000_000 + index}`), headers });
    expect(new Set((await many(1_000, forge)).map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
    expect(await rowCounts(malipo.store)).toMatchObject({ provider_callbacks: 1 });
    await malipo.jobs.runDue();
    expect(line.requests.slice(asked).filter(({ path }) => contestant.paths.status.test(path)).length).toBeLessThanOrEqual(2);
  });

  test('without any callback it is asked until the customer’s four hours are over', async () => {
    const { malipo, simulator, balance, statusOf, ...shop } = await shopBehind(contestant);
    const reference = await shop.collect();
    for (let waited = 0; waited < 4 * HOUR_MS - 20 * MINUTE_MS; waited += 10 * MINUTE_MS) await malipo.pass(10 * MINUTE_MS);
    expect(await statusOf(reference)).toBe('pending');
    simulator.books.approve(simulator.books.movements[0]!);
    await malipo.pass(19 * MINUTE_MS);
    expect(await statusOf(reference)).toBe('completed');
    expect(await balance()).toBe(5_000 * NET);
  });

  test('a request that was taken, and whose answer was lost, is never sent again', async () => {
    const { malipo, simulator, line, balance, statusOf, ...shop } = await shopBehind(contestant);
    line.next(contestant.paths.collect, { kind: 'does_and_resets' });
    const reference = await shop.collect();
    simulator.books.approve(simulator.books.movements[0]!);
    await malipo.pass(16 * SECOND_MS);
    expect(await statusOf(reference)).toBe(contestant.findsByReference ? 'completed' : 'pending');
    expect(await balance()).toBe(contestant.findsByReference ? 5_000 * NET : 0);
    await malipo.pass(5 * HOUR_MS);
    expect(simulator.books.movements).toHaveLength(1);
    expect(line.requests.filter(({ path }) => contestant.paths.collect.test(path))).toHaveLength(1);
    expect(await verifyBooks(malipo.store.read)).toEqual([]);
  });
});
