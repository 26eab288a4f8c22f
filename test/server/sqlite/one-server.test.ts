import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadMigrations } from '../../../server/db/migrate.ts';
import { openStore } from '../../../server/db/open.ts';
import { openConnection } from '../../../server/db/sqlite/connection.ts';
import { takeServeLock } from '../../../server/db/sqlite/serve-lock.ts';
import { type ServerProcess, startServe } from '../../serve-process.ts';
import { runMalipo } from '../cli/run-malipo.ts';
import { temporaryFolder } from '../support/temporary-store.ts';
import { databaseOf } from '../upgrade/earlier-database.ts';

async function start(file: string): Promise<ServerProcess> {
  const server = await startServe(file);
  onTestFinished(() => server.kill());
  return server;
}

async function isUp({ url }: ServerProcess): Promise<boolean> {
  return (await fetch(`${url}/readyz`)).status === 200;
}

test('of many servers started at once on one new file exactly one runs', async () => {
  const file = join(temporaryFolder(), 'malipo.db');
  const started = await Promise.allSettled(Array.from({ length: 4 }, () => start(file)));
  const running = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const refused = started.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : []));
  expect(running).toHaveLength(1);
  expect(refused.every((reason) => reason.includes('already running'))).toBe(true);
  expect(await isUp(running[0]!)).toBe(true);
});

test('a killed server leaves no lock behind: the next one starts at once', async () => {
  const file = join(temporaryFolder(), 'malipo.db');
  for (let round = 0; round < 3; round++) {
    const server = await start(file);
    await server.kill();
  }
  expect(await isUp(await start(file))).toBe(true);
});

test('a command of a newer version changes no table below a server that is running, and does when it has stopped', async () => {
  const newest = loadMigrations('sqlite').at(-1)!.version;
  const databaseUrl = await databaseOf(newest - 1);
  const file = databaseUrl.slice('file:'.length);
  const version = () => {
    const connection = openConnection(file, { readonly: true });
    onTestFinished(() => void connection.close());
    return connection.prepare('SELECT max(version) FROM schema_migrations').pluck().get();
  };
  const server = takeServeLock(file)!;
  const refused = await runMalipo(['verify', '--json'], { DATABASE_URL: databaseUrl });
  expect(refused.json()).toMatchObject({ error: { code: 'DB_ERROR', message: expect.stringContaining('a Malipo server is running on it, and this version must change its tables; stop the server first') } });
  const moved = await runMalipo(['migrate', '--from', databaseUrl, '--to', 'postgres://127.0.0.1:1/nowhere', '--json'], {});
  expect(moved.exitCode).toBe(1);
  expect(version()).toBe(newest - 1);

  server.release();
  await (await openStore(databaseUrl)).close();
  expect(version()).toBe(newest);
});
