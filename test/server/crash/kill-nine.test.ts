import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { builtWidget } from '../../../server/http/pages/widget-build.ts';
import { killWhileStarting, type ServerProcess, startServe } from '../../serve-process.ts';
import { temporaryDatabase } from '../support/temporary-store.ts';
import { type Books, byAcknowledgement, openBooks, type Row } from './books.ts';
import { Buyers, type Promised } from './buyers.ts';
import { Chance } from './chance.ts';
import { openShop } from './shop.ts';

/** On each engine. More of them: CRASH_ROUNDS=200. Others: CRASH_SEED=…, which a longer run draws. */
const ROUNDS = Number(process.env.CRASH_ROUNDS ?? 10);
const SEED = Number(process.env.CRASH_SEED ?? 1);

/** Under load a server is killed at any moment of its first 400 ms, and now and then before it even listens. */
const LONGEST_LIFE_MS = 400;
const KILLED_AT_START_IN = 6;

/** Long enough for a payment that nobody sent to be sure of it (12 s, asked at 15) and for a backlog of jobs. */
const ALL_FINISHED_WITHIN_MS = 120_000;

/** For a machine that is slow all the same: each round starts a server and checks the books. */
const TIMEOUT_MS = 240_000 + ROUNDS * 12_000;

/** Short, so that settling, callbacks and jobs are under way when the server dies. */
const ENV = { SANDBOX_APPROVAL_MS: '50', RATE_LIMIT_FACTOR: '0', MALIPO_SECRET: 'the secret of many short lives' };

const NEVER_SENT = 'The request did not reach the provider; the customer was not asked';

test(`killed ${ROUNDS} times under load, no acknowledged payment is missing or doubled, and all of them finish (seed ${SEED})`, { timeout: TIMEOUT_MS }, async () => {
  const chance = new Chance(SEED);
  const databaseUrl = await temporaryDatabase();
  // Else every start builds it, beside the load, while its sources are newer.
  await builtWidget().catch(() => undefined);
  const buyers = new Buyers(await openShop(databaseUrl, ENV), chance);
  const books = await openBooks(databaseUrl);
  onTestFinished(() => books.close());

  for (let round = 1; round <= ROUNDS; round++) {
    if (chance.below(KILLED_AT_START_IN) === 0) await killWhileStarting(databaseUrl, ENV, chance.below(LONGEST_LIFE_MS));
    const server = await start(databaseUrl);
    await expectPromisesKept(books, buyers);
    const buying = buyers.buyUntilCutOff(server.url);
    await Promise.race([buying, sleep(chance.below(LONGEST_LIFE_MS))]);
    await server.kill();
    await buying;
    expect(server.complaints()).toBe('');
  }

  await books.leasesEnd();
  const server = await start(databaseUrl);
  await buyers.askAgain(server.url);
  await buyers.askForSomeTwice(server.url, 50);
  expect(buyers.cutOff.size).toBe(0);
  const rows = await expectPromisesKept(books, buyers);
  expect(rows).toHaveLength(buyers.promised.size);

  await everythingFinished(books, buyers, server.url);
  await server.stop();
  expect(server.complaints()).toBe('');
  expect(await books.verify()).toEqual([]);
  expect(await books.damage()).toEqual([]);
  expect(await books.paidForNothing()).toEqual([]);
  expectOneSettlementEach(await books.payments());
  await expectWalletsHoldWhatWasPaid(books);
});

async function start(databaseUrl: string): Promise<ServerProcess> {
  const server = await startServe(databaseUrl, ENV);
  onTestFinished(() => server.kill());
  return server;
}

/** Every acknowledged payment exists with its amount, no purchase has two, and `malipo verify` finds nothing. */
async function expectPromisesKept(books: Books, buyers: Buyers): Promise<Row[]> {
  const rows = await books.payments();
  const find = byAcknowledgement(rows);
  const broken = [...buyers.promised.values()].filter(({ purchase, acknowledged }) => {
    const row = find(acknowledged);
    return row?.amountMinor !== purchase.amountMinor || row.purchase !== purchase.name;
  });
  expect(broken).toEqual([]);
  const purchases = rows.map(({ purchase }) => purchase).sort();
  expect(purchases.filter((purchase, index) => purchase === purchases[index + 1])).toEqual([]);
  expect(await books.verify()).toEqual([]);
  return rows;
}

/**
 * Waits until every payment stands where its number takes it; says which do not when they take too long. Their merchant
 * polls meanwhile: by itself the server asks about an old payment less and less often.
 */
async function everythingFinished(books: Books, buyers: Buyers, url: string): Promise<void> {
  const giveUpAt = performance.now() + ALL_FINISHED_WITHIN_MS;
  for (;;) {
    const find = byAcknowledgement(await books.payments());
    const open = [...buyers.promised.values()].filter((promised) => !stands(promised, find(promised.acknowledged)!));
    if (open.length === 0) return;
    for (const { acknowledged } of open) await buyers.askAbout(url, find(acknowledged)!.reference);
    if (performance.now() > giveUpAt) expect(open.map((promised) => ({ ...promised, row: find(promised.acknowledged) }))).toEqual([]);
    await sleep(1_000);
  }
}

/** Only a payment whose first request was cut off may turn out never to have been sent. */
function stands({ purchase, atOnce }: Promised, { status, failureReason }: Row): boolean {
  if (failureReason === NEVER_SENT) return !atOnce && status === 'failed';
  return status === purchase.ends;
}

function expectOneSettlementEach(rows: readonly Row[]): void {
  expect(rows.filter(({ status, settlements }) => settlements !== (status === 'completed' ? 1 : 0))).toEqual([]);
}

async function expectWalletsHoldWhatWasPaid(books: Books): Promise<void> {
  const paid: Record<string, number> = {};
  for (const { status, provider, currency, netMinor } of await books.payments()) {
    if (status === 'completed') paid[`${provider} ${currency}`] = (paid[`${provider} ${currency}`] ?? 0) + netMinor;
  }
  const wallets = (await books.wallets(1)).map(({ provider, currency, balanceMinor }) => [`${provider} ${currency}`, balanceMinor]);
  expect(Object.fromEntries(wallets)).toEqual(paid);
}
