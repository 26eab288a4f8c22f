/**
 * A server without its listener: the database locked and opened, everything composed, the last server's work taken
 * up. `malipo serve` listens with it; the plugin mounts it in somebody else's app.
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fittingSecret } from './access/fitting-secret.ts';
import { loadServerSecret } from './access/server-secret.ts';
import { type AppDeps, buildApp, type Malipo } from './app.ts';
import { type Config, ConfigError } from './config.ts';
import { type Clock, systemClock } from './core/clock.ts';
import { cannotBeOpened } from './db/cannot-open.ts';
import { openStore } from './db/open.ts';
import type { Store } from './db/store.ts';
import { askAboutDoubtfulNow } from './payments/statements.ts';
import { type ServeLock, takeServeLock } from './db/sqlite/serve-lock.ts';
import { assertNode } from './version.ts';
import { askAboutDoubtfulWithdrawalsNow } from './wallets/statements.ts';

/** What stops the server from starting, in one line a person can act on. */
export class StartError extends Error {
  override name = 'StartError';
}

export interface RunningMalipo extends Malipo {
  store: Store;
  /** Refuses what comes, finishes what runs, closes the database. */
  stop(): Promise<void>;
}

export type RunningDeps = Pick<AppDeps, 'config' | 'demo' | 'liveProviders' | 'prefix' | 'log' | 'otherProcesses' | 'tracing'>;

/** Opens everything; nothing runs by itself until `jobs.start()`. */
export async function openMalipo(deps: RunningDeps): Promise<RunningMalipo> {
  assertNode();
  const { config } = deps;
  const lock = lockFor(config);
  let store: Store | undefined;
  const close = async () => {
    await store?.close();
    lock?.release();
  };
  try {
    const opened = await openDatabase(config);
    store = opened.database;
    const secret = await fittingSecret(store.read, opened.secret);
    const malipo = await buildApp({ ...deps, store, clock: systemClock, secret });
    await malipo.apps.assertSecretFits();
    await takeUpWhereTheLastServerStopped(store, malipo, systemClock);
    const stop = async () => {
      await Promise.all([malipo.app.close(), malipo.jobs.stop()]);
      await close();
    };
    return { ...malipo, store, stop };
  } catch (error) {
    await close();
    throw error;
  }
}

/** With the secret that may be kept beside it. */
async function openDatabase(config: Config): Promise<{ secret: Buffer; database: Store }> {
  try {
    return { secret: loadServerSecret(config), database: await openStore(config.databaseUrl.reveal(), { holdsServeLock: true }) };
  } catch (cause) {
    throw cause instanceof ConfigError ? cause : cannotUse(config.databaseFile, cause);
  }
}

function cannotUse(databaseFile: string | null, cause: unknown): StartError {
  return new StartError(`the database ${cannotBeOpened(databaseFile, cause)}`, { cause });
}

function lockFor({ databaseFile }: Config): ServeLock | null {
  if (databaseFile === null) return null;
  const lock = lockBeside(databaseFile);
  if (lock !== null) return lock;
  throw new StartError(`another Malipo server is already running on ${databaseFile}; stop it first, or set DATABASE_URL to another file`);
}

/** Also makes the folder: here it shows first that a place cannot be written to. */
function lockBeside(databaseFile: string): ReturnType<typeof takeServeLock> {
  try {
    mkdirSync(dirname(databaseFile), { recursive: true });
    return takeServeLock(databaseFile);
  } catch (cause) {
    throw cannotUse(databaseFile, cause);
  }
}

/** Whoever held the leases is dead (we hold the serve lock), and what it was sending is in doubt: both are due now. */
export async function takeUpWhereTheLastServerStopped(store: Store, { queue }: Malipo, clock: Clock): Promise<void> {
  if (store.engine !== 'sqlite') return;
  const now = clock.now();
  await queue.releaseAbandoned(now);
  await store.write((tx) => tx.run(askAboutDoubtfulNow, { now }));
  await store.write((tx) => tx.run(askAboutDoubtfulWithdrawalsNow, { now }));
}
