import { expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { type Gateway, openGateway } from '../support/gateway.ts';

async function payOut(gateway: Gateway, phone: string, body: object = {}) {
  return gateway.post('/v1/payments/disburse', { amount: 5_000, currency: 'UGX', phone_number: phone, ...body }, 'test');
}

async function statusOf(gateway: Gateway, reference: string): Promise<string> {
  return (await gateway.get(`/v1/payments/transactions/${reference}`, 'test')).json().data.status as string;
}

test.each([
  ['00001 is paid', '256772000001', 'completed'],
  ['00002 fails: the float is empty', '256772000002', 'failed'],
  ['00004 stays pending for good', '256772000004', 'pending'],
  ['00005 loses the answer, and is paid', '256772000005', 'completed'],
  ['00006 is paid only after hours', '256772000006', 'pending'],
  ['00007 is paid, with noisy callbacks', '256772000007', 'completed'],
  ['ioTec’s …77x is paid', '0111777771', 'completed'],
  ['ioTec’s …99x fails', '0111777991', 'failed'],
  ['ioTec’s …78x stays pending', '0111777781', 'pending'],
  ['ioTec’s …79x is sent to the operator, then paid', '0111777791', 'completed'],
  ['any other number is paid', '0772123456', 'completed'],
])('a test payout to %s', async (_, phone, status) => {
  const gateway = await openGateway();
  const answer = await payOut(gateway, phone);
  expect(answer.json().data.status, answer.body).toBe('pending');
  await gateway.pass(MINUTE_MS);
  expect(await statusOf(gateway, answer.json().data.reference)).toBe(status);
  expect(await gateway.problems()).toEqual([]);
});

test('a test payout to 00003 is refused at once', async () => {
  const gateway = await openGateway();
  const answer = await payOut(gateway, '256772000003');
  expect(answer.json().error).toEqual({ code: 'PROVIDER_ERROR', message: 'The recipient’s wallet cannot receive money' });
  expect(await gateway.problems()).toEqual([]);
});

test('a payout does not expire: 00006 is paid after four hours, once', async () => {
  const gateway = await openGateway();
  const { reference } = (await payOut(gateway, '256772000006')).json().data;
  await gateway.pass(4 * HOUR_MS);
  expect(await statusOf(gateway, reference)).toBe('pending');
  await gateway.pass(MINUTE_MS);
  expect(await statusOf(gateway, reference)).toBe('completed');
  expect(await gateway.problems()).toEqual([]);
});

test('the sandbox’s float is without limit, and no test wallet pays for it', async () => {
  const gateway = await openGateway();
  const collected = await gateway.post('/v1/payments/collect', { amount: 1_000, currency: 'UGX', phone_number: '0772123456' }, 'test');
  expect(collected.statusCode).toBe(200);
  await gateway.pass(10 * SECOND_MS);
  expect(await gateway.balance('UGX', 'test')).toBe(920);
  for (let index = 0; index < 3; index++) expect((await payOut(gateway, '0772123456', { amount: 1_000_000_000 })).statusCode).toBe(200);
  await gateway.pass(10 * SECOND_MS);
  expect(await gateway.balance('UGX', 'test')).toBe(920);
  expect(await gateway.problems()).toEqual([]);
});

test('shillings of Kenya, Tanzania and francs of Rwanda are paid out by the sandbox, relworx only live', async () => {
  const gateway = await openGateway();
  for (const [currency, phone] of [['KES', '0712345678'], ['TZS', '0712345678'], ['RWF', '0788123456']]) {
    expect((await payOut(gateway, phone!, { currency })).json().data, currency).toMatchObject({ provider: 'sandbox', status: 'pending' });
  }
  expect((await payOut(gateway, '0712345678', { currency: 'KES', provider: 'relworx' })).json().error.code).toBe('TEST_MODE');
});

test('verify asks the network, at most every three seconds', async () => {
  const gateway = await openGateway();
  const { reference } = (await payOut(gateway, '0772123456')).json().data;
  gateway.clock.advance(4 * SECOND_MS);
  await gateway.jobs.runDue();
  const answer = await gateway.post('/v1/webhooks/verify', { reference }, 'test');
  expect(answer.json().data).toMatchObject({ status: 'completed', direction: 'disburse', amount: 5_000 });
});
