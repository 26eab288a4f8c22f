import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { ServerProcess } from '../../serve-process.ts';
import { collectFrom, type Contestant, FLOOR, MALIPO, openShop, PEER } from '../collects.ts';
import { inFolder } from '../folder.ts';
import { type Answered, load, type Target } from '../load.ts';
import { atLeast, figure, median, type Row } from '../row.ts';

const CONNECTIONS = 64;
const WARM_UP_SECONDS = 2;
/**
 * A round measures each contestant in turn, several times for a second, because what else the machine does changes
 * from second to second. From Malipo's warm-up, the last, to the end it takes less than the 15 s after which the
 * first payments are asked about: only collects are measured.
 */
const SLICES = 3;
const SLICE_SECONDS = 1;

interface Round extends Answered {
  rowsEach: number;
  bytesEach: number;
}

/** Malipo last: see above. */
const CONTESTANTS = [FLOOR, PEER, MALIPO];

export const row: Row = {
  name: 'collect',
  title: `Durable POST /v1/payments/collect (SQLite, synchronous=FULL, sandbox, ${CONNECTIONS} connections)`,

  async measure({ rounds, progress }) {
    const results = new Map<Contestant, Round[]>(CONTESTANTS.map((contestant) => [contestant, []]));
    for (let round = 1; round <= rounds; round++) {
      const measured = await inFolder(measureRound);
      for (const [contestant, result] of measured) results.get(contestant)!.push(result);
      const rates = [...measured].map(([{ label }, { perSecond }]) => `${Math.round(perSecond)} /s ${label}`);
      progress(`round ${round} of ${rounds}: ${rates.join(', ')}`);
    }
    insistOnEqualWork(results);
    const against = (other: Contestant) =>
      median(results.get(MALIPO)!.map(({ perSecond }, round) => perSecond / results.get(other)![round]!.perSecond));
    return {
      figures: [
        ...CONTESTANTS.flatMap((contestant) => figuresOf(contestant.label, results.get(contestant)!)),
        figure('rows inserted by each of the three, counts aside', results.get(MALIPO)![0]!.rowsEach, 'rows a request'),
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

/** Fresh processes on fresh databases, warmed up: every round begins alike. */
async function measureRound(folder: string): Promise<Map<Contestant, Round>> {
  const lanes: Lane[] = [];
  try {
    for (const [index, contestant] of CONTESTANTS.entries()) lanes.push(await openLane(contestant, join(folder, `${index}.db`)));
    for (const { target } of lanes) await load(target, { connections: CONNECTIONS, seconds: WARM_UP_SECONDS });
    for (let slice = 0; slice < SLICES; slice++) {
      for (const { target, slices } of lanes) slices.push(await load(target, { connections: CONNECTIONS, seconds: SLICE_SECONDS }));
    }
  } finally {
    for (const { server } of lanes) await server.stop();
  }
  return new Map(lanes.map((lane) => [lane.contestant, roundOf(lane)]));
}

interface Lane {
  contestant: Contestant;
  file: string;
  before: Contents;
  server: ServerProcess;
  target: Target;
  slices: Answered[];
}

async function openLane(contestant: Contestant, file: string): Promise<Lane> {
  const key = await openShop(file);
  const before = contents(file);
  const server = await contestant.start(file);
  return { contestant, file, before, server, target: collectFrom(contestant, server, key), slices: [] };
}

function roundOf({ file, before, slices }: Lane): Round {
  const after = contents(file);
  const mean = (of: (slice: Answered) => number) => slices.reduce((sum, slice) => sum + of(slice), 0) / slices.length;
  return {
    perSecond: mean(({ perSecond }) => perSecond),
    p50Ms: mean(({ p50Ms }) => p50Ms),
    p99Ms: mean(({ p99Ms }) => p99Ms),
    rowsEach: (after.rows - before.rows) / after.payments,
    bytesEach: (after.bytes - before.bytes) / after.payments,
  };
}

interface Contents {
  rows: number;
  payments: number;
  bytes: number;
}

/** Inserted by the same trigger for all three; Malipo folds them every few seconds, so how many are left says nothing. */
const COUNTS = ['payment_count_changes', 'payment_counts'];

/** What a stopped server left on disk, by counting. */
function contents(file: string): Contents {
  const database = new Database(file, { readonly: true });
  try {
    const one = (sql: string) => database.prepare(sql).pluck().get() as number;
    const tables = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`).pluck().all() as string[];
    const rows = tables.filter((table) => !COUNTS.includes(table)).reduce((sum, table) => sum + one(`SELECT count(*) FROM ${table}`), 0);
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
