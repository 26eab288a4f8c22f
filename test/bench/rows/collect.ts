import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { runCli, type ServerProcess, startServe, startServerProcess } from '../../serve-process.ts';
import { inFolder } from '../folder.ts';
import { type Answered, load } from '../load.ts';
import { atLeast, figure, median, type Row } from '../row.ts';

const INSERT = fileURLToPath(new URL('../floors/insert.ts', import.meta.url));

const CONNECTIONS = 64;
const WARM_UP_SECONDS = 3;
/** With the warm-up less than the 15 s after which the first payments are asked about: only collects are measured. */
const SECONDS = 5;

/** An ordinary number, which would be approved long after the round is over. */
const BODY = { amount: 50_000, currency: 'UGX', phone_number: '256771234567', description: 'Order #1234', metadata: { order_id: '1234' } };
const NEVER_MS = '2147483647';

interface Contestant {
  label: string;
  start(file: string): Promise<ServerProcess>;
  path: string;
}

interface Round extends Answered {
  rowsEach: number;
  bytesEach: number;
}

const MALIPO: Contestant = {
  label: 'Malipo',
  start: (file) => startServe(file, { RATE_LIMIT_FACTOR: '0', SANDBOX_APPROVAL_MS: NEVER_MS }),
  path: '/v1/payments/collect',
};
const FLOOR: Contestant = {
  label: 'floor: bare insert, same group commit',
  start: (file) => startServerProcess([INSERT, file, 'together'], {}),
  path: '/collect',
};
const PEER: Contestant = {
  label: 'peer: bare insert, a commit per request',
  start: (file) => startServerProcess([INSERT, file, 'alone'], {}),
  path: '/collect',
};
const CONTESTANTS = [MALIPO, FLOOR, PEER];

export const row: Row = {
  name: 'collect',
  title: `Durable POST /v1/payments/collect (SQLite, synchronous=FULL, sandbox, ${CONNECTIONS} connections)`,

  async measure({ rounds, progress }) {
    const results = new Map<Contestant, Round[]>(CONTESTANTS.map((contestant) => [contestant, []]));
    for (let round = 1; round <= rounds; round++) {
      for (const contestant of CONTESTANTS) {
        const result = await inFolder((folder) => measureOnce(contestant, join(folder, 'malipo.db')));
        results.get(contestant)!.push(result);
        progress(`round ${round} of ${rounds}: ${Math.round(result.perSecond)} /s ${contestant.label}`);
      }
    }
    insistOnEqualWork(results);
    // Round by round, because what else the machine does meanwhile changes more between rounds than within one.
    const against = (other: Contestant) =>
      median(results.get(MALIPO)!.map(({ perSecond }, round) => perSecond / results.get(other)![round]!.perSecond));
    return {
      figures: [
        ...CONTESTANTS.flatMap((contestant) => figuresOf(contestant.label, results.get(contestant)!)),
        figure('rows inserted by each of the three', results.get(MALIPO)![0]!.rowsEach, 'rows a request'),
      ],
      goals: [
        atLeast(0.5, figure('Malipo against the floor', against(FLOOR), '×')),
        atLeast(2, figure('Malipo against a commit per request', against(PEER), '×')),
      ],
    };
  },
};

function figuresOf(label: string, results: Round[]) {
  return [
    figure(label, median(results.map(({ perSecond }) => perSecond)), '/s'),
    figure('  p50', median(results.map(({ p50Ms }) => p50Ms)), 'ms'),
    figure('  p99', median(results.map(({ p99Ms }) => p99Ms)), 'ms'),
    figure('  in the database', median(results.map(({ bytesEach }) => bytesEach)), 'bytes a request'),
  ];
}

/** A fresh process on a fresh database, warmed up: every round of every contestant begins alike. */
async function measureOnce({ start, path }: Contestant, file: string): Promise<Round> {
  const { test_key: key } = await runCli<{ test_key: string }>(file, 'app', 'create', '--name', 'Bench', '--slug', 'bench');
  const before = contents(file);
  const server = await start(file);
  let answered: Answered;
  try {
    const target = { url: server.url + path, headers: { 'x-api-key': key }, body: BODY };
    await load(target, { connections: CONNECTIONS, seconds: WARM_UP_SECONDS });
    answered = await load(target, { connections: CONNECTIONS, seconds: SECONDS });
  } finally {
    await server.stop();
  }
  const after = contents(file);
  return { ...answered, rowsEach: (after.rows - before.rows) / after.payments, bytesEach: (after.bytes - before.bytes) / after.payments };
}

/** What a stopped server left on disk, by counting. */
function contents(file: string): { rows: number; payments: number; bytes: number } {
  const database = new Database(file, { readonly: true });
  try {
    const one = (sql: string) => database.prepare(sql).pluck().get() as number;
    const tables = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`).pluck().all() as string[];
    const rows = tables.reduce((sum, table) => sum + one(`SELECT count(*) FROM ${table}`), 0);
    const bytes = one('SELECT page_count * page_size FROM pragma_page_count, pragma_page_size');
    return { rows, payments: one('SELECT count(*) FROM payments'), bytes };
  } finally {
    database.close();
  }
}

/** The ratio means something only while the floor writes what a collect writes. */
function insistOnEqualWork(results: ReadonlyMap<Contestant, Round[]>): void {
  const written = [...results].flatMap(([{ label }, rounds]) => rounds.map(({ rowsEach }) => ({ label, rowsEach: Math.round(rowsEach * 100) / 100 })));
  const odd = written.find(({ rowsEach }) => rowsEach !== written[0]!.rowsEach);
  if (odd) throw new Error(`${odd.label} inserts ${odd.rowsEach} rows a request, ${written[0]!.label} ${written[0]!.rowsEach}: bring the floor up to date`);
}
