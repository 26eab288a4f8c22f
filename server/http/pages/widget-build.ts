/**
 * The widget as it is built from `widget/`: made anew when there is no build newer than its sources, then read into
 * memory with its compressed forms.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const PACKAGE = fileURLToPath(new URL('../../../', import.meta.url));
const BUILT = join(PACKAGE, 'dist/widget');
const CONFIG = 'widget/vite.config.ts';
/** What the build is made from. */
const SOURCES = ['widget', 'server/core'].map((folder) => join(PACKAGE, folder));

/** The button under the address that sites paste when they want every release; beside it, the same under its build's name. */
export const FLOATING = 'pay-button.js';

export interface Script {
  etag: string;
  /** For an `integrity` attribute. */
  integrity: string;
  bodies: Record<'identity' | 'br' | 'gzip', Buffer>;
}

/** Everything that was built, by its address below the server's, which is also its place below the build's folder. */
export type Scripts = ReadonlyMap<string, Script>;

export async function builtWidget(): Promise<Scripts> {
  if (!isFresh()) await build();
  const loaded = builtFiles().map(async (file) => [file.slice(BUILT.length + 1).replaceAll('\\', '/'), await scriptOf(await readFile(file))] as const);
  return new Map(await Promise.all(loaded));
}

export async function scriptOf(identity: Buffer): Promise<Script> {
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(identity, { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }),
    promisify(gzip)(identity, { level: constants.Z_BEST_COMPRESSION }),
  ]);
  const etag = `"${createHash('sha256').update(identity).digest('base64url').slice(0, 22)}"`;
  const integrity = `sha384-${createHash('sha384').update(identity).digest('base64')}`;
  return { etag, integrity, bodies: { identity, br, gzip: gz } };
}

function builtFiles(): string[] {
  return existsSync(join(BUILT, FLOATING)) ? filesBelow(BUILT) : [];
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

function isFresh(): boolean {
  const built = builtFiles();
  if (built.length === 0) return false;
  // A published package ships the build and nothing to make another with; its files are as old as npm makes them.
  if (!existsSync(join(PACKAGE, CONFIG))) return true;
  const builtAt = Math.min(...built.map((file) => statSync(file).mtimeMs));
  return SOURCES.flatMap(filesBelow).every((file) => statSync(file).mtimeMs <= builtAt);
}

/** In a process of its own: the bundler needs ten times the server's memory, once. */
function build(): Promise<void> {
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin/vite.js');
  const child = spawn(process.execPath, [vite, 'build', '--config', CONFIG, '--logLevel', 'error'], {
    cwd: PACKAGE,
    // Whatever the server runs as, buyers get Lit without its development checks.
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const endWithServer = () => child.kill();
  process.once('exit', endWithServer);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', () => process.off('exit', endWithServer));
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`vite build ended with ${code}`))));
  });
}
