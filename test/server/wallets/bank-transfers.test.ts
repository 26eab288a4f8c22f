import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { WithdrawalDesk } from '../../../server/wallets/operator.ts';
import { type Gateway, openGateway, SECRET } from '../support/gateway.ts';

const TRANSFER = {
  amount: 50_000, currency: 'UGX', method: 'bank_transfer', destination: '9030001234567', destination_name: 'Jane Doe', bank_name: 'Stanbic', note: 'Rent',
};

async function openWithTransfer(): Promise<Gateway & { desk: WithdrawalDesk }> {
  const gateway = await openGateway();
  await gateway.earn(92_000);
  const answer = await gateway.post('/v1/withdrawals', TRANSFER);
  expect(answer.statusCode, answer.body).toBe(201);
  expect(answer.json().data).toMatchObject({ id: 1, provider_slug: 'iotec', method: 'bank_transfer', destination: '9030001234567', bank_name: 'Stanbic', status: 'pending' });
  return { ...gateway, desk: new WithdrawalDesk(gateway) };
}

async function latest(gateway: Gateway): Promise<Record<string, unknown>> {
  return (await gateway.get('/v1/withdrawals')).json().data[0] as Record<string, unknown>;
}

/** Runs the command line on the gateway's database, beside it. */
async function malipo({ databaseUrl }: Gateway, ...words: string[]): Promise<{ exitCode: number; json: Record<string, unknown> }> {
  const env = { PATH: process.env.PATH, DATABASE_URL: databaseUrl, MALIPO_SECRET: SECRET };
  const run = promisify(execFile)(process.execPath, ['malipo.js', ...words, '--json'], { env });
  const { stdout, code = 0 } = await run.then((done) => ({ ...done, code: 0 }), (error: { stdout: string; code: number }) => error);
  return { exitCode: code, json: JSON.parse(stdout) };
}

test('a bank transfer waits for the operator with its money held; no provider hears of it', async () => {
  const gateway = await openWithTransfer();
  await gateway.pass(40 * 24 * 3_600_000);
  expect(await latest(gateway)).toMatchObject({ status: 'pending' });
  expect(await gateway.balance()).toBe(42_000);
  expect(gateway.provider.sent).toEqual([]);
  expect(await gateway.desk.waiting()).toMatchObject([{ id: 1, amountMinor: 5_000_000, bankName: 'Stanbic' }]);
  expect(await gateway.problems()).toEqual([]);
});

test('what the operator says was paid is gone for good', async () => {
  const gateway = await openWithTransfer();
  await gateway.desk.paid(1, 'STB-7781');
  expect(await latest(gateway)).toMatchObject({ status: 'completed', note: 'Rent' });
  expect(await gateway.balance()).toBe(42_000);
  expect(await gateway.desk.waiting()).toEqual([]);
  await expect(gateway.desk.paid(1, '')).rejects.toThrow('Withdrawal 1 is completed already');
  await expect(gateway.desk.reject(1, 'no')).rejects.toThrow('Withdrawal 1 is completed already');
  expect(await gateway.problems()).toEqual([]);
});

test('what the operator rejects is back in the wallet, with the reason in the note', async () => {
  const gateway = await openWithTransfer();
  await gateway.desk.reject(1, 'Account name does not match');
  expect(await latest(gateway)).toMatchObject({ status: 'failed', note: 'Account name does not match' });
  expect(await gateway.balance()).toBe(92_000);
  expect(await gateway.problems()).toEqual([]);
});

test('two operators end a transfer once', async () => {
  const gateway = await openWithTransfer();
  const outcomes = await Promise.allSettled([gateway.desk.paid(1, ''), gateway.desk.reject(1, 'no'), gateway.desk.paid(1, '')]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
  expect(await gateway.problems()).toEqual([]);
});

test('a withdrawal to a phone is not the operator’s to end, unless its provider makes no sense', async () => {
  const gateway = await openGateway();
  await gateway.earn(92_000);
  await gateway.post('/v1/withdrawals', { ...TRANSFER, method: 'mobile_money', destination: '256772123456' });
  const desk = new WithdrawalDesk(gateway);
  await expect(desk.reject(1, 'no')).rejects.toThrow('is being paid out by iotec');
  gateway.provider.paysOut(gateway.clock.now(), { amountMinor: 1 });
  await gateway.pass(15_000);
  expect(await desk.waiting()).toMatchObject([{ id: 1, status: 'pending', review: 'The provider says it paid 0.01 UGX' }]);
  expect(await gateway.balance()).toBe(42_000);
  await desk.paid(1, '');
  expect(await latest(gateway)).toMatchObject({ status: 'completed' });
  expect(await gateway.problems()).toEqual([]);
});

test('the command line lists, pays and rejects while the server runs', async () => {
  const gateway = await openWithTransfer();
  await gateway.post('/v1/withdrawals', { ...TRANSFER, amount: 1_000 });
  const list = await malipo(gateway, 'withdrawal', 'list');
  expect(list.json.withdrawals).toMatchObject([
    { id: 1, amount: 50_000, currency: 'UGX', bank_name: 'Stanbic', destination: '9030001234567', status: 'pending' },
    { id: 2, amount: 1_000 },
  ]);
  expect((await malipo(gateway, 'withdrawal', 'paid', '1', '--receipt', 'STB-1')).json).toMatchObject({ id: 1, status: 'completed' });
  expect((await malipo(gateway, 'withdrawal', 'reject', '2', '--reason', 'No such account')).json).toMatchObject({ id: 2, status: 'failed' });
  expect((await malipo(gateway, 'withdrawal', 'list')).json).toEqual({ withdrawals: [] });
  expect(await gateway.balance()).toBe(42_000);
  expect(await malipo(gateway, 'withdrawal', 'paid', '3')).toMatchObject({ exitCode: 1, json: { error: { code: 'NOT_FOUND' } } });
  expect(await malipo(gateway, 'withdrawal', 'paid', 'all')).toMatchObject({ exitCode: 2, json: { error: { code: 'USAGE' } } });
  expect(await malipo(gateway, 'withdrawal', 'reject', '3')).toMatchObject({ exitCode: 2 });
});
