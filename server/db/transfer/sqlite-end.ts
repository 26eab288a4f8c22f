import type Database from 'better-sqlite3';
import { openConnection } from '../sqlite/connection.ts';
import { type Row, ROWS_TOGETHER, type TransferEnd } from './end.ts';

/** A file that no server has open. */
export class SqliteEnd implements TransferEnd {
  readonly #connection: Database.Database;

  constructor(file: string, { writes }: { writes: boolean }) {
    this.#connection = openConnection(file, { readonly: !writes });
    // Rows come table by table, and may point to what comes later; what points nowhere in the end is refused.
    this.#connection.pragma('foreign_keys = OFF');
    this.#connection.exec(writes ? 'BEGIN IMMEDIATE' : 'BEGIN');
  }

  async tables(): Promise<Map<string, readonly string[]>> {
    const names = this.#connection.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid`).pluck().all() as string[];
    return new Map(names.map((name) => [name, this.#connection.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(name) as string[]]));
  }

  async *read(table: string): AsyncIterable<Row[]> {
    let rows: Row[] = [];
    for (const row of this.#connection.prepare(`SELECT * FROM "${table}"`).iterate()) {
      rows.push(row as Row);
      if (rows.length < ROWS_TOGETHER) continue;
      yield rows;
      rows = [];
    }
    if (rows.length > 0) yield rows;
  }

  async write(table: string, columns: readonly string[], rows: readonly Row[]): Promise<void> {
    const insert = this.#connection.prepare(`INSERT INTO "${table}" (${columns.map((name) => `"${name}"`).join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`);
    for (const row of rows) insert.run(columns.map((column) => row[column]));
  }

  async lastIds(): Promise<Map<string, number>> {
    const rows = this.#connection.prepare('SELECT name, seq FROM sqlite_sequence').all() as { name: string; seq: number }[];
    return new Map(rows.map(({ name, seq }) => [name, seq]));
  }

  async continueAfter(table: string, id: number): Promise<void> {
    const changed = this.#connection.prepare('UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?').run(id, table).changes;
    if (changed === 0 && this.#neverReusesIds(table)) this.#connection.prepare('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)').run(table, id);
  }

  async commit(): Promise<void> {
    const orphans = this.#connection.pragma('foreign_key_check') as { table: string }[];
    if (orphans.length > 0) throw new Error(`${orphans.length} rows point to rows that are not there, the first in ${orphans[0]!.table}`);
    this.#connection.exec('COMMIT');
  }

  async close(): Promise<void> {
    this.#connection.close();
  }

  #neverReusesIds(table: string): boolean {
    const sql = this.#connection.prepare(`SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?`).pluck().get(table) as string;
    return /\bAUTOINCREMENT\b/.test(sql);
  }
}
