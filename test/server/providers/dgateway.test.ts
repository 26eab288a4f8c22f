/** What is DGateway's own: how our reference travels, what its error codes mean, its list, its lines. */
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, isoTime, MINUTE_MS } from '../../../server/core/clock.ts';
import { NOT_AVAILABLE } from '../../../server/providers/reading.ts';
import { DGATEWAY, type DgatewaySimulator } from '../../simulators/dgateway/dgateway.ts';
import { until } from '../support/until.ts';
import { AMOUNT, AMOUNT_MINOR, benchOf, REFERENCE } from './contract/bench-of.ts';
import { CONTESTANTS, PUBLIC_URL } from './contract/contestants.ts';

const contestant = CONTESTANTS.find(({ slug }) => slug === 'dgateway')!;

async function bench(env?: Record<string, string>) {
  const at = await benchOf(contestant, env);
  return { ...at, simulator: at.simulator as DgatewaySimulator };
}

test('our reference travels in the metadata, in the description and as the key, and the provider is named', async () => {
  const at = await bench();
  await at.adapter.collect(at.collectRequest());
  const [sent] = at.line.requests;
  expect(JSON.parse(sent!.body)).toEqual({
    amount: AMOUNT,
    currency: 'UGX',
    phone_number: '256772123456',
    provider: 'iotec',
    description: `Sisal basket [${REFERENCE}]`,
    metadata: { reference: REFERENCE },
    callback_url: `${PUBLIC_URL}/v1/webhooks/dgateway`,
  });
  expect(sent!.headers).toMatchObject({ 'x-api-key': DGATEWAY.apiKey, 'idempotency-key': REFERENCE });
});

test('a long description keeps within what is taken, and keeps the reference', async () => {
  const at = await bench();
  const submission = await at.adapter.collect(at.collectRequest({ description: 'x'.repeat(500) }));
  expect(submission.kind).toBe('accepted');
  expect(await at.adapter.status(at.asked())).toMatchObject({ kind: 'pending' });
});

test.each([
  ['Insufficient funds on the customer’s account', 'insufficient_funds'],
  ['Transaction was declined by the customer', 'declined'],
  ['The vendor timed out', 'expired'],
  ['Something else', 'failed'],
])('what the provider behind it refused, "%s", is told as its books have it: %s', async (message, code) => {
  const at = await bench();
  at.simulator.nextError = message;
  expect(await at.adapter.collect(at.collectRequest())).toEqual({ kind: 'refused', code, reason: message, providerRef: at.movements(REFERENCE)[0]!.id });
});

test('a provider’s error for a transaction that stands as pending is no refusal: it is followed', async () => {
  const at = await bench();
  await at.adapter.collect(at.collectRequest());
  at.simulator.nextRefusal = { status: 400, code: 'PROVIDER_ERROR', message: 'timeout' };
  expect(await at.adapter.collect(at.collectRequest())).toMatchObject({ kind: 'accepted', providerRef: at.movements(REFERENCE)[0]!.id });
});

test('a provider’s error that stands nowhere in the books was never sent on, and is for the operator', async () => {
  const at = await bench();
  at.simulator.nextRefusal = { status: 400, code: 'PROVIDER_ERROR', message: 'Provider iotec is not configured' };
  expect(await at.adapter.collect(at.collectRequest())).toMatchObject({ kind: 'refused', reason: NOT_AVAILABLE });
  expect(at.log.join('\n')).toContain('Provider iotec is not configured');
});

test('a provider’s error whose books cannot be read is no answer', async () => {
  const at = await bench();
  at.simulator.nextError = 'Insufficient funds';
  at.line.next(/\/transactions$/, { kind: 'breaks', status: 502 });
  expect((await at.adapter.collect(at.collectRequest())).kind).toBe('unknown');
});

test('a DGateway that takes no more questions for now, when its books are needed, is asked later, and its line is not blamed', async () => {
  const at = await bench();
  at.simulator.nextError = 'Insufficient funds';
  at.simulator.callsPerMinute = 1;
  expect(await at.adapter.collect(at.collectRequest())).toMatchObject({ kind: 'unknown', busy: true });
  at.clock.advance(MINUTE_MS);
  expect(await at.adapter.status(at.asked())).toMatchObject({ kind: 'failed', reason: 'Insufficient funds' });
});

test.each([
  [400, 'VALIDATION_ERROR', 'amount must be above 0', 'amount must be above 0'],
  [400, 'INVALID_PHONE', 'Phone number format invalid', 'Phone number format invalid'],
  [503, 'PROVIDER_LINE_DOWN', 'The mtn line is currently down', 'The mtn line is currently down'],
  [429, 'RATE_LIMIT', 'Too many requests', 'Too many requests'],
  [400, 'TEST_MODE', 'Not with a test key', NOT_AVAILABLE],
  [400, 'INVALID_PROVIDER', 'Provider not supported', NOT_AVAILABLE],
  [400, 'INVALID_CURRENCY', 'Currency not supported', NOT_AVAILABLE],
  [400, 'INSUFFICIENT_BALANCE', 'Amount exceeds available balance', NOT_AVAILABLE],
  [401, 'INVALID_API_KEY', 'Invalid API key', NOT_AVAILABLE],
])('%i %s is a definite no', async (status, code, message, reason) => {
  const at = await bench();
  at.simulator.nextRefusal = { status, code, message };
  expect(await at.adapter.disburse(at.disburseRequest())).toMatchObject({ kind: 'refused', code: 'provider_refused', reason });
  if (reason === NOT_AVAILABLE) expect(at.log.join('\n')).toContain('DGateway cannot be used');
});

test('a line that is down there counts against the line here', async () => {
  const at = await bench();
  at.simulator.linesDown.add('mtn UGX');
  expect(await at.adapter.collect(at.collectRequest())).toMatchObject({ kind: 'refused', lineDown: true });
});

test.each([
  [500, 'DB_ERROR'],
  [503, 'UNAVAILABLE'],
  [409, 'IDEMPOTENCY_CONFLICT'],
  [400, 'SOMETHING_NEW'],
  [500, 'VALIDATION_ERROR'],
])('%i %s says nothing', async (status, code) => {
  const at = await bench();
  at.simulator.nextRefusal = { status, code, message: 'internal' };
  expect((await at.adapter.disburse(at.disburseRequest())).kind).toBe('unknown');
});

test('a lost answer is found among many, and nothing is missing from a list too long to read', async () => {
  const at = await bench();
  const open = (index: number) => at.simulator.books.open({ reference: `${index}`, direction: 'collect', amount: 100, currency: 'UGX', msisdn: '256772000000' });
  for (let index = 0; index < 250; index++) open(index);
  at.line.next(/collect$/, { kind: 'does_and_resets' });
  expect((await at.adapter.collect(at.collectRequest())).kind).toBe('unknown');
  for (let index = 250; index < 500; index++) open(index);
  expect(await at.adapter.status(at.asked())).toMatchObject({ kind: 'pending', providerRef: at.movements(REFERENCE)[0]!.id });
  expect((await at.adapter.status(at.asked({ reference: `${REFERENCE}2` }))).kind).toBe('not_found');
  for (let index = 500; index < 2_001; index++) open(index);
  expect((await at.adapter.status(at.asked({ reference: `${REFERENCE}2` }))).kind).toBe('unknown');
});

test.each([
  ['three days behind', -3 * DAY_MS],
  ['two days ahead', 2 * DAY_MS],
])('what was sent while this machine’s clock was %s is found all the same, and never missing', async (_how, off) => {
  const at = await bench();
  await at.adapter.collect(at.collectRequest());
  const createdAt = at.clock.now() + off;
  expect((await at.adapter.status(at.asked({ createdAt }))).kind).toBe('pending');
  expect((await at.adapter.status(at.asked({ createdAt, reference: `${REFERENCE}2` }))).kind).toBe('not_found');
});

test('of two transactions that one request became, the one that failed is not the end', async () => {
  const at = await bench();
  at.line.next(/collect$/, { kind: 'arrives_twice' });
  await at.adapter.collect(at.collectRequest());
  const [first, second] = at.movements(REFERENCE);
  at.simulator.books.approve(first!);
  for (let index = 0; index < 150; index++) at.simulator.books.open({ reference: `${index}`, direction: 'collect', amount: 100, currency: 'UGX', msisdn: '256772000000' });
  at.simulator.books.decline(second!, 'Another request is in progress');
  expect(await at.adapter.status(at.asked())).toMatchObject({ kind: 'completed', providerRef: first!.id });
});

test('nor is it where its reference is the one that is known', async () => {
  const at = await bench();
  at.line.next(/collect$/, { kind: 'arrives_twice' });
  const { providerRef } = (await at.adapter.collect(at.collectRequest())) as { providerRef: string };
  const other = at.movements(REFERENCE).find(({ id }) => id !== providerRef)!;
  at.simulator.books.decline(at.simulator.books.byId(providerRef)!, 'Another request is in progress');
  expect((await at.adapter.status(at.asked({ providerRef }))).kind).toBe('pending');
  at.simulator.books.approve(other);
  expect(await at.adapter.status(at.asked({ providerRef }))).toMatchObject({ kind: 'completed', providerRef: other.id });
});

test('a gateway that is busy tells nothing of its lines', async () => {
  const at = await bench();
  at.simulator.handle = () => ({ status: 429, json: { error: { code: 'RATE_LIMIT', message: 'Too many requests' } } });
  expect(await at.adapter.check!({ network: 'mtn', currency: 'UGX' })).toBeNull();
});

test('a history is read whole where its times are taken for East African ones', async () => {
  const at = await bench();
  await at.adapter.collect(at.collectRequest());
  const handle = at.simulator.handle.bind(at.simulator);
  at.simulator.handle = (request) => {
    for (const name of ['from', 'to']) if (request.query.has(name)) request.query.set(name, isoTime(Date.parse(request.query.get(name)!) - 3 * HOUR_MS));
    return handle(request);
  };
  expect(await at.adapter.history!({ from: at.clock.now() - HOUR_MS, until: at.clock.now() + HOUR_MS })).toHaveLength(1);
});

test('in a list that shows nothing of ours nothing is missing', async () => {
  const at = await bench();
  await at.adapter.collect(at.collectRequest());
  at.simulator.hidesDescriptions = true;
  expect((await at.adapter.status(at.asked())).kind).toBe('unknown');
});

test('a reference of theirs that stands for another payment of ours says nothing', async () => {
  const at = await bench();
  const taken = await at.adapter.collect(at.collectRequest());
  at.simulator.books.approve(at.movements(REFERENCE)[0]!);
  const { providerRef } = taken as { providerRef: string };
  expect((await at.adapter.status(at.asked({ reference: `${REFERENCE}2`, providerRef }))).kind).toBe('unknown');
  expect((await at.adapter.status(at.asked({ direction: 'disburse', providerRef }))).kind).toBe('unknown');
});

test('balance, lines and history are read', async () => {
  const at = await bench();
  expect(await at.adapter.balance!('UGX')).toBe(15_000_050);
  expect(await at.adapter.balance!('KES')).toBe(0);
  expect(await at.adapter.balance!('TZS')).toBeNull();

  at.simulator.linesDown.add('airtel UGX');
  expect(await at.adapter.check!({ network: 'mtn', currency: 'UGX' })).toBe('up');
  expect(await at.adapter.check!({ network: 'airtel', currency: 'UGX' })).toEqual({ down: 'Service temporarily unavailable' });
  expect(await at.adapter.check!({ network: 'safaricom', currency: 'KES' })).toBeNull();

  await at.adapter.collect(at.collectRequest());
  at.simulator.linesDown.clear();
  await at.adapter.disburse(at.disburseRequest({ reference: `${REFERENCE}2` }));
  at.simulator.books.approve(at.movements(REFERENCE)[0]!);
  const span = { from: at.clock.now() - HOUR_MS, until: at.clock.now() + 1 };
  expect(await at.adapter.history!(span)).toMatchObject([
    { direction: 'disburse', reference: `${REFERENCE}2`, status: 'pending', amountMinor: AMOUNT_MINOR, currency: 'UGX' },
    { direction: 'collect', reference: REFERENCE, status: 'completed', amountMinor: AMOUNT_MINOR, currency: 'UGX' },
  ]);
  expect(await at.adapter.history!({ from: 0, until: at.clock.now() })).toEqual([]);
});

test('a history of more calls than DGateway takes in a minute waits as long as it is told, and is whole', async () => {
  const at = await bench();
  for (let index = 0; index < 450; index++) at.simulator.books.open({ reference: `other-${index}`, direction: 'collect', amount: 100, currency: 'UGX', msisdn: '256772123456' });
  at.simulator.callsPerMinute = 2;
  const reading = at.adapter.history!({ from: at.clock.now() - HOUR_MS, until: at.clock.now() + 1 });
  for (const minute of [1, 2]) {
    await until(() => at.log.length === minute);
    at.clock.advance(MINUTE_MS - 1);
    expect(at.line.requests).toHaveLength(3 * minute);
    at.clock.advance(1);
  }
  expect(await reading).toHaveLength(450);
  expect(at.log[0]).toContain('asking again in 60 s');
});

test('a history is given up when DGateway has nothing to say in the end, or says to come back another day', async () => {
  const at = await bench();
  const span = { from: at.clock.now() - HOUR_MS, until: at.clock.now() + 1 };
  const handle = at.simulator.handle.bind(at.simulator);
  at.simulator.handle = (request) => ({ ...handle(request), status: 429, headers: { 'Retry-After': '86400' } });
  await expect(at.adapter.history!(span)).rejects.toThrow('429');
  at.simulator.handle = (request) => ({ ...handle(request), status: 429 });
  const known = at.log.length;
  const reading = expect(at.adapter.history!(span)).rejects.toThrow('429');
  for (let waits = 1; waits <= 5; waits++) {
    await until(() => at.log.length === known + waits);
    at.clock.advance(MINUTE_MS);
  }
  await reading;
  expect(at.line.requests).toHaveLength(7);
});

test('a payment that is asked about waits for nobody', async () => {
  const at = await bench();
  at.simulator.callsPerMinute = 0;
  expect((await at.adapter.status(at.asked())).kind).toBe('unknown');
});

test('a test key carries no live payment, and the operator hears it', async () => {
  const at = await bench({ DGATEWAY_API_KEY: 'dgw_test_simulated' });
  expect(at.adapter.mode).toBe('test');
  expect(at.log.join('\n')).toContain('DGATEWAY_API_KEY is a test key');
});
