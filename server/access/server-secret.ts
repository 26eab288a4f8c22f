/**
 * The server's own secret: `MALIPO_SECRET`, or 32 random bytes made on the first start and kept beside the
 * database as `<database file>.secret`. Everything the server hashes or encrypts hangs on it, by keys derived for
 * one purpose each.
 */
import { hkdfSync, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Config, ConfigError } from '../config.ts';

const SECRET_BYTES = 32;
const KEY_BYTES = 32;

/** What a key is for; each purpose has its own, so that one leaking says nothing about another. */
export type KeyPurpose = 'api-keys' | 'webhook-secrets' | 'sandbox';

/**
 * The secret, made and kept when there is none. Whether it is the one the database was made with is for
 * `Apps.assertSecretFits` to say.
 */
export function loadServerSecret(config: Pick<Config, 'secret' | 'databaseFile'>): Buffer {
  if (config.secret) return Buffer.from(config.secret.reveal(), 'utf8');
  const database = config.databaseFile;
  if (database === null) throw new ConfigError(['MALIPO_SECRET is missing: there is no database file to keep one beside']);
  const file = secretFile(database);
  const kept = read(file);
  if (kept) return kept;
  create(file);
  return read(file)!;
}

/** Where a database file's secret is kept. */
export function secretFile(database: string): string {
  return `${database}.secret`;
}

/** A 32-byte key for one purpose (HKDF-SHA256). */
export function deriveKey(secret: Uint8Array, purpose: KeyPurpose): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'malipo', purpose, KEY_BYTES));
}

/** The secret in what such a file holds; null where the text holds none. */
export function bytesOfSecretFile(text: string): Buffer | null {
  const secret = Buffer.from(text.trim(), 'base64');
  return secret.length === SECRET_BYTES ? secret : null;
}

function read(file: string): Buffer | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw new ConfigError([`The server's secret cannot be read: ${(error as Error).message}`]);
  }
  const secret = bytesOfSecretFile(text);
  if (secret === null) throw new ConfigError([`${file} does not hold a secret of ${SECRET_BYTES} bytes in base64`]);
  return secret;
}

/**
 * Writes the whole file under another name and then links it in place: linking fails when the name is taken, so
 * two processes that start at once agree on the first one's secret, and nobody ever reads half of it.
 */
function create(file: string): void {
  const folder = dirname(file);
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  mkdirSync(folder, { recursive: true });
  try {
    const handle = openSync(draft, 'wx', 0o600);
    writeSync(handle, `${randomBytes(SECRET_BYTES).toString('base64')}\n`);
    fsyncSync(handle);
    closeSync(handle);
    linkSync(draft, file);
    syncFolder(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** A new name survives a power failure only once its folder is on disk; Windows has no such call and no need. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}
