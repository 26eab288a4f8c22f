import { join } from 'node:path';
import { buildApp, type Malipo } from '../../../server/app.ts';
import { loadConfig } from '../../../server/config.ts';
import { systemClock } from '../../../server/core/clock.ts';
import { openConnection } from '../../../server/db/sqlite/connection.ts';
import { SqliteStore } from '../../../server/db/sqlite/store.ts';
import { foldBalances } from '../../../server/ledger/folding.ts';
import { inFolder } from '../folder.ts';
import { atMost, figure, median, type Row } from '../row.ts';

const SMALL = 1_000;
const LARGE = 10_000_000;
const BETWEEN = [10_000, 100_000, 1_000_000];

/** Requests to each wallet in one round. */
const REQUESTS = 200;
const WARM_UP_REQUESTS = 50;

interface Wallet {
  entries: number;
  malipo: Malipo;
  key: string;
  /** What the first reading took, before anything was folded. */
  unfoldedMs: number;
  close(): Promise<void>;
}

export const row: Row = {
  name: 'wallet',
  title: `GET /v1/wallets of a wallet with ${LARGE.toLocaleString('en')} entries against one with ${SMALL.toLocaleString('en')}`,

  measure: ({ rounds, curves, progress }) =>
    inFolder(async (folder) => {
      const wallets: Wallet[] = [];
      try {
        for (const entries of [SMALL, ...(curves ? BETWEEN : []), LARGE]) {
          progress(`writing ${entries.toLocaleString('en')} entries`);
          wallets.push(await openWallet(join(folder, `${entries}.db`), entries));
        }
        const took = await readInTurn(wallets, rounds);
        const [small, large] = [took[0]!, took.at(-1)!];
        return {
          figures: [large, small].map(({ entries, ms }) => figure(`${entries.toLocaleString('en')} entries`, ms * 1_000, 'µs a request')).concat(
            figure(`${LARGE.toLocaleString('en')} entries, before they were folded`, wallets.at(-1)!.unfoldedMs * 1_000, 'µs a request'),
          ),
          goals: [atMost(2, figure('the large wallet against the small one', large.ms / small.ms, '×'))],
          curves: [
            {
              name: 'wallet-by-entries',
              title: 'Reading a wallet',
              x: 'entries',
              y: 'ms',
              series: [
                { label: 'folded', points: took.map(({ entries, ms }): [number, number] => [entries, ms]) },
                { label: 'summed', points: wallets.map(({ entries, unfoldedMs }): [number, number] => [entries, unfoldedMs]) },
              ],
            },
          ],
        };
      } finally {
        for (const wallet of wallets) await wallet.close();
      }
    }),
};

/** In turn, so that whatever else the machine does meets all of them; the median counts. */
async function readInTurn(wallets: readonly Wallet[], rounds: number): Promise<{ entries: number; ms: number }[]> {
  for (let request = 0; request < WARM_UP_REQUESTS; request++) for (const each of wallets) await timed(each);
  const took = wallets.map((): number[] => []);
  for (let request = 0; request < REQUESTS * rounds; request++) {
    for (const [index, wallet] of wallets.entries()) took[index]!.push(await timed(wallet));
  }
  return wallets.map(({ entries }, index) => ({ entries, ms: median(took[index]!) }));
}

async function timed({ malipo, key }: Pick<Wallet, 'malipo' | 'key'>): Promise<number> {
  const start = performance.now();
  const answer = await malipo.app.inject({ url: '/v1/wallets', headers: { 'x-api-key': key } });
  const took = performance.now() - start;
  if (answer.statusCode !== 200 || answer.json().data.length !== 1) throw new Error(`The wallet answered ${answer.body}`);
  return took;
}

async function openWallet(file: string, entries: number): Promise<Wallet> {
  const store = new SqliteStore(file);
  const config = loadConfig({ RATE_LIMIT_FACTOR: '0', DATABASE_URL: `file:${file}` });
  const malipo = await buildApp({ config, store, clock: systemClock, secret: Buffer.alloc(32, 7) });
  const { app } = await malipo.apps.create({ name: 'Bench', slug: 'bench' });
  const { key } = await malipo.keys.create(app.id, 'live');
  fill(file, app.id, entries);
  const unfoldedMs = await timed({ malipo, key });
  // As the recurring job does, twice: the first run leaves the mark up to which the second folds.
  await foldBalances(store);
  await foldBalances(store);
  return {
    entries,
    malipo,
    key,
    unfoldedMs,
    async close() {
      await malipo.app.close();
      await malipo.jobs.stop();
      await store.close();
    },
  };
}

/** Entries of one wallet and no more: what it takes to read a balance is all that is asked. */
function fill(file: string, appId: number, entries: number): void {
  const connection = openConnection(file, { readonly: false });
  connection.prepare(`INSERT INTO ledger_accounts (id, app_id, kind, provider, currency, mode) VALUES (1, ?, 'wallet', 'iotec', 'UGX', 'live')`).run(appId);
  connection.exec(`INSERT INTO ledger_transfers (id, posting, source, currency, event_at, created_at) VALUES (1, 'collectSettled', 'payment:1', 'UGX', 0, 0)`);
  connection
    .prepare(`
      WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
      INSERT INTO ledger_entries (transfer_id, account_id, amount_minor) SELECT 1, 1, 4600000 FROM numbers`)
    .run(entries);
  connection.pragma('wal_checkpoint(TRUNCATE)');
  connection.close();
}
