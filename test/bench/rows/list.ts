import { join } from 'node:path';
import { buildApp, type Malipo } from '../../../server/app.ts';
import { loadConfig } from '../../../server/config.ts';
import { DAY_MS, systemClock } from '../../../server/core/clock.ts';
import { openConnection } from '../../../server/db/sqlite/connection.ts';
import { SqliteStore } from '../../../server/db/sqlite/store.ts';
import { foldCounts } from '../../../server/payments/counts.ts';
import { inFolder } from '../folder.ts';
import { atMost, figure, median, type Row } from '../row.ts';

const SMALL = 1_000;
const LARGE = 1_000_000;
/** Beside those two, for the curves. */
const BETWEEN = [10_000, 100_000];
const BEYOND = [10_000_000];

/** Requests of each kind on each book in one round. */
const REQUESTS = 100;
const WARM_UP_REQUESTS = 30;

/** Both books tell the same thirty days, so the large one has a thousand times as many payments in each hour. */
const FIRST_DAY = Date.UTC(2026, 2, 1);
const DAYS = 30;

/** A customer pays ten times, in either book. */
const PAYMENTS_EACH = 10;

const LISTS: Readonly<Record<string, (book: Book) => string>> = {
  'first page': () => '',
  'a cursor in the middle': ({ middle }) => `starting_after=${middle}`,
  'page 20': () => 'page=20',
  'status=failed': () => 'status=failed',
  'status=failed, a cursor in the middle': ({ middle }) => `status=failed&starting_after=${middle}`,
  'currency=KES': () => 'currency=KES',
  'provider, direction and status': () => 'provider=relworx&direction=disburse&status=pending',
  'one phone': () => 'phone=256770000042',
  'one phone, status=completed': () => 'phone=256770000042&status=completed',
  'from and to, whole days': () => 'from=2026-03-08&to=2026-03-20',
  'from and to, within an hour': () => 'from=2026-03-08T09:20:00Z&to=2026-03-20T17:40:00Z',
  'from and to, status=failed, a cursor in the middle': ({ middle }) => `from=2026-03-08T09:20:00Z&to=2026-03-20T17:40:00Z&status=failed&starting_after=${middle}`,
};

/** Those whose curves are drawn: the others lie between them. */
const DRAWN: readonly string[] = ['first page', 'a cursor in the middle', 'one phone', 'from and to, within an hour'];

interface Book {
  payments: number;
  malipo: Malipo;
  key: string;
  /** The reference of the payment in the middle of the list. */
  middle: string;
  close(): Promise<void>;
}

export const row: Row = {
  name: 'list',
  title: `A page of GET /v1/payments/transactions at ${LARGE.toLocaleString('en')} payments against ${SMALL.toLocaleString('en')}`,

  measure: ({ rounds, curves, progress }) =>
    inFolder(async (folder) => {
      const books: Book[] = [];
      try {
        for (const payments of curves ? [SMALL, ...BETWEEN, LARGE, ...BEYOND] : [SMALL, LARGE]) {
          progress(`writing ${payments.toLocaleString('en')} payments`);
          books.push(await openBook(join(folder, `${payments}.db`), payments));
        }
        const results: { what: string; pages: Page[]; smallMs: number; largeMs: number }[] = [];
        for (const [what, query] of Object.entries(LISTS)) {
          const pages = await readInTurn(books, query, rounds);
          const msAt = (size: number) => pages.find(({ payments }) => payments === size)!.ms;
          results.push({ what, pages, smallMs: msAt(SMALL), largeMs: msAt(LARGE) });
          progress(what);
        }
        return {
          figures: results.flatMap(({ what, smallMs, largeMs }) => [
            figure(what, largeMs * 1_000, `µs a page at ${LARGE.toLocaleString('en')}`),
            figure('', smallMs * 1_000, `µs a page at ${SMALL.toLocaleString('en')}`),
          ]),
          goals: results.map(({ what, smallMs, largeMs }) => atMost(1.5, figure(what, largeMs / smallMs, '×'))),
          curves: [
            {
              name: 'list-by-payments',
              title: 'A page of the transaction list',
              x: 'payments',
              y: 'ms',
              series: results.filter(({ what }) => DRAWN.includes(what)).map(({ what, pages }) => ({ label: what, points: pages.map(({ payments, ms }): [number, number] => [payments, ms]) })),
            },
          ],
        };
      } finally {
        for (const book of books) await book.close();
      }
    }),
};

interface Page {
  payments: number;
  ms: number;
}

/** In turn, so that whatever else the machine does meets all of them; the median of all requests counts. */
async function readInTurn(books: readonly Book[], query: (book: Book) => string, rounds: number): Promise<Page[]> {
  for (let request = 0; request < WARM_UP_REQUESTS; request++) for (const book of books) await timed(book, query(book));
  const took = books.map((): number[] => []);
  for (let request = 0; request < REQUESTS * rounds; request++) {
    for (const [index, book] of books.entries()) took[index]!.push(await timed(book, query(book)));
  }
  return books.map(({ payments }, index) => ({ payments, ms: median(took[index]!) }));
}

async function timed({ malipo, key }: Book, query: string): Promise<number> {
  const start = performance.now();
  const answer = await malipo.app.inject({ url: `/v1/payments/transactions?${query}`, headers: { 'x-api-key': key } });
  const took = performance.now() - start;
  if (answer.statusCode !== 200 || answer.json().data.length === 0) throw new Error(`${query} answered ${answer.body}`);
  return took;
}

async function openBook(file: string, payments: number): Promise<Book> {
  const store = new SqliteStore(file);
  const config = loadConfig({ RATE_LIMIT_FACTOR: '0', DATABASE_URL: `file:${file}` });
  const malipo = await buildApp({ config, store, clock: systemClock, secret: Buffer.alloc(32, 7) });
  const { app } = await malipo.apps.create({ name: 'Bench', slug: 'bench' });
  const { key } = await malipo.keys.create(app.id, 'live');
  fill(file, app.id, payments);
  await foldCounts(store);
  return {
    payments,
    malipo,
    key,
    middle: `dgw_${payments / 2}`,
    async close() {
      await malipo.app.close();
      await malipo.jobs.stop();
      await store.close();
    },
  };
}

/** Nine in ten are completed, one in twenty failed; every kind is spread over the whole time. */
function fill(file: string, appId: number, payments: number): void {
  const connection = openConnection(file, { readonly: false });
  connection
    .prepare(`
      WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < :payments - 1)
      INSERT INTO payments (reference, app_id, mode, direction, method, provider, network, provider_ref, status, submission, amount_minor, fee_minor,
        currency, phone, description, metadata, failure_reason, created_at, updated_at, expires_at, completed_at)
      SELECT 'dgw_' || n, CAST(:appId AS INTEGER), 'live', CASE WHEN n % 7 = 0 THEN 'disburse' ELSE 'collect' END, 'mobile_money',
        CASE WHEN n % 3 = 0 THEN 'relworx' ELSE 'iotec' END, 'mtn', 'ref_' || n,
        CASE WHEN n % 20 = 0 THEN 'failed' WHEN n % 33 = 0 THEN 'expired' WHEN n % 13 = 0 THEN 'pending' ELSE 'completed' END, 'sent', 5000000, 400000,
        CASE WHEN n % 6 = 0 THEN 'KES' ELSE 'UGX' END, '25677' || printf('%07d', n % CAST(:phones AS INTEGER)), 'Order #' || n, '{"order_id":"1234"}',
        '', CAST(:first + n * :step AS INTEGER), 0, 0, NULL
      FROM numbers`)
    .run({ payments, appId, phones: payments / PAYMENTS_EACH, first: FIRST_DAY, step: (DAYS * DAY_MS) / payments });
  connection.pragma('wal_checkpoint(TRUNCATE)');
  connection.close();
}
