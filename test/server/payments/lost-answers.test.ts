/** Dukuzi keeps no reference of ours: what its callback can, and cannot, tell of a payment whose answer was lost. */
import { expect, onTestFinished, test } from 'vitest';
import { MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import { overHttp } from '../../simulators/http-shell.ts';
import { DUKUZI, DukuziSimulator } from '../../simulators/dukuzi/dukuzi.ts';
import type { Movement } from '../../simulators/simulator.ts';
import { buildMalipo } from '../support/build-malipo.ts';
import { rowCounts, walletBalance } from '../support/database.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { collect, transaction } from '../support/payments.ts';
import { until } from '../support/until.ts';

const PHONE = '255754123456';
const ORDER = { amount: 5_000, currency: 'TZS', provider: 'dukuzi', phone_number: PHONE };

async function shop() {
  const clock = new ManualClock();
  const callbacks: string[] = [];
  const simulator = new DukuziSimulator({ clock, tell: ({ body }) => callbacks.push(body) });
  const shell = await overHttp(simulator);
  onTestFinished(() => shell.close());
  const malipo = await buildMalipo({ clock, env: { DUKUZI_API_KEY: DUKUZI.apiKey, DUKUZI_PRODUCT_ID: String(DUKUZI.productId), DUKUZI_BASE_URL: shell.url } });
  const { app, liveKey } = await malipo.makeShop({ slug: 'duka' });
  const hear = async (body: string) => {
    const answer = await malipo.inject({ method: 'POST', url: '/v1/webhooks/dukuzi', payload: body, headers: { 'content-type': 'application/json' } });
    expect(answer.statusCode).toBe(200);
    await malipo.jobs.runDue();
  };
  return {
    malipo,
    clock,
    movements: simulator.books.movements as readonly Movement[],
    line: shell.line,
    hear,
    /** A payment that Dukuzi has, or has not, and whose answer never came. */
    loseAnswer: (kind: 'does_and_resets' | 'resets' = 'does_and_resets', order: object = {}) => {
      shell.line.next(/create-payment/, { kind });
      return collect(malipo, liveKey, { ...ORDER, ...order });
    },
    collect: () => collect(malipo, liveKey, ORDER),
    /** The customer approves; Dukuzi's callback is the answer. */
    pays: (movement: Movement) => {
      simulator.books.approve(movement);
      return callbacks.at(-1)!;
    },
    transaction: (reference: string) => transaction(malipo, liveKey, reference),
    balance: () => walletBalance(malipo.store, { appId: app.id, provider: 'dukuzi', currency: 'TZS', mode: 'live' }),
  };
}

test('the callback names it: it is asked about under that name, and credited once', async () => {
  const { malipo, movements, clock, ...at } = await shop();
  const reference = await at.loseAnswer();
  clock.advance(MINUTE_MS);
  const said = at.pays(movements[0]!);
  await at.hear(said);
  await at.hear(said);
  expect(await at.transaction(reference)).toMatchObject({ status: 'completed', provider_ref: String(Number(movements[0]!.id)), completed_at: '2026-03-14T12:01:00Z' });
  expect(await at.balance()).toBe(4_600);
  expect(await verifyBooks(malipo.store.read)).toEqual([]);
});

test('a second try of the same customer is not taken for the first', async () => {
  const { movements, ...at } = await shop();
  const lost = await at.loseAnswer();
  const second = await at.collect();
  await at.hear(at.pays(movements[1]!));
  expect([(await at.transaction(lost)).status, (await at.transaction(second)).status]).toEqual(['pending', 'completed']);
  await at.hear(at.pays(movements[0]!));
  expect((await at.transaction(lost)).status).toBe('completed');
  expect(await at.balance()).toBe(9_200);
});

test('of two that it could be it is neither: that is for a person', async () => {
  const { movements, malipo, ...at } = await shop();
  const both = [await at.loseAnswer('resets'), await at.loseAnswer()];
  await at.hear(at.pays(movements[0]!));
  for (const reference of both) expect((await at.transaction(reference)).status).toBe('pending');
  expect(await rowCounts(malipo.store)).toMatchObject({ provider_callbacks: 0, ledger_transfers: 0 });
});

test.each<[string, (said: Record<string, unknown>) => Record<string, unknown>]>([
  ['another number', (said) => ({ ...said, customer_phone: '255754000000' })],
  ['another amount', (said) => ({ ...said, amount: 6_000 })],
  ['no number', ({ customer_phone: _phone, ...said }) => said],
  ['a transaction that Dukuzi does not have', (said) => ({ ...said, transaction_id: 77 })],
])('a callback with %s names nothing', async (_what, change) => {
  const { movements, malipo, ...at } = await shop();
  const reference = await at.loseAnswer();
  const said = JSON.parse(at.pays(movements[0]!)) as Record<string, unknown>;
  await at.hear(JSON.stringify(change(said)));
  expect((await at.transaction(reference)).status).toBe('pending');
  expect(await rowCounts(malipo.store)).toMatchObject({ provider_callbacks: 0 });
});

test('a transaction that Dukuzi made at another time, or for another amount, is another, whatever the callback says', async () => {
  const { movements, clock, ...at } = await shop();
  const early = await at.loseAnswer('does_and_resets', { phone_number: '255754111111' });
  clock.advance(2 * MINUTE_MS + SECOND_MS);
  const large = await at.loseAnswer('does_and_resets', { phone_number: '255754222222', amount: 9_000 });
  const lost = await at.loseAnswer('resets');
  for (const movement of movements) {
    const said = JSON.parse(at.pays(movement)) as object;
    await at.hear(JSON.stringify({ ...said, customer_phone: PHONE, amount: 5_000 }));
  }
  for (const reference of [early, large, lost]) expect(await at.transaction(reference)).toMatchObject({ status: 'pending', provider_ref: '' });
  expect(await at.balance()).toBe(0);
});

test('a transaction that another payment has is never given to a second', async () => {
  const { movements, line, ...at } = await shop();
  const first = await at.collect();
  const lost = await at.loseAnswer('resets');
  const asked = line.requests.length;
  await at.hear(at.pays(movements[0]!));
  expect([(await at.transaction(first)).status, (await at.transaction(lost)).status]).toEqual(['completed', 'pending']);
  expect(line.requests.slice(asked)).toHaveLength(1);
});

test('a thousand forged callbacks about it are one question at a time, and nothing is written', async () => {
  const { malipo, line, ...at } = await shop();
  await at.loseAnswer();
  line.next(/transaction/, { kind: 'hangs' }, Infinity);
  const before = await rowCounts(malipo.store);
  const asked = line.requests.length;
  let answered = 0;
  const forged = Array.from({ length: 1_000 }, async (_, index) => {
    await malipo.inject({ method: 'POST', url: '/v1/webhooks/dukuzi', payload: { transaction_id: 1_000 + index, amount: 5_000, customer_phone: PHONE } });
    answered++;
  });
  await until(() => answered >= 999 && line.requests.length > asked);
  malipo.clock.advance(10 * SECOND_MS);
  await Promise.all(forged);
  expect(line.requests.slice(asked)).toHaveLength(1);
  expect(await rowCounts(malipo.store)).toEqual(before);
});
