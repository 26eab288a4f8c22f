/** One end of a transfer between databases: everything that is in it, read or written as one state. */
import { createHash } from 'node:crypto';

export type Row = Readonly<Record<string, string | number | null>>;

export interface TransferEnd {
  /** Its tables with the names of their columns, in the order they were made. */
  tables(): Promise<Map<string, readonly string[]>>;
  /** Every row of a table as it was when this end was opened, some at a time. */
  read(table: string): AsyncIterable<Row[]>;
  write(table: string, columns: readonly string[], rows: readonly Row[]): Promise<void>;
  /** The highest id that was ever handed out, by table: ids go on after it, also where its row is gone. */
  lastIds(): Promise<Map<string, number>>;
  continueAfter(table: string, id: number): Promise<void>;
  /** Keeps what was written, all of it; until then nobody else sees any. */
  commit(): Promise<void>;
  /** Leaves without keeping anything more. */
  close(): Promise<void>;
}

/** How many rows are held in memory at once. */
export const ROWS_TOGETHER = 1_000;

/** What tells two tables apart: how many rows, and a sum over a digest of each, so that their order does not matter. */
export interface Tally {
  rows: number;
  checksum: string;
}

const CHECKSUM_BITS = 64;

export async function tallyOf(rows: AsyncIterable<Row[]>, columns: readonly string[]): Promise<Tally> {
  let count = 0;
  let sum = 0n;
  for await (const some of rows) {
    count += some.length;
    for (const row of some) sum = BigInt.asUintN(CHECKSUM_BITS, sum + digestOf(row, columns));
  }
  return { rows: count, checksum: sum.toString(16).padStart(CHECKSUM_BITS / 4, '0') };
}

function digestOf(row: Row, columns: readonly string[]): bigint {
  return createHash('sha256').update(JSON.stringify(columns.map((column) => row[column]))).digest().readBigUInt64BE();
}
