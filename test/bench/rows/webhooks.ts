import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Apps } from '../../../server/access/apps.ts';
import { deriveKey } from '../../../server/access/server-secret.ts';
import { WebhookSettings } from '../../../server/access/webhook-settings.ts';
import { systemClock } from '../../../server/core/clock.ts';
import { newReference } from '../../../server/core/ids.ts';
import { SqliteStore } from '../../../server/db/sqlite/store.ts';
import { JobQueue } from '../../../server/jobs/queue.ts';
import { insertPayment, moveStatus } from '../../../server/payments/statements.ts';
import { WebhookEvents } from '../../../server/webhooks/events.ts';
import { type ServerProcess, startServe, startServerProcess } from '../../serve-process.ts';
import { inFolder } from '../folder.ts';
import { PAYMENT } from '../payments.ts';
import { postAll } from '../posts.ts';
import { atLeast, figure, median, type Row } from '../row.ts';

const CLI = fileURLToPath(new URL('../../../malipo.js', import.meta.url));
const RECEIVER = fileURLToPath(new URL('../floors/receiver.ts', import.meta.url));

const SECRET = 'a secret for the bench only';

/** Of these the second half is measured, when server and receiver are warm. */
const DELIVERIES = 8_000;

const DEAD_SHOPS = 100;
const DELIVERIES_TO_EACH = 20;

const POLL_MS = 100;
const PATIENCE_MS = 120_000;

const ALONE = { label: 'Malipo, to one receiver', deadShops: 0 };
const AMONG_DEAD = { label: `Malipo, beside ${DEAD_SHOPS} shops whose receivers hang`, deadShops: DEAD_SHOPS };

export const row: Row = {
  name: 'webhooks',
  title: 'Webhook deliveries to a local receiver: signed, posted, and their outcome committed (SQLite, synchronous=FULL)',

  async measure({ rounds, progress }) {
    const results = { alone: [] as number[], amongDead: [] as number[], floor: [] as number[] };
    for (let round = 1; round <= rounds; round++) {
      results.alone.push(await deliverOnce(ALONE));
      results.amongDead.push(await deliverOnce(AMONG_DEAD));
      results.floor.push(await postOnce());
      const last = Object.entries(results).map(([name, rates]) => `${name} ${Math.round(rates.at(-1)!)}`);
      progress(`round ${round} of ${rounds}: ${last.join(', ')} /s`);
    }
    const [alone, amongDead, floor] = [median(results.alone), median(results.amongDead), median(results.floor)];
    return {
      figures: [figure('floor: bare posts, nothing written', floor, '/s'), figure('Malipo against the floor', alone / floor, '×')],
      goals: [
        atLeast(1_000, figure(ALONE.label, alone, '/s')),
        atLeast(1_000, figure(AMONG_DEAD.label, amongDead, '/s')),
        atLeast(0.7, figure('the same, against being alone', amongDead / alone, '×')),
      ],
    };
  },
};

/** A server that starts on a database in which all deliveries wait; answers how many a second the receiver heard. */
function deliverOnce({ deadShops }: typeof ALONE): Promise<number> {
  return withReceiver((receiver) =>
    inFolder(async (folder) => {
      const file = join(folder, 'malipo.db');
      const apps = [await makeApp(file, 'good', receiver.url)];
      await writeEvents(file, apps, DELIVERIES);
      if (deadShops > 0) await writeEvents(file, await makeDeadShops(file, receiver.url, deadShops), deadShops * DELIVERIES_TO_EACH);
      const server = await startServe(file, { MALIPO_SECRET: SECRET, OUTBOUND_ALLOW_CIDRS: '127.0.0.0/8' });
      try {
        return await ratePerSecond(receiver.url);
      } finally {
        await server.stop();
      }
    }),
  );
}

function postOnce(): Promise<number> {
  const body = { event: 'transaction.completed', data: { metadata: { order_id: '1234' }, filler: 'x'.repeat(400) } };
  const posts = Array.from({ length: DELIVERIES }, (_, index) => ({ headers: { 'webhook-id': `evt_${index}` }, body }));
  return withReceiver(({ url }) =>
    inFolder(async (folder) => {
      await postAll(url, join(folder, 'posts'), posts);
      return ratePerSecond(url);
    }),
  );
}

async function withReceiver<T>(work: (receiver: ServerProcess) => Promise<T>): Promise<T> {
  const receiver = await startServerProcess([RECEIVER], {});
  try {
    return await work(receiver);
  } finally {
    await receiver.stop();
  }
}

async function ratePerSecond(receiverUrl: string): Promise<number> {
  for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline; await sleep(POLL_MS)) {
    const answer = await fetch(`${receiverUrl}/?of=${DELIVERIES}`);
    const { heard, calls, secondHalfMs } = (await answer.json()) as { heard: number; calls: number; secondHalfMs: number | null };
    if (secondHalfMs === null) continue;
    if (heard !== calls) throw new Error(`${calls} calls told ${heard} events: some were told twice`);
    return (DELIVERIES / 2 / secondHalfMs) * 1_000;
  }
  throw new Error(`The receiver did not hear ${DELIVERIES} webhooks within ${PATIENCE_MS / 1_000} s`);
}

async function makeApp(file: string, slug: string, webhookUrl: string): Promise<number> {
  const args = [CLI, 'app', 'create', '--name', slug, '--slug', slug, '--webhook-url', webhookUrl, '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { PATH: process.env.PATH, DATABASE_URL: `file:${file}`, MALIPO_SECRET: SECRET } });
  return (JSON.parse(stdout) as { id: number }).id;
}

/** Made in the database: a hundred commands would take longer than what is measured. */
async function makeDeadShops(file: string, receiverUrl: string, count: number): Promise<number[]> {
  const store = new SqliteStore(file);
  const apps = new Apps({ store, clock: systemClock, encryptionKey: deriveKey(Buffer.from(SECRET), 'webhook-secrets') });
  const made = await Promise.all(Array.from({ length: count }, (_, index) => apps.create({ name: `dead ${index}`, slug: `dead-${index}`, webhookUrl: `${receiverUrl}/hang` })));
  await store.close();
  return made.map(({ app }) => app.id);
}

/** Payments of these apps in turn that have just been completed, each with the event that settling would have written. */
async function writeEvents(file: string, appIds: number[], count: number): Promise<void> {
  const store = new SqliteStore(file);
  const settings = new WebhookSettings({ store, clock: systemClock, encryptionKey: deriveKey(Buffer.from(SECRET), 'webhook-secrets') });
  const events = new WebhookEvents({ store, clock: systemClock, jobs: new JobQueue(store), settings });
  const now = systemClock.now();
  await Promise.all(
    Array.from({ length: count }, (_, index) =>
      store.write(async (tx) => {
        const { id } = (await tx.get(insertPayment, { ...PAYMENT, mode: 'test', reference: newReference(now), appId: appIds[index % appIds.length]!, now, expiresAt: now }))!;
        const settled = { id, from: 'pending', to: 'completed', now, completedAt: now, providerRef: 'ref', failureCode: '', failureReason: '' };
        await events.record(tx, (await tx.get(moveStatus, settled))!);
      }),
    ),
  );
  await store.close();
}
