/** What is kept for a while is forgotten in small commits, because all other writes wait for each of them. */
import { expect, test } from 'vitest';
import { DAY_MS } from '../../../server/core/clock.ts';
import { statement } from '../../../server/db/store.ts';
import { buildMalipo } from '../support/build-malipo.ts';
import { rowCounts } from '../support/database.ts';
import { ENGINE } from '../support/database-under-test.ts';

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
