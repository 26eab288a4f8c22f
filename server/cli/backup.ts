import { chmodSync, closeSync, copyFileSync, existsSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { secretFile } from '../access/server-secret.ts';
import { takeServeLock } from '../db/sqlite/serve-lock.ts';
import { type Command, CommandError } from './command.ts';
import { inWorkspace } from './workspace.ts';

/** A backup holds phone numbers and, beside it, the server's secret. */
const OWNER_ONLY = 0o600;

/** What SQLite writes beside a database, and leaves there when its process is killed. */
const LOGS = ['-wal', '-shm', '-journal'];

export const command: Command = {
  positionals: ['FILE'],
  options: {},
  notes: "A secret kept beside the database is copied beside the backup (FILE.secret): the copy opens with the same keys.\nAn older backup of that name is replaced, once the new one is complete.",
  run: (args) =>
    inWorkspace(async ({ config, store }) => {
      const target = resolve(args.positionals[0]!);
      const database = config.databaseFile;
      if (database !== null && existsSync(target) && realpathSync(target) === realpathSync(database)) {
        throw new CommandError('VALIDATION_ERROR', `${target} is the database itself`);
      }
      insistUnserved(target);
      await inPlace(target, (draft) => store.backup(draft));
      const secret = database === null || config.secret !== null ? null : secretFile(database);
      if (secret !== null) await inPlace(secretFile(target), (draft) => copyFileSync(secret, draft));
      const { size } = statSync(target);
      return {
        json: { file: target, bytes: size, secret_file: secret === null ? null : secretFile(target) },
        text: `Wrote ${target} (${size.toLocaleString('en-US')} bytes)${secret === null ? '; keep MALIPO_SECRET with it' : ` and ${secretFile(target)}`}.`,
      };
    }, { existing: true }),
};

/** An earlier backup may have become somebody's database since: that is how one is restored. */
function insistUnserved(target: string): void {
  if (!existsSync(`${target}.lock`)) return;
  const lock = takeServeLock(target);
  if (lock === null) throw new CommandError('VALIDATION_ERROR', `A Malipo server is running on ${target}; name another file`);
  lock.release();
}

/** Writes a file under another name, and gives it its own only when all of it is on disk. */
async function inPlace(target: string, write: (draft: string) => Promise<void> | void): Promise<void> {
  const draft = `${target}.${process.pid}.partial`;
  try {
    await write(draft);
    chmodSync(draft, OWNER_ONLY);
    const handle = openSync(draft, 'r+');
    fsyncSync(handle);
    closeSync(handle);
    // Of an older one that was tried, and killed: SQLite would take what is in them for changes to this one, and find it malformed.
    for (const log of LOGS) rmSync(target + log, { force: true });
    renameSync(draft, target);
  } catch (cause) {
    rmSync(draft, { force: true });
    throw new CommandError('BACKUP_FAILED', `${target} could not be written: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
