/**
 * Power fails while the log is being written: of what comes after the last acknowledged commit any part may be on the
 * disk, or rubbish in its place. What was acknowledged is there, the books are sound, and the next payment is taken.
 */
import { copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SqliteStore } from '../../../server/db/sqlite/store.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import { Chance } from '../crash/chance.ts';
import { buildMalipo } from '../support/build-malipo.ts';
import { rows } from '../support/database.ts';
import { collect } from '../support/payments.ts';
import { temporaryFolder } from '../support/temporary-store.ts';

/** Others: CRASH_SEED=…, which a longer run draws. */
const SEED = Number(process.env.CRASH_SEED ?? 1);
const PAYMENTS = 24;
/** More of them: TEARS=2000. */
const TEARS = Number(process.env.TEARS ?? 60);

interface Acknowledged {
  references: string[];
  /** How long the log was when the last of them was answered. */
  logBytes: number;
}

/** A shop's payments, some of them settled meanwhile, and how long the log was after each answer. */
async function trade(file: string): Promise<Acknowledged[]> {
  const malipo = await buildMalipo({ databaseUrl: `file:${file}` });
  const { testKey } = await malipo.makeShop({ slug: 'duka' });
  const references: string[] = [];
  const history = [{ references: [] as string[], logBytes: statSync(`${file}-wal`).size }];
  for (let payment = 0; payment < PAYMENTS; payment++) {
    references.push(await collect(malipo, testKey));
    if (payment % 5 === 4) await malipo.pass(10_000);
    history.push({ references: [...references], logBytes: statSync(`${file}-wal`).size });
  }
  return history;
}

function tear(log: Buffer, at: number, kind: 'cut off' | 'rubbish', chance: Chance): Buffer {
  if (kind === 'cut off') return log.subarray(0, at);
  const torn = Buffer.from(log);
  for (let byte = at; byte < torn.length; byte++) torn[byte] = chance.below(256);
  return torn;
}

test(`a log torn anywhere after an acknowledged commit loses none that was acknowledged (seed ${SEED})`, async () => {
  const chance = new Chance(SEED);
  const folder = temporaryFolder();
  const file = join(folder, 'malipo.db');
  const history = await trade(file);
  const log = readFileSync(`${file}-wal`);
  expect(log.length).toBe(history.at(-1)!.logBytes);

  for (let number = 0; number < TEARS; number++) {
    const place = chance.below(history.length - 1);
    const [acknowledged, next] = [history[place]!, history[place + 1]!];
    const at = acknowledged.logBytes + chance.below(next.logBytes - acknowledged.logBytes);
    const kind = chance.oneOf(['cut off', 'rubbish'] as const);
    const copy = join(folder, `torn-${number}.db`);
    copyFileSync(file, copy);
    writeFileSync(`${copy}-wal`, tear(log, at, kind, chance));

    const store = new SqliteStore(copy);
    const about = `${kind} at byte ${at} of ${log.length}, ${acknowledged.references.length} acknowledged`;
    const found = (await rows<{ reference: string }>(store, 'SELECT reference FROM payments ORDER BY id')).map(({ reference }) => reference);
    expect(found.slice(0, acknowledged.references.length), about).toEqual(acknowledged.references);
    expect(found.length - acknowledged.references.length, about).toBeLessThanOrEqual(1);
    expect(await verifyBooks(store.read), about).toEqual([]);
    expect(await rows(store, 'PRAGMA integrity_check'), about).toEqual([{ integrity_check: 'ok' }]);
    await store.close();
  }
});

test('a log torn inside what was acknowledged is noticed by this test: the payment is gone', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'malipo.db');
  const history = await trade(file);
  const copy = join(folder, 'torn.db');
  copyFileSync(file, copy);
  writeFileSync(`${copy}-wal`, readFileSync(`${file}-wal`).subarray(0, history.at(-2)!.logBytes));
  const store = new SqliteStore(copy);
  const found = await rows(store, 'SELECT reference FROM payments');
  await store.close();
  expect(found).toHaveLength(PAYMENTS - 1);
});
