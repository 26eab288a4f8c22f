/** Two server processes, and everything asked of both in the same moment. */
import { expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../../server/db/open.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import { runCliWith, type ServerProcess, startServe } from '../../serve-process.ts';
import { rows, walletBalance } from '../support/database.ts';
import { openGateway } from '../support/gateway.ts';
import { otherProcess } from '../support/other-process.ts';
import { temporaryDatabase } from '../support/temporary-store.ts';

const ENV = { MALIPO_SECRET: 'the secret of this race', RATE_LIMIT_FACTOR: '0', SANDBOX_APPROVAL_MS: '30' };
const ORDERS = 25;

async function twoProcesses() {
  const databaseUrl = await temporaryDatabase();
  const { id, test_key: key } = await runCliWith<{ id: number; test_key: string }>(ENV, databaseUrl, 'app', 'create', '--name', 'Duka', '--slug', 'duka');
  const servers = await Promise.all([startServe(databaseUrl, ENV), startServe(databaseUrl, ENV)]);
  onTestFinished(async () => void (await Promise.all(servers.map((server) => server.kill()))));
  const store = await openStore(databaseUrl);
  onTestFinished(() => store.close());
  const post = async ({ url }: ServerProcess, path: string, body: object, headers: Record<string, string> = {}) => {
    const answer = await fetch(url + path, { method: 'POST', headers: { 'content-type': 'application/json', 'x-api-key': key, ...headers }, body: JSON.stringify(body) });
    return { status: answer.status, data: ((await answer.json()) as { data?: { reference: string; status: string } }).data };
  };
  return { appId: id, servers, store, post };
}

test('one key at two processes makes one payment, and one payment that both ask about is credited once', async () => {
  const { appId, servers, store, post } = await twoProcesses();
  const everywhere = <T>(ask: (server: ServerProcess) => Promise<T>) => Promise.all([...servers, ...servers].map(ask));
  for (let order = 0; order < ORDERS; order++) {
    const body = { amount: 1_000, currency: 'UGX', phone_number: '256772100001' };
    const paid = await everywhere((server) => post(server, '/v1/payments/collect', body, { 'idempotency-key': `order-${order}` }));
    expect(paid.filter(({ status }) => status !== 200 && status !== 409)).toEqual([]);
    const references = new Set(paid.flatMap(({ data }) => data?.reference ?? []));
    expect(references.size).toBe(1);
    const [reference] = references;
    for (let isPending = true; isPending; ) {
      const asked = await everywhere((server) => post(server, '/v1/webhooks/verify', { reference }));
      isPending = asked.some(({ data }) => data!.status !== 'completed');
    }
  }
  expect(await rows(store, `SELECT count(*) AS payments FROM payments`)).toEqual([{ payments: ORDERS }]);
  expect(await rows(store, `SELECT count(*) AS settlements FROM ledger_transfers WHERE posting = 'collectSettled'`)).toEqual([{ settlements: ORDERS }]);
  expect(await walletBalance(store, { appId })).toBe(ORDERS * 920);
  expect(await verifyBooks(store.read)).toEqual([]);
});

test('one key at two processes withdraws once, and sends once', async () => {
  const gateway = await openGateway();
  await gateway.earn(92_000);
  const app = await gateway.apps.byId(gateway.appId);
  const script = new URL('../support/withdrawing-process.ts', import.meta.url);
  const processes = await Promise.all([otherProcess(script, gateway.databaseUrl), otherProcess(script, gateway.databaseUrl)]);
  for (let rent = 0; rent < 10; rent++) {
    const instruction = { app, times: 4, amountMinor: 300_000, key: `rent-${rent}` };
    const results = (await Promise.all(processes.map((each) => each.ask(instruction)))) as { sent: number; refusals: string[] }[];
    expect(results.reduce((sum, { sent }) => sum + sent, 0)).toBe(rent + 1);
    expect(results.flatMap(({ refusals }) => refusals).filter((code) => code !== 'IDEMPOTENCY_CONFLICT')).toEqual([]);
  }
  expect(await rows(gateway.store, 'SELECT count(*) AS withdrawals FROM withdrawals')).toEqual([{ withdrawals: 10 }]);
  expect(await gateway.balance()).toBe(92_000 - 10 * 3_000);
  expect(await gateway.problems()).toEqual([]);
});
