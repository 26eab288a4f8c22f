import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { runCli, type ServerProcess, startServe } from '../../serve-process.ts';
import { temporaryFolder } from '../support/temporary-store.ts';
import { openReceiver } from './receiver.ts';

const ROUNDS = 6;
const PAYMENTS_EACH = 30;
const TIMEOUT_MS = 300_000;

const ENV = { SANDBOX_APPROVAL_MS: '20', RATE_LIMIT_FACTOR: '0', OUTBOUND_ALLOW_CIDRS: '127.0.0.0/8' };

test('a server that is killed again and again tells every payment it settled, each under one id', { timeout: TIMEOUT_MS }, async () => {
  const file = join(temporaryFolder(), 'malipo.db');
  const receiver = await openReceiver((_heard, response) => void setTimeout(() => response.end(), 5));
  const { test_key: key } = await runCli<{ test_key: string }>(file, 'app', 'create', '--name', 'Duka', '--slug', 'duka', '--webhook-url', receiver.url);

  for (let round = 0; round < ROUNDS; round++) {
    const server = await start(file);
    const buying = Promise.allSettled(Array.from({ length: PAYMENTS_EACH }, () => pay(server, key)));
    await sleep(80 * (round + 1));
    await server.kill();
    await buying;
  }

  const last = await start(file);
  const database = new Database(file, { readonly: true });
  onTestFinished(() => void database.close());
  const count = (sql: string) => database.prepare(sql).pluck().get() as number;
  while (count(`SELECT (SELECT count(*) FROM payments WHERE status = 'pending') + (SELECT count(*) FROM webhook_deliveries WHERE status = 'pending')`) > 0) await sleep(50);
  await last.stop();

  const settled = database.prepare(`SELECT reference, status FROM payments ORDER BY reference`).all() as { reference: string; status: string }[];
  const told = new Map(receiver.heard.map(({ body, headers }) => [headers['webhook-id'], body]));
  expect(settled.length).toBeGreaterThan(0);
  expect([...told.values()].map(({ reference, status }) => ({ reference, status })).toSorted(byReference)).toEqual(settled);
});

async function start(file: string): Promise<ServerProcess> {
  const server = await startServe(file, ENV);
  onTestFinished(() => server.kill());
  return server;
}

function pay(server: ServerProcess, key: string): Promise<Response> {
  const body = JSON.stringify({ amount: 5_000, currency: 'UGX', phone_number: '256772123456' });
  return fetch(`${server.url}/v1/payments/collect`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-api-key': key }, body });
}

function byReference(one: { reference: unknown }, other: { reference: unknown }): number {
  return String(one.reference) < String(other.reference) ? -1 : 1;
}
