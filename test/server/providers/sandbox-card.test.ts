/** The sandbox's cards: three test numbers, for whoever has the client secret of a sandbox payment. */
import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../server/core/clock.ts';
import { buildMalipo } from '../support/build-malipo.ts';
import { transaction } from '../support/payments.ts';

const PAYS = '4242 4242 4242 4242';
const DECLINED = '4000 0000 0000 0002';
const ASKS = '4000-0027-6000-3184';

async function cardPayment() {
  const malipo = await buildMalipo();
  const { testKey } = await malipo.makeShop({ slug: 'duka' });
  const started = await malipo.post('/v1/payments/collect', { amount: 19.99, currency: 'USD' }, { key: testKey });
  const { reference, client_secret } = started.json().data as { reference: string; client_secret: string };
  const attempt = (number: string, change: object = {}, of = reference) => malipo.post(`/sandbox/card/${of}`, { client_secret, number, ...change });
  const status = async () => {
    await malipo.jobs.runDue();
    return (await transaction(malipo, testKey, reference)).status;
  };
  const result = async (number: string, change: object = {}) => ((await attempt(number, change)).json() as { data: { result: string } }).data.result;
  return { malipo, testKey, reference, attempt, status, result };
}

test('a card that pays completes the payment, and saying so twice does nothing', async () => {
  const { result, status } = await cardPayment();
  expect(await result(PAYS)).toBe('succeeded');
  expect(await status()).toBe('completed');
  expect(await result(PAYS)).toBe('succeeded');
  expect(await status()).toBe('completed');
});

test('a declined card leaves the payment open for another', async () => {
  const { result, status } = await cardPayment();
  expect(await result(DECLINED)).toBe('card_declined');
  expect(await status()).toBe('pending');
  expect(await result(PAYS)).toBe('succeeded');
  expect(await status()).toBe('completed');
});

test('a bank that asks is answered before anything is paid', async () => {
  const { result, status } = await cardPayment();
  expect(await result(ASKS)).toBe('requires_action');
  expect(await result(ASKS, { challenge: 'failed' })).toBe('card_declined');
  expect(await status()).toBe('pending');
  expect(await result(ASKS, { challenge: 'passed' })).toBe('succeeded');
  expect(await status()).toBe('completed');
});

test.each([
  ['nobody tried', [], { status: 'failed', failure_reason: 'expired' }],
  ['its card was declined', [[DECLINED]], { status: 'failed', failure_reason: 'The card was declined' }],
  ['its bank was refused', [[ASKS, { challenge: 'failed' }]], { status: 'failed', failure_reason: 'The card was declined' }],
] as const)('a payment whose time is over, and %s', async (_case, tries, end) => {
  const { malipo, testKey, reference, result } = await cardPayment();
  for (const [number, change] of tries) expect(await result(number, change)).toBe('card_declined');
  await malipo.pass(4 * HOUR_MS);
  expect(await transaction(malipo, testKey, reference)).toMatchObject(end);
  if (tries.length > 0) expect(await result(PAYS), 'it cannot be paid any more').toBe('card_declined');
});

test('any other number is refused, and neither answered nor logged', async () => {
  const { malipo, attempt, status } = await cardPayment();
  const answer = await attempt('5555 5555 5555 4444');
  expect([answer.statusCode, answer.json().error.code]).toEqual([400, 'VALIDATION_ERROR']);
  expect(answer.body + malipo.log.join('\n')).not.toContain('5555');
  expect(await status()).toBe('pending');
});

test.each([{ client_secret: 'a guess' }, { client_secret: '' }])('nobody pays with %j', async (change) => {
  const { attempt, status } = await cardPayment();
  expect((await attempt(PAYS, change)).statusCode).toBe(404);
  expect(await status()).toBe('pending');
});

test('mobile money and other people’s payments are no card payments', async () => {
  const { malipo, testKey, attempt } = await cardPayment();
  const other = await malipo.post('/v1/payments/collect', { amount: 5_000, currency: 'UGX', phone_number: '256772123456' }, { key: testKey });
  expect((await attempt(PAYS, {}, other.json().data.reference as string)).statusCode).toBe(404);
  const second = await malipo.post('/v1/payments/collect', { amount: 19.99, currency: 'USD' }, { key: testKey });
  expect((await attempt(PAYS, {}, second.json().data.reference as string)).statusCode).toBe(404);
  expect((await attempt(PAYS, {}, 'dgw_nothing')).statusCode).toBe(404);
});

test.each([{ number: 4242 }, { number: null }, { challenge: 'maybe' }, { number: '4'.repeat(500) }])('%j is a mistake', async (change) => {
  const { attempt } = await cardPayment();
  expect((await attempt(PAYS, change)).statusCode).toBe(400);
});
