/**
 * Moves everything from one database to another, of either engine: read in one state, written in one commit, and
 * compared before that commit by rows and checksums, so that the target is whole or as empty as before.
 */
import { type TransferEnd, type Tally, tallyOf } from './end.ts';

/** Made again by the target itself, as rows are written or later: how its schema came about, counts, how far it folded, that it takes writes. */
const OF_EACH_DATABASE: ReadonlySet<string> = new Set(['schema_migrations', 'payment_counts', 'payment_count_changes', 'ledger_fold_mark', 'write_probes']);

export interface Moved extends Tally {
  table: string;
}

/** The target has rows: it is somebody's shop. */
export class NotEmptyError extends Error {
  override name = 'NotEmptyError';
}

/**
 * @param order names tables so that each comes after those it points to: SQLite's end knows it, whose tables are made anew
 *   when they come to point to later ones
 */
export async function transfer(source: TransferEnd, target: TransferEnd, order: Iterable<string>): Promise<Moved[]> {
  const [from, to] = [await source.tables(), await target.tables()];
  const tables = [...order].filter((table) => !OF_EACH_DATABASE.has(table));
  for (const table of tables) await insistEmpty(target, table);
  const moved: Moved[] = [];
  for (const table of tables) {
    const columns = sharedColumns(table, from.get(table), to.get(table));
    for await (const rows of source.read(table)) await target.write(table, columns, rows);
    const [before, after] = [await tallyOf(source.read(table), columns), await tallyOf(target.read(table), columns)];
    if (before.rows !== after.rows || before.checksum !== after.checksum) {
      throw new Error(`${table} has ${before.rows} rows (${before.checksum}) at the source and ${after.rows} (${after.checksum}) at the target`);
    }
    moved.push({ table, ...after });
  }
  await continueIds(source, target, to);
  await target.commit();
  return moved;
}

async function insistEmpty(target: TransferEnd, table: string): Promise<void> {
  for await (const rows of target.read(table)) {
    if (rows.length > 0) throw new NotEmptyError(`The target is not empty: there are rows in ${table}`);
  }
}

/** Both are of this release, so their columns are the same; anything else is a mistake that must not lose a column. */
function sharedColumns(table: string, from: readonly string[] | undefined, to: readonly string[] | undefined): readonly string[] {
  const sorted = (columns: readonly string[] = []) => columns.toSorted();
  const columns = sorted(from);
  if (columns.length === 0 || JSON.stringify(columns) !== JSON.stringify(sorted(to))) throw new Error(`${table} has other columns at the target than at the source`);
  return columns;
}

async function continueIds(source: TransferEnd, target: TransferEnd, tables: ReadonlyMap<string, readonly string[]>): Promise<void> {
  const lastIds = await source.lastIds();
  for (const [table, columns] of tables) {
    if (OF_EACH_DATABASE.has(table) || !columns.includes('id')) continue;
    let highest = lastIds.get(table) ?? 0;
    for await (const rows of target.read(table)) for (const { id } of rows) highest = Math.max(highest, Number(id));
    if (highest > 0) await target.continueAfter(table, highest);
  }
}
