import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { statement } from '../../../server/db/store.ts';
import { type Gateway, openGateway, PHONE } from '../support/gateway.ts';
import { PayingProvider, TOKEN, TOKEN_HEADER } from '../support/paying-provider.ts';

const PAYOUT = { amount: 25_000, currency: 'UGX', phone_number: PHONE, provider: 'iotec', description: 'Loan disbursement' };

/** A gateway whose app has UGX 92,000. */
async function openWithMoney(options: Parameters<typeof openGateway>[0] = {}): Promise<Gateway> {
  const gateway = await openGateway(options);
  await gateway.earn(92_000);
  return gateway;
}

async function payOut(gateway: Gateway, body: object = {}): Promise<string> {
  const answer = await gateway.post('/v1/payments/disburse', { ...PAYOUT, ...body });
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json().data.reference as string;
}

async function transaction(gateway: Gateway, reference: string): Promise<Record<string, unknown>> {
  return (await gateway.get(`/v1/payments/transactions/${reference}`)).json().data as Record<string, unknown>;
}

const reviews = statement<{ kind: string }>('SELECT kind FROM reviews');

test('a payout answers what the reference says, word for word', async () => {
  const gateway = await openWithMoney();
  const answer = await gateway.post('/v1/payments/disburse', PAYOUT);
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toEqual({
    data: { reference: expect.stringMatching(/^dgw_[0-9A-Za-z]{24,32}$/), provider: 'iotec', status: 'pending', amount: 25_000, currency: 'UGX' },
    message: 'Disbursement initiated',
  });
});

test('the money is held before the provider hears of it, and gone when the provider says so; no fee is taken', async () => {
  const gateway = await openWithMoney();
  let balanceAtTheProvider = -1;
  gateway.provider.onDisburse = async (request) => {
    balanceAtTheProvider = await gateway.balance();
    return gateway.provider.takes(request);
  };
  const reference = await payOut(gateway);
  expect(balanceAtTheProvider).toBe(67_000);
  expect(await gateway.problems()).toEqual([]);

  gateway.provider.paysOut(gateway.clock.now());
  await gateway.pass(15 * SECOND_MS);
  expect(await transaction(gateway, reference)).toMatchObject({
    status: 'completed', direction: 'disburse', amount: 25_000, platform_fee: 0, net_amount: 25_000, provider_ref: `their-${reference}`,
  });
  expect(await gateway.balance()).toBe(67_000);
  expect(gateway.provider.sent).toHaveLength(1);
  expect(gateway.provider.sent[0]).toMatchObject({ reference, amountMinor: 2_500_000, currency: 'UGX', phone: PHONE, network: 'mtn' });
  expect(await gateway.problems()).toEqual([]);
});

test('more than the wallet holds is INSUFFICIENT_BALANCE: nothing is written and nobody is called', async () => {
  const gateway = await openWithMoney();
  const before = (await gateway.get('/v1/payments/transactions')).json().meta.total;
  const answer = await gateway.post('/v1/payments/disburse', { ...PAYOUT, amount: 92_001 }, 'live', { 'idempotency-key': 'big' });
  expect(answer.statusCode).toBe(400);
  expect(answer.json().error).toEqual({ code: 'INSUFFICIENT_BALANCE', message: 'The iotec wallet holds 92000 UGX; 92001 UGX is needed' });
  expect((await gateway.get('/v1/payments/transactions')).json().meta.total).toBe(before);
  expect(gateway.provider.sent).toEqual([]);
  // Nothing exists that could be replayed: once there is money, the same key pays.
  await gateway.earn(92_000);
  expect((await gateway.post('/v1/payments/disburse', { ...PAYOUT, amount: 92_001 }, 'live', { 'idempotency-key': 'big' })).statusCode).toBe(200);
  expect(await gateway.problems()).toEqual([]);
});

test('money of one provider does not pay out at another', async () => {
  const gateway = await openWithMoney({ providers: [new PayingProvider('iotec'), new PayingProvider('relworx')] });
  const answer = await gateway.post('/v1/payments/disburse', { ...PAYOUT, provider: 'relworx' });
  expect(answer.json().error.code).toBe('INSUFFICIENT_BALANCE');
});

test('payouts that come at the same moment never overdraw the wallet', async () => {
  const gateway = await openWithMoney();
  const answers = await Promise.all(Array.from({ length: 12 }, () => gateway.post('/v1/payments/disburse', PAYOUT)));
  expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(3);
  expect(answers.filter((answer) => answer.json().error?.code === 'INSUFFICIENT_BALANCE')).toHaveLength(9);
  expect(gateway.provider.sent).toHaveLength(3);
  expect(await gateway.balance()).toBe(17_000);
  expect(await gateway.problems()).toEqual([]);
});

test('a definite refusal answers PROVIDER_ERROR and puts the money back in the same commit', async () => {
  const gateway = await openWithMoney();
  gateway.provider.onDisburse = () => ({ kind: 'refused', code: 'failed', reason: 'Recipient is barred' });
  const answer = await gateway.post('/v1/payments/disburse', PAYOUT);
  expect(answer.statusCode).toBe(400);
  expect(answer.json().error).toEqual({ code: 'PROVIDER_ERROR', message: 'Recipient is barred' });
  expect(await gateway.balance()).toBe(92_000);
  const { data } = (await gateway.get('/v1/payments/transactions?direction=disburse')).json();
  expect(data).toMatchObject([{ status: 'failed', failure_reason: 'Recipient is barred' }]);
  expect(await gateway.problems()).toEqual([]);
});

test('a payout whose answer was lost keeps its hold for as long as it takes, and is never sent again', async () => {
  const gateway = await openWithMoney();
  gateway.provider.onDisburse = (request) => {
    gateway.provider.takes(request);
    throw new Error('socket hang up');
  };
  const reference = await payOut(gateway);
  for (let day = 0; day < 30; day++) await gateway.pass(DAY_MS);
  expect(await transaction(gateway, reference)).toMatchObject({ status: 'pending' });
  expect(await gateway.balance()).toBe(67_000);
  expect(await gateway.problems()).toEqual([]);

  gateway.provider.paysOut(gateway.clock.now());
  await gateway.pass(6 * HOUR_MS);
  expect(await transaction(gateway, reference)).toMatchObject({ status: 'completed' });
  expect(await gateway.balance()).toBe(67_000);
  expect(gateway.provider.sent).toHaveLength(1);
  expect(await gateway.problems()).toEqual([]);
});

test('a provider that does not answer in time leaves the payout pending', async () => {
  const gateway = await openWithMoney();
  let sent = () => {};
  const beingSent = new Promise<void>((resolve) => (sent = resolve));
  gateway.provider.onDisburse = () => {
    sent();
    return new Promise(() => undefined);
  };
  const answering = payOut(gateway);
  await beingSent;
  gateway.clock.advance(10 * SECOND_MS);
  const reference = await answering;
  expect(await transaction(gateway, reference)).toMatchObject({ status: 'pending' });
  expect(await gateway.balance()).toBe(67_000);
});

test('a payout the provider never got is released only when its not knowing is final', async () => {
  const gateway = await openWithMoney();
  gateway.provider.onDisburse = () => ({ kind: 'unknown', reason: 'connection refused' });
  const reference = await payOut(gateway);
  await gateway.pass(4 * MINUTE_MS);
  expect(await transaction(gateway, reference)).toMatchObject({ status: 'pending' });
  expect(await gateway.balance()).toBe(67_000);
  await gateway.pass(4 * MINUTE_MS);
  expect(await transaction(gateway, reference)).toMatchObject({ status: 'failed', failure_reason: 'The request did not reach the provider; nothing was paid out' });
  expect(await gateway.balance()).toBe(92_000);
  expect(await gateway.problems()).toEqual([]);
});

test('what the provider once took is not released because it cannot find it later', async () => {
  const gateway = await openWithMoney();
  const reference = await payOut(gateway);
  gateway.provider.says = { kind: 'not_found' };
  await gateway.pass(2 * DAY_MS);
  expect(await transaction(gateway, reference)).toMatchObject({ status: 'pending' });
  expect(await gateway.balance()).toBe(67_000);
});

test('a server that dies between holding and hearing asks about the payout after its restart', async () => {
  const first = await openWithMoney();
  let sent = () => {};
  const beingSent = new Promise<void>((resolve) => (sent = resolve));
  first.provider.onDisburse = (request) => {
    first.provider.takes(request);
    sent();
    return new Promise(() => undefined);
  };
  void first.post('/v1/payments/disburse', PAYOUT).catch(() => undefined);
  await beingSent;
  const second = await openGateway({ databaseUrl: first.databaseUrl, clock: first.clock, providers: [first.provider] });
  first.provider.paysOut(first.clock.now());
  // The first server's own deadline passes too: it is not dead enough to stop its timers.
  await second.pass(15 * SECOND_MS);
  expect((await first.get('/v1/payments/transactions?direction=disburse')).json().data).toMatchObject([{ status: 'completed' }]);
  expect(await first.balance()).toBe(67_000);
  expect(first.provider.sent).toHaveLength(1);
  expect(await second.problems()).toEqual([]);
});

test('a server that was held up since its commit does not send what may be released already', async () => {
  const gateway = await openWithMoney();
  const { store } = gateway;
  const write = store.write.bind(store);
  store.write = (async (command: Parameters<typeof write>[0]) => {
    const answer = await write(command);
    store.write = write;
    gateway.clock.advance(10 * MINUTE_MS);
    return answer;
  }) as typeof store.write;
  const answer = await gateway.post('/v1/payments/disburse', PAYOUT);
  expect(answer.json().error).toMatchObject({ code: 'PROVIDER_ERROR' });
  expect(gateway.provider.sent).toEqual([]);
  expect(await gateway.balance()).toBe(92_000);
  expect(await gateway.problems()).toEqual([]);
});

test('a payout that fails at the provider comes back to the wallet', async () => {
  const gateway = await openWithMoney();
  const reference = await payOut(gateway);
  gateway.provider.failsPayout('Recipient limit reached');
  const called = await gateway.post('/v1/webhooks/iotec', { reference }, 'live', { [TOKEN_HEADER]: TOKEN });
  expect(called.statusCode).toBe(200);
  await gateway.pass(0);
  expect(await transaction(gateway, reference)).toMatchObject({ status: 'failed', failure_reason: 'Recipient limit reached' });
  expect(await gateway.balance()).toBe(92_000);
  expect(await gateway.problems()).toEqual([]);
});

test('a payout that was released and turns out to have been paid is for a person, and moves nothing', async () => {
  const gateway = await openWithMoney();
  const reference = await payOut(gateway);
  gateway.provider.failsPayout('Timed out at the network');
  await gateway.pass(15 * SECOND_MS);
  expect(await gateway.balance()).toBe(92_000);
  gateway.provider.paysOut(gateway.clock.now());
  await gateway.pass(DAY_MS + HOUR_MS);
  expect(await transaction(gateway, reference)).toMatchObject({ status: 'failed' });
  expect(await gateway.balance()).toBe(92_000);
  expect(await gateway.store.read.all(reviews)).toEqual([{ kind: 'paid_after_release' }]);
  expect(await gateway.problems()).toEqual([]);
});

test('a payout the provider reports with another amount keeps its hold and is for a person', async () => {
  const gateway = await openWithMoney();
  const reference = await payOut(gateway);
  gateway.provider.paysOut(gateway.clock.now(), { amountMinor: 2_600_000 });
  await gateway.pass(15 * SECOND_MS);
  expect(await transaction(gateway, reference)).toMatchObject({ status: 'pending' });
  expect(await gateway.balance()).toBe(67_000);
  expect(await gateway.store.read.all(reviews)).toEqual([{ kind: 'amount_mismatch' }]);
  expect(await gateway.problems()).toEqual([]);
});

test('the same key pays once, for a retry as for a twin at the same moment', async () => {
  const gateway = await openWithMoney();
  const key = { 'idempotency-key': 'loan-12' };
  const [one, other] = await Promise.all([gateway.post('/v1/payments/disburse', PAYOUT, 'live', key), gateway.post('/v1/payments/disburse', PAYOUT, 'live', key)]);
  const again = await gateway.post('/v1/payments/disburse', PAYOUT, 'live', key);
  expect(other.json()).toEqual(one.json());
  expect(again.json()).toEqual(one.json());
  expect(again.headers['idempotent-replayed']).toBe('true');
  expect(gateway.provider.sent).toHaveLength(1);
  const changed = await gateway.post('/v1/payments/disburse', { ...PAYOUT, amount: 26_000 }, 'live', key);
  expect(changed.json().error.code).toBe('IDEMPOTENCY_CONFLICT');
});

test.each([
  ['no amount', { amount: undefined }, 'VALIDATION_ERROR'],
  ['a negative amount', { amount: -1 }, 'VALIDATION_ERROR'],
  ['a fraction of a shilling', { amount: 0.5 }, 'VALIDATION_ERROR'],
  ['an amount beyond counting', { amount: 1e300 }, 'VALIDATION_ERROR'],
  ['no phone', { phone_number: '' }, 'VALIDATION_ERROR'],
  ['a phone of letters', { phone_number: 'jane', currency: 'XXX' }, 'INVALID_PHONE'],
  ['a phone of another country', { phone_number: '254712345678' }, 'INVALID_PHONE'],
  ['a sandbox number', { phone_number: '256772000001', provider: 'nobody' }, 'TEST_NUMBER_ON_LIVE_KEY'],
  ['an unknown currency', { currency: 'XXX', provider: 'nobody' }, 'INVALID_CURRENCY'],
  ['an unknown provider', { provider: 'nobody' }, 'INVALID_PROVIDER'],
  ['Stripe', { provider: 'stripe' }, 'INVALID_PROVIDER'],
  ['Stripe in dollars', { provider: 'stripe', currency: 'USD' }, 'INVALID_PROVIDER'],
  ['Dukuzi, which only collects', { provider: 'dukuzi', currency: 'TZS', phone_number: '255712345678' }, 'INVALID_PROVIDER'],
  ['dollars, which no phone takes', { provider: undefined, currency: 'USD' }, 'INVALID_CURRENCY'],
  ['a currency the provider cannot do', { currency: 'KES', phone_number: '254712345678' }, 'INVALID_CURRENCY'],
  ['a provider without credentials', { provider: 'relworx' }, 'PROVIDER_ERROR'],
])('%s is refused by its code', async (_, change, code) => {
  const gateway = await openGateway();
  const answer = await gateway.post('/v1/payments/disburse', { ...PAYOUT, ...change });
  expect(answer.statusCode).toBe(400);
  expect(answer.json().error.code, answer.body).toBe(code);
  expect(gateway.provider.sent).toEqual([]);
});

test('the thirty-first payout in a minute waits', async () => {
  const gateway = await openGateway({ env: { RATE_LIMIT_FACTOR: '1' } });
  for (let index = 0; index < 30; index++) expect((await gateway.post('/v1/payments/disburse', PAYOUT, 'test')).statusCode).toBe(200);
  const answer = await gateway.post('/v1/payments/disburse', PAYOUT, 'test');
  expect(answer.statusCode).toBe(429);
  expect(answer.json().error.code).toBe('RATE_LIMIT');
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
});

test('who was paid out is nobody’s business: the public status knows only payments in', async () => {
  const gateway = await openWithMoney();
  const reference = await payOut(gateway);
  expect((await gateway.app.inject({ url: `/api/store/status/${reference}` })).statusCode).toBe(404);
});

test('another app, and the other mode, find no payout of yours', async () => {
  const gateway = await openWithMoney();
  const reference = await payOut(gateway);
  const other = await gateway.makeApp('other');
  const url = `/v1/payments/transactions/${reference}`;
  expect((await gateway.get(url, 'test')).statusCode).toBe(404);
  expect((await gateway.app.inject({ url, headers: { 'x-api-key': other.live } })).statusCode).toBe(404);
});
