import { expect, test } from 'vitest';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { type Gateway, openGateway, PHONE } from '../support/gateway.ts';
import { otherProcess } from '../support/other-process.ts';
import { PayingProvider, TOKEN, TOKEN_HEADER } from '../support/paying-provider.ts';

const WITHDRAWAL = {
  amount: 50_000, currency: 'UGX', provider: 'iotec', method: 'mobile_money', destination: '256772123456', destination_name: 'John Doe', note: 'Monthly payout',
};
const TRANSFER = { ...WITHDRAWAL, method: 'bank_transfer', destination: '9030001234567', bank_name: 'Stanbic' };

/** A gateway whose app has UGX 92,000. */
async function openWithMoney(options: Parameters<typeof openGateway>[0] = {}): Promise<Gateway> {
  const gateway = await openGateway(options);
  await gateway.earn(92_000);
  return gateway;
}

/** The provider takes it and has paid by the time it is asked. */
function paysAtOnce({ provider, clock }: Gateway): void {
  provider.onDisburse = (request) => {
    const taken = provider.takes(request);
    provider.paysOut(clock.now());
    return taken;
  };
}

async function latest(gateway: Gateway): Promise<Record<string, unknown>> {
  return (await gateway.get('/v1/withdrawals')).json().data[0] as Record<string, unknown>;
}

test('a withdrawal to a phone is paid at once and answers what the reference says, word for word', async () => {
  const gateway = await openWithMoney();
  paysAtOnce(gateway);
  const answer = await gateway.post('/v1/withdrawals', WITHDRAWAL);
  expect(answer.statusCode).toBe(201);
  expect(answer.json()).toEqual({
    data: {
      id: 1, app_id: gateway.appId, amount: 50_000, currency: 'UGX', provider_slug: 'iotec', method: 'mobile_money', destination: '256772123456',
      destination_name: 'John Doe', bank_name: '', status: 'completed', note: 'Monthly payout', created_at: '2026-03-14T12:00:03Z',
    },
    message: 'Withdrawal disbursed successfully',
  });
  expect(gateway.provider.sent).toMatchObject([{ amountMinor: 5_000_000, phone: PHONE, network: 'mtn', description: 'Monthly payout' }]);
  expect(await gateway.balance()).toBe(42_000);
  expect(await gateway.problems()).toEqual([]);
});

test('wallets are told per provider and currency, what is on its way out is no longer in them, and nobody else sees them', async () => {
  const gateway = await openWithMoney({ providers: [new PayingProvider('iotec'), new PayingProvider('relworx')] });
  await gateway.earn(46_000, { provider: 'relworx', currency: 'KES', phone_number: '254712345678' });
  await gateway.post('/v1/withdrawals', WITHDRAWAL);
  await gateway.post('/v1/payments/disburse', { amount: 10_000, currency: 'UGX', phone_number: PHONE });
  const answer = await gateway.get('/v1/wallets');
  expect(answer.json()).toEqual({
    data: [
      { provider: 'iotec', balance: 32_000, currency: 'UGX' },
      { provider: 'relworx', balance: 46_000, currency: 'KES' },
    ],
    message: 'Wallet balances retrieved',
  });
  expect((await gateway.get('/v1/wallets', 'test')).json().data).toEqual([]);
  const other = await gateway.makeApp('other');
  expect((await gateway.app.inject({ url: '/v1/wallets', headers: { 'x-api-key': other.live } })).json().data).toEqual([]);
  expect((await gateway.app.inject({ url: '/v1/wallets' })).json().error.code).toBe('AUTHENTICATION_ERROR');
});

test('money collected at one provider is not withdrawn from another', async () => {
  const gateway = await openWithMoney({ providers: [new PayingProvider('iotec'), new PayingProvider('relworx')] });
  expect((await gateway.post('/v1/withdrawals', { ...WITHDRAWAL, provider: 'relworx' })).json().error.code).toBe('INSUFFICIENT_BALANCE');
});

test('a withdrawal the provider has not finished is pending, and is followed to its end', async () => {
  const gateway = await openWithMoney();
  const answer = await gateway.post('/v1/withdrawals', WITHDRAWAL);
  expect(answer.json()).toMatchObject({ data: { status: 'pending' }, message: 'Withdrawal initiated' });
  expect(await gateway.balance()).toBe(42_000);
  expect(await gateway.problems()).toEqual([]);
  gateway.provider.paysOut(gateway.clock.now());
  await gateway.pass(15 * SECOND_MS);
  expect(await latest(gateway)).toMatchObject({ status: 'completed', note: 'Monthly payout' });
  expect(await gateway.balance()).toBe(42_000);
  expect(await gateway.problems()).toEqual([]);
});

test('a callback about a withdrawal is a reason to ask, and changes nothing by itself', async () => {
  const gateway = await openWithMoney();
  await gateway.post('/v1/withdrawals', WITHDRAWAL);
  const callBack = () => gateway.post('/v1/webhooks/iotec', { reference: gateway.provider.sent[0]!.reference, n: Math.random() }, 'live', { [TOKEN_HEADER]: TOKEN });
  expect((await callBack()).statusCode).toBe(200);
  await gateway.pass(0);
  expect(await latest(gateway)).toMatchObject({ status: 'pending' });
  gateway.provider.paysOut(gateway.clock.now());
  await callBack();
  await gateway.pass(0);
  expect(await latest(gateway)).toMatchObject({ status: 'completed' });
});

test('a withdrawal that fails says why in its note, and its money is back', async () => {
  const gateway = await openWithMoney();
  gateway.provider.onDisburse = () => ({ kind: 'refused', code: 'failed', reason: 'Recipient is barred' });
  const refused = await gateway.post('/v1/withdrawals', WITHDRAWAL);
  expect(refused.statusCode).toBe(201);
  expect(refused.json()).toMatchObject({ data: { status: 'failed', note: 'Recipient is barred' }, message: 'Withdrawal failed' });
  expect(await gateway.balance()).toBe(92_000);

  gateway.provider.onDisburse = (request) => gateway.provider.takes(request);
  await gateway.post('/v1/withdrawals', WITHDRAWAL);
  gateway.provider.failsPayout('Limit reached');
  await gateway.pass(15 * SECOND_MS);
  expect(await latest(gateway)).toMatchObject({ status: 'failed', note: 'Limit reached' });
  expect(await gateway.balance()).toBe(92_000);
  expect(await gateway.problems()).toEqual([]);
});

test('a withdrawal whose answer was lost keeps its hold for as long as it takes, and is never sent again', async () => {
  const gateway = await openWithMoney();
  gateway.provider.onDisburse = (request) => {
    gateway.provider.takes(request);
    throw new Error('socket hang up');
  };
  expect((await gateway.post('/v1/withdrawals', WITHDRAWAL)).json().data.status).toBe('pending');
  for (let day = 0; day < 20; day++) await gateway.pass(DAY_MS);
  expect(await latest(gateway)).toMatchObject({ status: 'pending' });
  expect(await gateway.balance()).toBe(42_000);
  gateway.provider.paysOut(gateway.clock.now());
  await gateway.pass(DAY_MS);
  expect(await latest(gateway)).toMatchObject({ status: 'completed' });
  expect(gateway.provider.sent).toHaveLength(1);
  expect(await gateway.problems()).toEqual([]);
});

test('a withdrawal the provider never got is released only when its not knowing is final', async () => {
  const gateway = await openWithMoney();
  gateway.provider.onDisburse = () => ({ kind: 'unknown', reason: 'connection refused' });
  await gateway.post('/v1/withdrawals', WITHDRAWAL);
  await gateway.pass(4 * MINUTE_MS);
  expect(await latest(gateway)).toMatchObject({ status: 'pending' });
  await gateway.pass(4 * MINUTE_MS);
  expect(await latest(gateway)).toMatchObject({ status: 'failed', note: 'The request did not reach the provider; nothing was paid out' });
  expect(await gateway.balance()).toBe(92_000);
  expect(await gateway.problems()).toEqual([]);
});

test('more than the wallet holds is INSUFFICIENT_BALANCE, and leaves no withdrawal behind', async () => {
  const gateway = await openWithMoney();
  for (const body of [{ ...WITHDRAWAL, amount: 92_001 }, { ...TRANSFER, amount: 92_001 }]) {
    const answer = await gateway.post('/v1/withdrawals', body);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error.code).toBe('INSUFFICIENT_BALANCE');
  }
  expect((await gateway.get('/v1/withdrawals')).json()).toMatchObject({ data: [], meta: { total: 0 } });
  expect(gateway.provider.sent).toEqual([]);
});

test('withdrawals and payouts that come at the same moment never overdraw the wallet', async () => {
  const gateway = await openWithMoney();
  paysAtOnce(gateway);
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => {
      if (index % 3 === 0) return gateway.post('/v1/withdrawals', { ...WITHDRAWAL, amount: 20_000 });
      if (index % 3 === 1) return gateway.post('/v1/withdrawals', { ...TRANSFER, amount: 20_000 });
      return gateway.post('/v1/payments/disburse', { amount: 20_000, currency: 'UGX', phone_number: PHONE });
    }),
  );
  expect(answers.filter(({ statusCode }) => statusCode < 300)).toHaveLength(4);
  expect(answers.filter((answer) => answer.json().error?.code === 'INSUFFICIENT_BALANCE')).toHaveLength(16);
  expect(await gateway.balance()).toBe(12_000);
  expect(await gateway.problems()).toEqual([]);
});

test('two servers on one database never overdraw the wallet together', async () => {
  const gateway = await openWithMoney();
  const app = await gateway.apps.byId(gateway.appId);
  const script = new URL('../support/withdrawing-process.ts', import.meta.url);
  const processes = await Promise.all([otherProcess(script, gateway.databaseUrl), otherProcess(script, gateway.databaseUrl)]);
  const instruction = { app, times: 40, amountMinor: 300_000 };
  const results = (await Promise.all(processes.map((each) => each.ask(instruction)))) as { made: number; refusals: string[]; sent: number }[];
  // 92,000 is thirty times 3,000, and 2,000.
  expect(results.reduce((sum, { made }) => sum + made, 0)).toBe(30);
  expect(results.reduce((sum, { sent }) => sum + sent, 0)).toBe(30);
  expect(results.flatMap(({ refusals }) => refusals).filter((code) => code !== 'INSUFFICIENT_BALANCE')).toEqual([]);
  expect(await gateway.balance()).toBe(2_000);
  expect(await gateway.problems()).toEqual([]);
});

test('the same key withdraws once', async () => {
  const gateway = await openWithMoney();
  paysAtOnce(gateway);
  const key = { 'idempotency-key': 'march' };
  const [one, other] = await Promise.all([gateway.post('/v1/withdrawals', WITHDRAWAL, 'live', key), gateway.post('/v1/withdrawals', WITHDRAWAL, 'live', key)]);
  const again = await gateway.post('/v1/withdrawals', WITHDRAWAL, 'live', key);
  expect([other.json(), again.json()]).toEqual([one.json(), one.json()]);
  expect(again.statusCode).toBe(201);
  expect(gateway.provider.sent).toHaveLength(1);
  expect((await gateway.post('/v1/withdrawals', { ...WITHDRAWAL, amount: 1_000 }, 'live', key)).json().error.code).toBe('IDEMPOTENCY_CONFLICT');
  expect(await gateway.problems()).toEqual([]);
});

test('a test key cannot withdraw', async () => {
  const gateway = await openGateway();
  const answer = await gateway.post('/v1/withdrawals', WITHDRAWAL, 'test');
  expect(answer.statusCode).toBe(400);
  expect(answer.json().error.code).toBe('TEST_MODE');
  expect((await gateway.get('/v1/withdrawals', 'test')).json()).toMatchObject({ data: [], meta: { total: 0 } });
});

test.each([
  ['no method', { method: undefined }, 'VALIDATION_ERROR', 'method is required'],
  ['a cheque', { method: 'cheque' }, 'VALIDATION_ERROR', 'method must be mobile_money or bank_transfer'],
  ['no destination', { destination: ' ' }, 'VALIDATION_ERROR', 'destination is required'],
  ['an account that is no text', { ...TRANSFER, destination: '903\0' }, 'VALIDATION_ERROR', 'destination must not contain NUL characters'],
  ['a bank transfer without a bank', { ...TRANSFER, bank_name: ' ' }, 'VALIDATION_ERROR', 'bank_name is required for a bank transfer'],
  ['an account number for a phone', { destination: '9030001234567' }, 'INVALID_PHONE', 'destination must be digits only: 256XXXXXXXXX or 0XXXXXXXXX'],
  ['a sandbox number', { destination: '256772000001' }, 'TEST_NUMBER_ON_LIVE_KEY', undefined],
  ['an unknown currency', { ...TRANSFER, currency: 'XXX' }, 'INVALID_CURRENCY', undefined],
  ['an unknown provider', { ...TRANSFER, provider: 'nobody' }, 'INVALID_PROVIDER', undefined],
  ['Stripe to a phone', { provider: 'stripe' }, 'INVALID_PROVIDER', undefined],
  ['a provider without credentials', { provider: 'relworx' }, 'PROVIDER_ERROR', undefined],
  ['half a shilling', { amount: 0.5 }, 'VALIDATION_ERROR', undefined],
])('%s is refused by its code', async (_, change, code, message) => {
  const gateway = await openGateway();
  const answer = await gateway.post('/v1/withdrawals', { ...WITHDRAWAL, ...change });
  expect(answer.statusCode).toBe(400);
  expect(answer.json().error.code, answer.body).toBe(code);
  if (message !== undefined) expect(answer.json().error.message).toBe(message);
});

test('withdrawals are listed newest first, by page and by status', async () => {
  const gateway = await openWithMoney();
  for (let index = 0; index < 3; index++) await gateway.post('/v1/withdrawals', { ...TRANSFER, amount: 1_000 + index });
  paysAtOnce(gateway);
  await gateway.post('/v1/withdrawals', { ...WITHDRAWAL, amount: 2_000 });
  const all = (await gateway.get('/v1/withdrawals')).json();
  expect(all.data.map(({ amount }: { amount: number }) => amount)).toEqual([2_000, 1_002, 1_001, 1_000]);
  const pending = (await gateway.get('/v1/withdrawals?status=pending&per_page=2&page=2')).json();
  expect(pending.data.map(({ amount }: { amount: number }) => amount)).toEqual([1_000]);
  expect(pending.meta).toEqual({ page: 2, per_page: 2, page_size: 2, total: 3, total_pages: 2, pages: 2, has_more: false });
  expect((await gateway.get('/v1/withdrawals?status=lost')).json().error.code).toBe('VALIDATION_ERROR');
  const other = await gateway.makeApp('other');
  expect((await gateway.app.inject({ url: '/v1/withdrawals', headers: { 'x-api-key': other.live } })).json().data).toEqual([]);
});
