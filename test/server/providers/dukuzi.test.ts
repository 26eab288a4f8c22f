/** What is Dukuzi's own: its product, its whole shillings, its clock, and that it keeps nothing of ours. */
import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../server/core/clock.ts';
import { NOT_AVAILABLE } from '../../../server/providers/reading.ts';
import { DUKUZI, type DukuziSimulator } from '../../simulators/dukuzi/dukuzi.ts';
import { AMOUNT, benchOf } from './contract/bench-of.ts';
import { CONTESTANTS } from './contract/contestants.ts';

const contestant = CONTESTANTS.find(({ slug }) => slug === 'dukuzi')!;

async function bench(env?: Record<string, string>) {
  const at = await benchOf(contestant, env);
  return { ...at, simulator: at.simulator as DukuziSimulator };
}

test('whatever is sold here is sold as the configured product there, to the customer by name', async () => {
  const at = await bench();
  await at.adapter.collect(at.collectRequest());
  const [sent] = at.line.requests;
  expect(sent).toMatchObject({ path: '/api-proxy.php/create-payment', headers: { 'x-api-key': DUKUZI.apiKey } });
  expect(JSON.parse(sent!.body)).toEqual({ phone_number: '255754123456', amount: AMOUNT, product_id: 7, customer_name: 'Jane Doe', customer_email: 'jane@example.com' });
});

test('an item is sold as what it is mapped to there; what is mapped to nothing as the configured product', async () => {
  const at = await bench({ DUKUZI_PRODUCT_IDS: 'basket=12, course=16@25000' });
  for (const [item, amountMinor] of [['basket', 4_000_00], ['course', 25_000_00], ['tip-jar', 1_000_00], ['', 1_000_00]] as const) {
    expect((await at.adapter.collect(at.collectRequest({ item, amountMinor }))).kind).toBe('accepted');
  }
  expect(at.line.requests.map(({ body }) => (JSON.parse(body) as { product_id: number }).product_id)).toEqual([12, 16, 7, 7]);
  expect(['basket', 'course', 'tip-jar', ''].map((item) => at.adapter.priceOf!(item))).toEqual([null, 25_000_00, null, null]);
});

test.each([
  ['basket', 'basket=8', 'DUKUZI_PRODUCT_IDS has 8 for basket'],
  ['course', 'course=16', 'DUKUZI_PRODUCT_IDS has 16 for course'],
])('a product of %s that Dukuzi refuses is for the operator, who hears which and why', async (item, DUKUZI_PRODUCT_IDS, told) => {
  const at = await bench({ DUKUZI_PRODUCT_IDS });
  expect(await at.adapter.collect(at.collectRequest({ item, amountMinor: 1_000_00 }))).toMatchObject({ kind: 'refused', reason: NOT_AVAILABLE });
  expect(at.log.join('\n')).toContain(told);
  expect(at.log.join('\n')).toMatch(/Invalid product|does not match/);
});

test('a customer without a name is sent without one', async () => {
  const at = await bench();
  await at.adapter.collect(at.collectRequest({ customerName: '', customerEmail: '' }));
  expect(Object.keys(JSON.parse(at.line.requests[0]!.body) as object)).toEqual(['phone_number', 'amount', 'product_id']);
});

test('parts of a shilling are refused before anything is sent', async () => {
  const at = await bench();
  expect(await at.adapter.collect(at.collectRequest({ amountMinor: 10_050 }))).toMatchObject({ kind: 'refused', unsent: true });
  expect(at.line.requests).toEqual([]);
});

test('a definite no is passed on in its own words', async () => {
  const at = await bench();
  expect(await at.adapter.collect(at.collectRequest({ amountMinor: 5_000 }))).toEqual({ kind: 'refused', code: 'provider_refused', reason: 'Minimum amount is TZS 100' });
});

test('a product that is not the account’s is for the operator', async () => {
  const at = await bench({ DUKUZI_PRODUCT_ID: '8' });
  expect(await at.adapter.collect(at.collectRequest())).toMatchObject({ kind: 'refused', reason: NOT_AVAILABLE });
  expect(at.log.join('\n')).toContain('DUKUZI_PRODUCT_ID');
});

test('its gateway error leaves it unknown whether the customer was asked', async () => {
  const at = await bench();
  at.simulator.nextError = 'Payment provider error';
  expect((await at.adapter.collect(at.collectRequest())).kind).toBe('unknown');
});

test('what the customer let pass has expired there after four hours', async () => {
  const at = await bench();
  const taken = await at.adapter.collect(at.collectRequest());
  const asked = at.asked({ providerRef: (taken as { providerRef: string }).providerRef });
  at.clock.advance(4 * HOUR_MS - 1);
  expect(await at.adapter.status(asked)).toMatchObject({ kind: 'pending' });
  at.clock.advance(1);
  expect(await at.adapter.status(asked)).toMatchObject({ kind: 'failed', code: 'expired' });
});

test('an answer about another transaction says nothing', async () => {
  const at = await bench();
  const taken = await at.adapter.collect(at.collectRequest());
  const answer = at.simulator.handle.bind(at.simulator);
  at.simulator.handle = (request) => ({ status: 200, json: { ...(answer(request).json as object), transaction_id: 99, status: 'completed' } });
  expect((await at.adapter.status(at.asked({ providerRef: (taken as { providerRef: string }).providerRef }))).kind).toBe('unknown');
});

test('what it does not know is not found; what has no number there is unknown', async () => {
  const at = await bench();
  expect((await at.adapter.status(at.asked({ providerRef: '42' }))).kind).toBe('not_found');
  expect((await at.adapter.status(at.asked())).kind).toBe('unknown');
});

test.each([
  [{ customer_phone: 255754123456, amount: 'much' }, undefined],
  [{ customer_phone: ['255754123456'], amount: { TZS: 5_000 } }, undefined],
  [{ customer_phone: '+255754123456', amount: '5000' }, { phone: '255754123456', amountMinor: 500_000 }],
])('a callback that tells phone and amount as %j names its transaction all the same', async (fields, told) => {
  const at = await bench();
  const hint = at.adapter.readCallback({}, JSON.stringify({ transaction_id: '42', status: 'completed', ...fields }));
  expect(hint).toEqual({ unproven: true, providerRef: '42', ...(told && { told }) });
});

test('it pays nobody out', async () => {
  const at = await bench();
  expect(await at.adapter.disburse(at.disburseRequest())).toMatchObject({ kind: 'refused', unsent: true });
});
