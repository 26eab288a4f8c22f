import pg from 'pg';
import { exactTypes } from '../postgres/connections.ts';
import { othersConnectedAs } from '../postgres/others.ts';
import { type Row, ROWS_TOGETHER, type TransferEnd } from './end.ts';

export class PostgresEnd implements TransferEnd {
  readonly #client: pg.Client;

  /** Opens one state of the whole database. Throws where a server is connected to it. */
  static async open(databaseUrl: string, { writes }: { writes: boolean }): Promise<PostgresEnd> {
    const client = new pg.Client({ connectionString: databaseUrl, application_name: 'malipo migrate', types: exactTypes });
    client.on('error', () => undefined);
    await client.connect();
    if ((await othersConnectedAs('malipo%', client)).length > 0) {
      await client.end();
      throw new Error('a Malipo server or command is connected to the PostgreSQL database; stop it first');
    }
    await client.query(`BEGIN ISOLATION LEVEL REPEATABLE READ ${writes ? 'READ WRITE' : 'READ ONLY'}`);
    return new PostgresEnd(client);
  }

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  async tables(): Promise<Map<string, readonly string[]>> {
    const { rows } = await this.#client.query<{ name: string; columns: string[] }>(`
      SELECT c.relname AS name, array_agg(CAST(a.attname AS TEXT) ORDER BY a.attnum) AS columns
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      WHERE c.relkind = 'r' AND c.relnamespace = CAST(current_schema() AS regnamespace) GROUP BY c.oid, c.relname ORDER BY c.oid`);
    return new Map(rows.map(({ name, columns }) => [name, columns]));
  }

  async *read(table: string): AsyncIterable<Row[]> {
    await this.#client.query(`DECLARE rows_of_table NO SCROLL CURSOR FOR SELECT * FROM "${table}"`);
    for (;;) {
      const { rows } = await this.#client.query<Row>(`FETCH ${ROWS_TOGETHER} FROM rows_of_table`);
      if (rows.length === 0) break;
      yield rows;
    }
    await this.#client.query('CLOSE rows_of_table');
  }

  async write(table: string, columns: readonly string[], rows: readonly Row[]): Promise<void> {
    const names = columns.map((name) => `"${name}"`).join(', ');
    await this.#client.query(`INSERT INTO "${table}" (${names}) SELECT ${names} FROM json_populate_recordset(NULL::"${table}", $1)`, [JSON.stringify(rows)]);
  }

  async lastIds(): Promise<Map<string, number>> {
    const { rows } = await this.#client.query<{ name: string; last: number }>(`
      SELECT t.relname AS name, s.last_value AS last FROM pg_sequences s JOIN pg_class q ON q.relname = s.sequencename AND q.relnamespace = CAST(current_schema() AS regnamespace)
      JOIN pg_depend d ON d.objid = q.oid AND d.deptype = 'i' JOIN pg_class t ON t.oid = d.refobjid
      WHERE s.schemaname = current_schema() AND s.last_value IS NOT NULL`);
    return new Map(rows.map(({ name, last }) => [name, last]));
  }

  async continueAfter(table: string, id: number): Promise<void> {
    await this.#client.query(`SELECT setval(pg_get_serial_sequence($1, 'id'), greatest($2, (SELECT max(id) FROM "${table}")))`, [table, id]);
  }

  async commit(): Promise<void> {
    await this.#client.query('COMMIT');
  }

  async close(): Promise<void> {
    await this.#client.end();
  }
}
