import { existsSync } from 'node:fs';
import { secretFile } from '../access/server-secret.ts';
import { COMMAND_READ_MS, isPostgresUrl, openStore, sqliteFile } from '../db/open.ts';
import type { TransferEnd } from '../db/transfer/end.ts';
import { takeServeLock } from '../db/sqlite/serve-lock.ts';
import { type Command, CommandError, UsageError } from './command.ts';

export const command: Command = {
  options: {
    from: { type: 'text', value: 'URL', required: true, about: 'the database there is: file:./data/malipo.db, or postgres://…' },
    to: { type: 'text', value: 'URL', required: true, about: 'an empty one of the other kind' },
  },
  notes:
    'Stop the servers first: nothing may be written meanwhile. The target gets everything in one commit, or nothing; rows and\nchecksums of every table are compared before, and every rule of malipo verify is checked after. The source stays as it is.',
  async run(args) {
    const [from, to] = [args.text('from'), args.text('to')];
    const file = sqliteFile(from) ?? sqliteFile(to);
    if (file === null || isPostgresUrl(from) === isPostgresUrl(to)) throw new UsageError('One of --from and --to is a file: address, the other a postgres:// address');
    if (sqliteFile(from) !== null && !existsSync(file)) throw new CommandError('DB_ERROR', `There is no database ${file}`);
    const moved = await move(from, to, file);
    const rows = moved.reduce((sum, table) => sum + table.rows, 0);
    const secret = secretFile(file);
    const keep = sqliteFile(from) !== null && existsSync(secret) ? ` Set MALIPO_SECRET to what is in ${secret}.` : ' Keep MALIPO_SECRET as it is.';
    return {
      json: { rows, tables: moved },
      text: [...moved.map(({ table, rows: count }) => `  ${table} ${count}`), `Moved ${rows} rows; the ledger and the payments agree.${keep}`].join('\n'),
    };
  },
};

async function move(from: string, to: string, file: string) {
  const { transfer } = await import('../db/transfer/transfer.ts');
  // Both at this release's schema; of the target also that it can be made.
  for (const url of [from, to]) await (await openStore(url)).close();
  const lock = takeServeLock(file);
  if (lock === null) throw new CommandError('VALIDATION_ERROR', `A Malipo server is running on ${file}; stop it first`);
  const ends: TransferEnd[] = [];
  try {
    const source = await openEnd(from, { writes: false });
    ends.push(source);
    const target = await openEnd(to, { writes: true });
    ends.push(target);
    const ordered = sqliteFile(from) === null ? target : source;
    const moved = await transfer(source, target, (await ordered.tables()).keys());
    await insistSound(to);
    return moved;
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    throw new CommandError('MIGRATE_FAILED', `Nothing was moved: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  } finally {
    for (const end of ends) await end.close();
    lock.release();
  }
}

async function openEnd(url: string, { writes }: { writes: boolean }): Promise<TransferEnd> {
  const file = sqliteFile(url);
  if (file === null) return (await import('../db/transfer/postgres-end.ts')).PostgresEnd.open(url, { writes });
  return new (await import('../db/transfer/sqlite-end.ts')).SqliteEnd(file, { writes });
}

async function insistSound(databaseUrl: string): Promise<void> {
  const { verifyBooks } = await import('../payments/verify.ts');
  const { foldCounts } = await import('../payments/counts.ts');
  const store = await openStore(databaseUrl, { readMs: COMMAND_READ_MS });
  try {
    // Each payment appended to them as it was written.
    await foldCounts(store);
    const problems = await verifyBooks(store.read);
    if (problems.length > 0) throw new CommandError('MIGRATE_FAILED', ['Everything was moved, and the books do not agree; did they before?', ...problems].join('\n  - '));
  } finally {
    await store.close();
  }
}
