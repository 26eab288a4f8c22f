import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { HOUR_MS, systemClock } from '../../../server/core/clock.ts';
import { newReference } from '../../../server/core/ids.ts';
import { SqliteStore } from '../../../server/db/sqlite/store.ts';
import { JobQueue } from '../../../server/jobs/queue.ts';
import { CHECK_JOB, checkSubject } from '../../../server/payments/settlement.ts';
import { insertPayment, recordSubmission } from '../../../server/payments/statements.ts';
import { providerLane } from '../../../server/providers/lane.ts';
import { runCli, type ServerProcess, startServe, startServerProcess } from '../../serve-process.ts';
import { inFolder } from '../folder.ts';
import { AMOUNT, PAYMENT } from '../payments.ts';
import { postAll } from '../posts.ts';
import { CALLBACK_HEADERS, credentialsAt, startProviders } from '../providers.ts';
import { atLeast, figure, median, type Row } from '../row.ts';

const FLOOR = fileURLToPath(new URL('../floors/settle.ts', import.meta.url));
const RECEIVER = fileURLToPath(new URL('../floors/receiver.ts', import.meta.url));

/** Of these the first quarter warms up and the rest is measured. */
const PAYMENTS = 12_000;

const POLL_MS = 10;
const PATIENCE_MS = 120_000;

export const row: Row = {
  name: 'settle',
  title: 'Settling by inbound callback: received, stored, the provider asked, ledger and outbox committed (SQLite, synchronous=FULL)',

  async measure({ rounds, progress }) {
    const results = { floor: [] as number[], malipo: [] as number[] };
    for (let round = 1; round <= rounds; round++) {
      results.floor.push(await inFolder((folder) => settleAll(folder, startFloor)));
      results.malipo.push(await inFolder((folder) => settleAll(folder, startMalipo)));
      progress(`round ${round} of ${rounds}: ${Math.round(results.floor.at(-1)!)} /s floor, ${Math.round(results.malipo.at(-1)!)} /s Malipo`);
    }
    const ratio = median(results.malipo.map((rate, round) => rate / results.floor[round]!));
    return {
      figures: [figure('floor: bare insert of the same rows, nobody asked', median(results.floor), '/s'), figure('Malipo', median(results.malipo), '/s')],
      goals: [atLeast(0.4, figure('Malipo against the floor', ratio, '×'))],
    };
  },
};

type Start = (file: string, providersUrl: string) => Promise<ServerProcess>;

const startFloor: Start = (file) => startServerProcess([FLOOR, file], {});
const startMalipo: Start = (file, providersUrl) => startServe(file, { ...credentialsAt(providersUrl), OUTBOUND_ALLOW_CIDRS: '127.0.0.0/8' });

/** Payments that wait, then a callback for each; answers how many a second came into the ledger. */
async function settleAll(folder: string, start: Start): Promise<number> {
  const file = join(folder, 'malipo.db');
  const [providers, receiver] = [await startProviders(), await startServerProcess([RECEIVER], {})];
  try {
    // A shop that is told and never answers: what is measured ends with the outbox.
    const { id } = await runCli<{ id: number }>(file, 'app', 'create', '--name', 'Bench', '--slug', 'bench', '--webhook-url', `${receiver.url}/hang`);
    const references = await writePending(file, id);
    const server = await start(file, providers.url);
    try {
      const callbacks = references.map((reference) => ({ headers: CALLBACK_HEADERS, body: { id: reference, externalId: reference, status: 'Success', amount: AMOUNT, currency: 'UGX' } }));
      const [rate] = await Promise.all([ratePerSecond(file), postAll(`${server.url}/v1/webhooks/iotec`, join(folder, 'callbacks'), callbacks)]);
      return rate;
    } finally {
      await server.stop();
    }
  } finally {
    await Promise.all([providers.stop(), receiver.stop()]);
  }
}

/** How fast transfers come into the ledger, from the first quarter on. */
async function ratePerSecond(file: string): Promise<number> {
  const database = new Database(file, { readonly: true });
  try {
    const posted = database.prepare('SELECT coalesce(max(id), 0) FROM ledger_transfers').pluck();
    let warm: { at: number; posted: number } | null = null;
    for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline; await sleep(POLL_MS)) {
      const now = { at: performance.now(), posted: posted.get() as number };
      if (warm === null && now.posted >= PAYMENTS / 4) warm = now;
      if (warm !== null && now.posted === PAYMENTS) return ((now.posted - warm.posted) / (now.at - warm.at)) * 1_000;
    }
    throw new Error(`${String(posted.get())} of ${PAYMENTS} payments settled within ${PATIENCE_MS / 1_000} s`);
  } finally {
    database.close();
  }
}

/** Payments that their provider acknowledged, and that nobody asks about for a while; answers their references. */
async function writePending(file: string, appId: number): Promise<string[]> {
  const store = new SqliteStore(file);
  const jobs = new JobQueue(store);
  const now = systemClock.now();
  const later = now + HOUR_MS;
  const references = Array.from({ length: PAYMENTS }, () => newReference(now));
  await Promise.all(
    references.map((reference) =>
      store.write(async (tx) => {
        const payment = (await tx.get(insertPayment, { ...PAYMENT, mode: 'live', reference, appId, now, expiresAt: later }))!;
        await tx.run(recordSubmission, { id: payment.id, submission: 'sent', providerRef: reference, clientSecret: '', redirectUrl: '', now });
        await jobs.enqueue(tx, { kind: CHECK_JOB, subject: checkSubject(payment), lane: providerLane(payment), runAt: later }, now);
      }),
    ),
  );
  await store.close();
  return references;
}
