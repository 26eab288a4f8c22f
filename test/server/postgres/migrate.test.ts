/** `malipo migrate`: a shop that was on a file goes on in PostgreSQL, and the other way. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { buildMalipo, type TestMalipo } from '../support/build-malipo.ts';
import { rows } from '../support/database.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { collect, transaction } from '../support/payments.ts';
import { startServe } from '../support/serve-process.ts';
import { temporaryDatabase, temporaryFolder } from '../support/temporary-store.ts';
import { runMalipo } from '../cli/run-malipo.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import { takeServeLock } from '../../../server/db/sqlite/serve-lock.ts';

const ENV = { MALIPO_SECRET: 'the secret of both databases' };

const migrate = (from: string, to: string) => runMalipo(['migrate', '--from', from, '--to', to, '--json'], ENV);

/** A shop with payments of every kind, some settled, one payment's row gone so that ids have a gap at their end. */
async function tradeOn(databaseUrl: string) {
  const malipo = await buildMalipo({ databaseUrl });
  const shop = await malipo.makeShop({ slug: 'duka' });
  for (const end of ['00001', '00002', '00004', '00005']) await collect(malipo, shop.testKey, { phone_number: `2567721${end}` }, { idempotencyKey: `order-${end}` });
  const { slug } = (await malipo.post('/v1/checkout/sessions', { amount: 50_000, currency: 'UGX' }, { key: shop.testKey })).json().data as { slug: string };
  const order = { slug, reference: await payFor(malipo, slug) };
  await malipo.pass(10_000);
  await collect(malipo, shop.testKey);
  await malipo.close();
  return { ...shop, order, now: malipo.clock.now() };
}

/** On a phone that never answers. */
async function payFor(malipo: TestMalipo, slug: string): Promise<string> {
  return (await malipo.post(`/api/store/${slug}/pay`, { phone_number: '256772100004' })).json<{ data: { reference: string } }>().data.reference;
}

async function goOn(databaseUrl: string, { testKey, order, now }: Awaited<ReturnType<typeof tradeOn>>, nextId: number): Promise<void> {
  const malipo = await buildMalipo({ databaseUrl, clock: new ManualClock(now) });
  expect(await verifyBooks(malipo.store.read)).toEqual([]);
  const again = await malipo.post('/v1/payments/collect', { amount: 50_000, currency: 'UGX', phone_number: '256772100001' }, { key: testKey, idempotencyKey: 'order-00001' });
  expect(again.headers['idempotent-replayed']).toBe('true');
  expect(await payFor(malipo, order.slug)).toBe(order.reference);
  const reference = await collect(malipo, testKey);
  expect(await rows(malipo.store, 'SELECT max(id) AS id FROM payments')).toEqual([{ id: nextId }]);
  await malipo.pass(10_000);
  expect((await transaction(malipo, testKey, reference)).status).toBe('completed');
  expect(await rows(malipo.store, `SELECT count(*) AS waiting FROM payments WHERE status = 'pending'`)).toEqual([{ waiting: 2 }]);
  expect(await verifyBooks(malipo.store.read)).toEqual([]);
  await malipo.close();
}

test('a shop moves from its file to PostgreSQL and goes on: keys, answers, open payments, sessions and ids', async () => {
  const [file, postgres] = [`file:${temporaryFolder()}/malipo.db`, await temporaryDatabase()];
  const shop = await tradeOn(file);
  const moved = await migrate(file, postgres);
  expect(moved.exitCode, moved.stdout + moved.stderr).toBe(0);
  expect(moved.json().tables).toContainEqual({ table: 'payments', rows: 6, checksum: expect.stringMatching(/^[0-9a-f]{16}$/) });
  await goOn(postgres, shop, 7);
});

test('a shop whose secret was kept beside its file goes on with what the command says: the content of that file', async () => {
  const [folder, postgres] = [temporaryFolder(), await temporaryDatabase()];
  const file = `file:${folder}/malipo.db`;
  const { live_key: key } = (await runMalipo(['app', 'create', '--name', 'Duka', '--json'], { DATABASE_URL: file })).json();
  const moved = await runMalipo(['migrate', '--from', file, '--to', postgres], {});
  expect(moved.stdout).toContain(`Set MALIPO_SECRET to what is in ${folder}/malipo.db.secret.`);

  const env = { DATABASE_URL: postgres, MALIPO_SECRET: readFileSync(`${folder}/malipo.db.secret`, 'utf8').trim() };
  const listed = await runMalipo(['key', 'list', '--json'], env);
  expect(listed.json()).toMatchObject({ keys: [{ app: 'duka', mode: 'live' }, { mode: 'test' }] });
  const wallets = await fetch(`${await startServe(env).address()}/v1/wallets`, { headers: { 'x-api-key': String(key) } });
  expect(wallets.status).toBe(200);
});

test('and from PostgreSQL to a file', async () => {
  const [postgres, file] = [await temporaryDatabase(), `file:${temporaryFolder()}/malipo.db`];
  const shop = await tradeOn(postgres);
  const moved = await migrate(postgres, file);
  expect(moved.exitCode, moved.stdout + moved.stderr).toBe(0);
  await goOn(file, shop, 7);
});

test('a target that has a shop is refused, and keeps it', async () => {
  const [file, postgres] = [`file:${temporaryFolder()}/malipo.db`, await temporaryDatabase()];
  await tradeOn(file);
  await tradeOn(postgres);
  const { exitCode, ...refused } = await migrate(file, postgres);
  expect([exitCode, refused.json()]).toEqual([1, { error: { code: 'MIGRATE_FAILED', message: expect.stringContaining('The target is not empty') } }]);
});

test('a source that a server is running on is refused, a file and PostgreSQL alike', async () => {
  const [file, postgres] = [`file:${temporaryFolder()}/malipo.db`, await temporaryDatabase()];
  await tradeOn(file);
  const lock = takeServeLock(file.slice('file:'.length))!;
  expect((await migrate(file, postgres)).json()).toMatchObject({ error: { message: expect.stringContaining('A Malipo server is running') } });
  lock.release();
  const running = await buildMalipo({ databaseUrl: postgres });
  await running.get('/readyz');
  expect((await migrate(postgres, `file:${temporaryFolder()}/malipo.db`)).json()).toMatchObject({ error: { message: expect.stringContaining('is connected to the PostgreSQL database') } });
});

test('two addresses of one kind are not understood', async () => {
  expect(await migrate('file:a.db', 'file:b.db')).toMatchObject({ exitCode: 2 });
});
