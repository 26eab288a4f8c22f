/** Why a database cannot be opened, in one line that a person can act on: which it is, what is wrong, what to do. */
import { accessSync, closeSync, constants, existsSync, openSync } from 'node:fs';
import { dirname } from 'node:path';

/** By the code of whoever refused, the system or SQLite. */
const REASONS: Readonly<Record<string, (file: string, folder: string) => string>> = {
  EROFS: (_, folder) => `${folder} is on a disk that is read-only; mount it for writing`,
  EACCES: (_, folder) => `this user may not write in ${folder}; give the folder and what is in it to the user that Malipo runs as`,
  ENOSPC: (_, folder) => `there is no room on the disk of ${folder}; make some`,
  ENOTDIR: (_, folder) => `${folder} is not a folder; name a file in one`,
  EISDIR: (file) => `${file} is a folder; name a file in it`,
  ENOENT: (_, folder) => `no file can be made in ${folder}; name one in another folder`,
  SQLITE_IOERR: (_, folder) => `the disk of ${folder} does not do what it is asked; see what the system's own log says of it`,
  SQLITE_NOTADB: (file) => `${file} is not a SQLite database; name one, or a file that is still to be made`,
};

/** Codes that come to the same. */
const ALIKE: Readonly<Record<string, string>> = { EPERM: 'EACCES', EDQUOT: 'ENOSPC', SQLITE_FULL: 'ENOSPC', EEXIST: 'ENOTDIR' };

/**
 * Goes on from "the database".
 *
 * @param databaseFile null for a database on a server
 */
export function cannotBeOpened(databaseFile: string | null, cause: unknown): string {
  const said = cause instanceof Error ? cause.message : String(cause);
  if (databaseFile === null) return `cannot be opened: ${said}; DATABASE_URL says where it is`;
  const code = codeOf(cause)?.replace(/^SQLITE_IOERR_.*/, 'SQLITE_IOERR') ?? '';
  const reason = REASONS[ALIKE[code] ?? code] ?? REASONS[systemsCode(databaseFile) ?? ''];
  const why = reason?.(databaseFile, dirname(databaseFile)) ?? said;
  return `${databaseFile} cannot be opened: ${why}; DATABASE_URL says where it is`;
}

function codeOf(error: unknown): string | undefined {
  return (error as { code?: string } | null)?.code;
}

/** SQLite says that it could not, and not why: the system is asked for the same. */
function systemsCode(databaseFile: string): string | undefined {
  const beside = `${databaseFile}.lock`;
  try {
    accessSync(dirname(databaseFile), constants.W_OK);
    closeSync(openSync(beside, 'a'));
    if (existsSync(databaseFile)) closeSync(openSync(databaseFile, 'r+'));
    return undefined;
  } catch (error) {
    const code = codeOf(error) ?? '';
    return ALIKE[code] ?? code;
  }
}
