/** `WEB_CONCURRENCY`: several processes behind one port. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import pg from 'pg';
import { expect, test } from 'vitest';
import { startServe } from '../support/serve-process.ts';
import { temporaryDatabase, temporaryFolder } from '../support/temporary-store.ts';
import { until } from '../support/until.ts';

const ENV = { MALIPO_SECRET: 'the secret of these workers', WEB_CONCURRENCY: '2' };

/** The sessions in which a bell is held: one for each worker. */
async function bellsOf(databaseUrl: string): Promise<number[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ pid: number }>(`SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'malipo bell'`);
  await client.end();
  return rows.map(({ pid }) => pid);
}

function childOf(pid: number): number {
  const list = `/proc/${pid}/task/${pid}/children`;
  if (existsSync(list)) return Number(readFileSync(list, 'utf8').split(' ')[0]);
  const processes = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n').map((line) => line.trim().split(/ +/).map(Number));
  return processes.find(([, parent]) => parent === pid)![0]!;
}

/** Clients who connect anew for each request, until they are told to stop: each is answered or cut off, or `done` never comes. */
function connecting(address: string, clients: number) {
  let [going, answered] = [true, 0];
  const ask = () =>
    new Promise<void>((resolve) => {
      const sent = request(`${address}/healthz`, { agent: false, headers: { connection: 'close' } });
      sent.on('response', (answer) => void answer.resume().on('close', resolve)).on('error', () => setImmediate(resolve));
      sent.on('response', () => answered++).end();
    });
  const done = Promise.all(Array.from({ length: clients }, async () => { while (going) await ask(); }));
  return { answered: () => answered, stop: () => ((going = false), done) };
}

test('workers answer behind one port, those that are killed leave nobody waiting and are replaced, and all of them end when told to', async () => {
  const databaseUrl = await temporaryDatabase();
  const server = startServe({ ...ENV, WEB_CONCURRENCY: '3', DATABASE_URL: databaseUrl });
  const address = (await server.address()).replace('localhost', '127.0.0.1');
  let first: number[] = [];
  await until(async () => (first = await bellsOf(databaseUrl)).length === 3);
  expect((await fetch(`${address}/readyz`)).status).toBe(200);
  expect(server.output().match(/running at/g)).toHaveLength(1);

  const clients = connecting(address, 64);
  await until(() => clients.answered() > 200);
  for (const left of [2, 1]) {
    process.kill(childOf(server.child.pid!), 'SIGKILL');
    await until(async () => (await bellsOf(databaseUrl)).filter((bell) => first.includes(bell)).length === left);
  }
  await clients.stop();
  await until(async () => (await bellsOf(databaseUrl)).length === 3);
  expect((await fetch(`${address}/readyz`)).status).toBe(200);

  server.child.kill('SIGTERM');
  expect(await server.ended()).toBe(0);
  await until(() => !server.anyAlive());
});

test('/metrics answers for all of them, whichever is asked, and for those that are left', async () => {
  const server = startServe({ ...ENV, WEB_CONCURRENCY: '3', DATABASE_URL: await temporaryDatabase() });
  const address = (await server.address()).replace('localhost', '127.0.0.1');
  // Each a new connection, for whichever worker takes it.
  const get = async (path: string) => (await fetch(address + path, { headers: { connection: 'close' } })).text();
  const count = async (series: string) => {
    const line = (await get('/metrics')).split('\n').find((each) => each.startsWith(`${series} `));
    return Number(line?.slice(series.length + 1));
  };
  await until(async () => (await count('malipo_processes')) === 3);
  for (let asked = 0; asked < 30; asked++) await get('/healthz');
  const health = 'malipo_http_requests_total{surface="health",route="/healthz",method="GET",status="200"}';
  // One that is slow to answer is left out, and counts again the next time.
  for (let asked = 0; asked < 6; asked++) await until(async () => (await count(health)) === 30);
  expect(await count('malipo_ledger_accounts_below_zero')).toBe(0);
  expect(await count('malipo_open_streams')).toBe(0);

  process.kill(childOf(server.child.pid!), 'SIGKILL');
  await until(async () => (await count(health).catch(() => 30)) < 30);
  await until(async () => (await count('malipo_processes').catch(() => 0)) === 3);
});

test('workers whose parent is killed do not outlive it', async () => {
  const server = startServe({ ...ENV, DATABASE_URL: await temporaryDatabase() });
  await server.address();
  server.child.kill('SIGKILL');
  await until(() => !server.anyAlive());
});

test('a file has one server: more are refused in a line', async () => {
  const server = startServe({ ...ENV, DATABASE_URL: `file:${temporaryFolder()}/malipo.db` });
  expect(await server.ended()).toBe(1);
  expect(server.errors()).toContain('WEB_CONCURRENCY needs PostgreSQL');
});
