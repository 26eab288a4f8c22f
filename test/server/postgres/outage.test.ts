/**
 * The database goes away under load: connections are cut, and the whole server crashes and recovers. Whoever was told
 * that a payment was taken finds it; nobody is charged twice; what cannot be done is answered 503 at once, and
 * the server goes on by itself when the database is back.
 */
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../../server/db/open.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import { type ServerProcess, startServe } from '../../serve-process.ts';
import { runMalipo } from '../cli/run-malipo.ts';
import { rows } from '../support/database.ts';
import { ownPostgres } from '../support/own-postgres.ts';
import { temporaryDatabase } from '../support/temporary-store.ts';
import { until } from '../support/until.ts';

const ENV = { MALIPO_SECRET: 'the secret of this outage', RATE_LIMIT_FACTOR: '0', SANDBOX_APPROVAL_MS: '20' };
const BUYERS = 8;

interface Load {
  /** By idempotency key: the reference it was acknowledged with, by whichever server and however often it was asked. */
  acknowledged: Map<string, Set<string>>;
  /** Statuses of answers that were no acknowledgement. */
  refusals: number[];
  stop(): Promise<void>;
}

/** Buyers who go on paying; each asks again, with its key, until it is acknowledged. */
function load(servers: readonly ServerProcess[], key: string): Load {
  const acknowledged = new Map<string, Set<string>>();
  const refusals: number[] = [];
  let going = true;
  const buyer = async (number: number) => {
    for (let order = 0; going; order++) {
      const idempotencyKey = `buyer-${number}-order-${order}`;
      for (let attempt = 0; ; attempt++) {
        const { url } = servers[(number + attempt) % servers.length]!;
        const answer = await fetch(`${url}/v1/payments/collect`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-api-key': key, 'idempotency-key': idempotencyKey },
          body: JSON.stringify({ amount: 1_000, currency: 'UGX', phone_number: '256772100001' }),
        });
        const body = (await answer.json()) as { data: { reference: string } };
        if (answer.status === 200) {
          acknowledged.set(idempotencyKey, (acknowledged.get(idempotencyKey) ?? new Set()).add(body.data.reference));
          break;
        }
        refusals.push(answer.status);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  };
  const buyers = Promise.all(Array.from({ length: BUYERS }, (_, number) => buyer(number)));
  return {
    acknowledged,
    refusals,
    stop: async () => {
      going = false;
      await buyers;
    },
  };
}

async function shopOn(databaseUrl: string): Promise<{ servers: ServerProcess[]; key: string }> {
  const made = await runMalipo(['app', 'create', '--name', 'Duka', '--slug', 'duka', '--json'], { ...ENV, DATABASE_URL: databaseUrl });
  const key = made.json().test_key as string;
  const servers = await Promise.all([startServe(databaseUrl, ENV), startServe(databaseUrl, ENV)]);
  onTestFinished(async () => void (await Promise.all(servers.map((server) => server.kill()))));
  return { servers, key };
}

async function expectNothingLost(databaseUrl: string, { acknowledged }: Load): Promise<void> {
  const store = await openStore(databaseUrl);
  onTestFinished(() => store.close());
  const found = await rows<{ reference: string; key: string }>(store, 'SELECT p.reference, i.key FROM idempotency_keys i JOIN payments p ON p.id = i.payment_id');
  const byKey = new Map(found.map(({ key, reference }) => [key, reference]));
  for (const [key, references] of acknowledged) expect([...references], key).toEqual([byKey.get(key)]);
  expect(await rows(store, 'SELECT count(*) AS surplus FROM payments p LEFT JOIN idempotency_keys i ON i.payment_id = p.id WHERE i.key IS NULL')).toEqual([{ surplus: 0 }]);
  // Jobs that were cut off come again when their leases end; that each payment in doubt has one is a rule of these too.
  expect(await verifyBooks(store.read)).toEqual([]);
}

test('connections that are cut under load, again and again, cost nobody a payment', async () => {
  const databaseUrl = await temporaryDatabase();
  const { servers, key } = await shopOn(databaseUrl);
  const buying = load(servers, key);
  const operator = new pg.Client({ connectionString: databaseUrl });
  operator.on('error', () => undefined);
  await operator.connect();
  for (let round = 1; round <= 6; round++) {
    await until(() => buying.acknowledged.size >= round * 20);
    await operator.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()');
  }
  await until(() => buying.acknowledged.size >= 150);
  await buying.stop();
  await operator.end();
  await expectNothingLost(databaseUrl, buying);
});

test('a database server that crashes under load and recovers finds both servers waiting, and nothing lost or doubled', async () => {
  const postgres = await ownPostgres({ durable: true });
  const { databaseUrl } = postgres;
  const { servers, key } = await shopOn(databaseUrl);
  const buying = load(servers, key);
  for (let crashes = 1; crashes <= 3; crashes++) {
    await until(() => buying.acknowledged.size >= crashes * 30);
    await postgres.crash();
  }
  await until(() => buying.acknowledged.size >= 150);
  await buying.stop();
  expect(buying.refusals.length).toBeGreaterThan(0);
  expect(buying.refusals.every((status) => [409, 503].includes(status))).toBe(true);
  await expectNothingLost(databaseUrl, buying);
});
