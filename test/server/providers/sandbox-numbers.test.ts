/** Every number the sandbox is known for, in every country, from the first request to the end of it. */
import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import { buildMalipo } from '../support/build-malipo.ts';
import { rowCounts, rows } from '../support/database.ts';
import { collect, COLLECT, transaction } from '../support/payments.ts';
import { ScriptedProvider } from '../support/scripted-provider.ts';

const COUNTRIES = [
  { currency: 'UGX', code: '256', prefix: '7721', provider: 'iotec', network: 'mtn' },
  { currency: 'KES', code: '254', prefix: '7121', provider: 'sandbox', network: 'safaricom' },
  { currency: 'TZS', code: '255', prefix: '7121', provider: 'sandbox', network: 'yas' },
  { currency: 'RWF', code: '250', prefix: '7821', provider: 'sandbox', network: 'mtn' },
];

const APPROVAL_MS = 3 * SECOND_MS;

interface Fate {
  what: string;
  /** Since collect: the last moment it is still pending, and the first at which it has ended. */
  pendingUntil: number;
  endedBy: number;
  ends: Record<string, unknown>;
}

const FATES: Record<string, Fate> = {
  '00001': { what: 'completes', pendingUntil: APPROVAL_MS - 1, endedBy: APPROVAL_MS, ends: { status: 'completed', failure_reason: '' } },
  '00002': {
    what: 'has insufficient funds',
    pendingUntil: APPROVAL_MS - 1,
    endedBy: APPROVAL_MS,
    ends: { status: 'failed', failure_reason: 'Insufficient funds in the customer’s wallet' },
  },
  '00003': { what: 'declines', pendingUntil: APPROVAL_MS - 1, endedBy: APPROVAL_MS, ends: { status: 'failed', failure_reason: 'The customer declined the payment' } },
  '00004': { what: 'never answers', pendingUntil: 4 * HOUR_MS - 1, endedBy: 4 * HOUR_MS, ends: { status: 'failed', failure_reason: 'expired' } },
  '00005': { what: 'completes although the provider timed out', pendingUntil: APPROVAL_MS, endedBy: MINUTE_MS, ends: { status: 'completed' } },
  '00007': { what: 'completes among noisy callbacks', pendingUntil: APPROVAL_MS - 1, endedBy: APPROVAL_MS, ends: { status: 'completed' } },
  '12345': { what: 'completes like any other', pendingUntil: APPROVAL_MS - 1, endedBy: APPROVAL_MS, ends: { status: 'completed' } },
};

describe.each(COUNTRIES)('in $currency', ({ currency, code, prefix, provider, network }) => {
  test.each(Object.entries(FATES))('a number that ends in %s $what', async (ending, { pendingUntil, endedBy, ends }) => {
    const malipo = await buildMalipo();
    const { testKey } = await malipo.makeShop({ slug: 'duka' });
    const phone = code + prefix + ending;
    const reference = await collect(malipo, testKey, { currency, phone_number: phone });
    const shown = () => transaction(malipo, testKey, reference);
    expect(await shown()).toMatchObject({ status: 'pending', provider, phone_number: phone, is_test: true });
    await malipo.pass(pendingUntil);
    expect((await shown()).status, 'until then').toBe('pending');
    await malipo.pass(endedBy - pendingUntil);
    expect(await shown()).toMatchObject(ends);

    const [payment] = await rows(malipo.store, 'SELECT network, mode FROM payments');
    expect(payment).toEqual({ network, mode: 'test' });
    expect(await verifyBooks(malipo.store.read)).toEqual([]);
  });

  test('a number that ends in 00006 completes within a minute after it has expired', async () => {
    const malipo = await buildMalipo();
    const { testKey } = await malipo.makeShop({ slug: 'duka' });
    const reference = await collect(malipo, testKey, { currency, phone_number: `${code}${prefix}00006` });
    await malipo.pass(4 * HOUR_MS);
    expect(await transaction(malipo, testKey, reference)).toMatchObject({ status: 'failed', failure_reason: 'expired' });
    await malipo.pass(MINUTE_MS);
    expect(await transaction(malipo, testKey, reference)).toMatchObject({ status: 'completed', failure_reason: '' });
    expect(await rowCounts(malipo.store)).toMatchObject({ ledger_transfers: 1 });
  });
});

test.each([
  ['0111777771', 'completed', APPROVAL_MS],
  ['256111777770', 'completed', APPROVAL_MS],
  ['0111777991', 'failed', APPROVAL_MS],
  ['0111777789', 'pending', 3 * HOUR_MS],
  ['+256111777795', 'completed', MINUTE_MS],
])('ioTec’s number %s is %s', async (phone, status, after) => {
  const malipo = await buildMalipo();
  const { testKey } = await malipo.makeShop({ slug: 'duka' });
  const reference = await collect(malipo, testKey, { phone_number: phone, provider: 'iotec' });
  await malipo.pass(APPROVAL_MS - 1);
  expect((await transaction(malipo, testKey, reference)).status).toBe('pending');
  await malipo.pass(after - APPROVAL_MS + 1);
  expect((await transaction(malipo, testKey, reference)).status).toBe(status);
});

test('ioTec’s 79x is still with the operator when others have completed', async () => {
  const malipo = await buildMalipo();
  const { testKey } = await malipo.makeShop({ slug: 'duka' });
  const reference = await collect(malipo, testKey, { phone_number: '0111777790' });
  await malipo.pass(APPROVAL_MS);
  expect((await transaction(malipo, testKey, reference)).status).toBe('pending');
  await malipo.pass(MINUTE_MS - APPROVAL_MS);
  expect((await transaction(malipo, testKey, reference)).status).toBe('completed');
});

test('a subscriber who takes long on purpose is still done within a minute', async () => {
  const malipo = await buildMalipo({ env: { SANDBOX_APPROVAL_MS: '50000' } });
  const { testKey } = await malipo.makeShop({ slug: 'duka' });
  const reference = await collect(malipo, testKey, { phone_number: '256772100005' });
  await malipo.pass(MINUTE_MS);
  expect((await transaction(malipo, testKey, reference)).status).toBe('completed');
});

test('SANDBOX_APPROVAL_MS of nothing approves at once', async () => {
  const malipo = await buildMalipo({ env: { SANDBOX_APPROVAL_MS: '0' } });
  const { testKey } = await malipo.makeShop({ slug: 'duka' });
  const reference = await collect(malipo, testKey);
  await malipo.jobs.runDue();
  expect((await transaction(malipo, testKey, reference)).status).toBe('completed');
});

test.each(['256772100001', '0772100007', '256111777771'])('the sandbox number %s is refused on a live key, whether or not anything is configured', async (phone) => {
  const provider = new ScriptedProvider();
  for (const live of [[], [provider]]) {
    const malipo = await buildMalipo({ live });
    const { liveKey } = await malipo.makeShop({ slug: 'duka' });
    const before = await rowCounts(malipo.store);
    const answer = await malipo.post('/v1/payments/collect', { ...COLLECT, phone_number: phone }, { key: liveKey });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error.code).toBe('TEST_NUMBER_ON_LIVE_KEY');
    expect(await rowCounts(malipo.store)).toEqual(before);
  }
  expect(provider.collected).toEqual([]);
});

test.each([
  [{ currency: 'USD', phone_number: null }, { provider: 'stripe', amount: 19.99 }],
  [{ currency: 'EUR', phone_number: '' }, { provider: 'stripe' }],
  [{ currency: 'GBP', phone_number: '0000000000' }, { provider: 'stripe' }],
  [{ currency: 'KES', phone_number: undefined, provider: 'stripe' }, { provider: 'stripe' }],
])('a test card payment of %j answers with a client secret and the sandbox’s publishable key', async (body, expected) => {
  const malipo = await buildMalipo();
  const { testKey } = await malipo.makeShop({ slug: 'duka' });
  const answer = await malipo.post('/v1/payments/collect', { amount: 19.99, ...body }, { key: testKey });
  expect(answer.statusCode, answer.body).toBe(200);
  expect(answer.json().data).toMatchObject({ ...expected, status: 'pending', phone_number: '', stripe_publishable_key: 'pk_test_sandbox' });
  expect(answer.json().data.client_secret).toMatch(/^pi_sandbox_\w+_secret_\w+$/);
});
