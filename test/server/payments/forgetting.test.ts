/** What is kept for a while is forgotten in small commits, because all other writes wait for each of them. */
import { expect, test } from 'vitest';
import { DAY_MS } from '../../../server/core/clock.ts';
import { statement } from '../../../server/db/store.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import { buildMalipo } from '../support/build-malipo.ts';
import { rowCounts, rows } from '../support/database.ts';
import { ENGINE } from '../support/database-under-test.ts';
import { collect } from '../support/payments.ts';

const OLD_ROWS = 2_000;
const NUMBERS = `WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < ${OLD_ROWS})`;

test.each([
  ['idempotency_keys', `INSERT INTO idempotency_keys (app_id, mode, method, path, key, request_hash, answer_status, answer_body, created_at)
    ${NUMBERS} SELECT 1, 'live', 'POST', '/', CAST(id AS TEXT), '', 200, '{}', :now FROM n`],
  ['provider_callbacks', `INSERT INTO provider_callbacks (provider, fingerprint, reference, body, received_at, processed_at)
    ${NUMBERS} SELECT 'iotec', CAST(id AS TEXT), '', '', CAST(:now AS BIGINT), CASE WHEN id % 700 = 0 THEN NULL ELSE CAST(:now AS BIGINT) END FROM n`],
])('old %s are forgotten a few at a time, with room for payments in between, and nothing else is', async (table, fill) => {
  const malipo = await buildMalipo();
  await malipo.makeShop({ slug: 'duka' });
  await malipo.store.write((tx) => tx.run(statement(fill), { now: malipo.clock.now() }));
  malipo.clock.advance(100 * DAY_MS);
  await malipo.store.write((tx) => tx.run(statement(fill.replaceAll(' CAST(id AS TEXT),', ` 'new' || id,`)), { now: malipo.clock.now() }));

  let isOver = false;
  const forgetting = malipo.jobs.runDue().finally(() => (isOver = true));
  const seen = new Set<number>();
  while (!isOver) {
    await malipo.store.write(() => undefined);
    seen.add((await rowCounts(malipo.store))[table]!);
  }
  await forgetting;
  const unprocessed = table === 'provider_callbacks' ? Math.floor(OLD_ROWS / 700) : 0;
  expect((await rowCounts(malipo.store))[table]).toBe(OLD_ROWS + unprocessed);
  // PostgreSQL's writers do not wait for each other, and a look in between is by chance.
  if (ENGINE === 'sqlite') expect(seen.size).toBeGreaterThanOrEqual(OLD_ROWS / 500);
});

test('the sandbox forgets what it was asked over a month ago, but not a payout that is still to be paid', async () => {
  const malipo = await buildMalipo();
  const { testKey } = await malipo.makeShop({ slug: 'duka' });
  const payout = async (phone_number: string) => {
    const answer = await malipo.post('/v1/payments/disburse', { amount: 5_000, currency: 'UGX', phone_number }, { key: testKey });
    expect(answer.statusCode, answer.body).toBe(200);
  };
  await collect(malipo, testKey);
  await payout('256772100001');
  await payout('256772100004');
  for (let day = 0; day < 30; day++) await malipo.pass(DAY_MS);
  const books = async () => rows(malipo.store, 'SELECT (SELECT count(*) FROM sandbox_prompts) AS prompts, (SELECT count(*) FROM sandbox_payouts) AS payouts');
  expect(await books()).toEqual([{ prompts: 1, payouts: 2 }]);
  await collect(malipo, testKey);
  for (let day = 0; day < 7; day++) await malipo.pass(DAY_MS);
  expect(await books()).toEqual([{ prompts: 1, payouts: 1 }]);
  expect(await rows(malipo.store, 'SELECT status FROM sandbox_payouts')).toEqual([{ status: 'waiting' }]);
  expect(await verifyBooks(malipo.store.read)).toEqual([]);
});

test('an address that only one payment named is forgotten three months after it was given up, an app’s own never', async () => {
  const malipo = await buildMalipo();
  const { app } = await malipo.makeShop({ slug: 'duka' });
  await malipo.store.write(async (tx) => {
    await tx.run(statement('UPDATE apps SET webhook_url = :url'), { url: 'https://own.example/' });
    const blame = statement('INSERT INTO webhook_endpoints (app_id, url, failing_since, disabled_at) VALUES (:appId, :url, :now, :disabledAt)');
    const now = malipo.clock.now();
    await tx.run(blame, { appId: app.id, url: 'https://own.example/', now, disabledAt: now });
    await tx.run(blame, { appId: app.id, url: 'https://once.example/', now, disabledAt: now });
    await tx.run(blame, { appId: app.id, url: 'https://lately.example/', now: now + 30 * DAY_MS, disabledAt: null });
  });
  await malipo.pass(89 * DAY_MS);
  expect(await rows(malipo.store, 'SELECT url FROM webhook_endpoints')).toHaveLength(3);
  await malipo.pass(2 * DAY_MS);
  expect(await rows(malipo.store, 'SELECT url FROM webhook_endpoints ORDER BY url')).toEqual([{ url: 'https://lately.example/' }, { url: 'https://own.example/' }]);
});
