/**
 * The one script a site pastes, and the panel that script fetches when the button is about to be pressed: built from
 * `widget/` when there is no build newer than its sources, then kept in memory with their compressed forms. The
 * server answers at once and the first request for a script waits.
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
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ApiError } from '../../core/errors.ts';

const PACKAGE = fileURLToPath(new URL('../../../', import.meta.url));
const BUILT = join(PACKAGE, 'dist/widget');
/** What the build is made from. A published package ships the build and not the first of these. */
const SOURCES = ['widget', 'server/core'].map((folder) => join(PACKAGE, folder));

/** Addresses of the built scripts, below the server's and below the build's folder alike. */
const SCRIPTS = ['pay-button.js', 'pay-button/panel.js'] as const;
type ScriptName = (typeof SCRIPTS)[number];

/** Long enough for a visit; button and panel of two builds must not meet for longer than that after an upgrade. */
const FLOATING_CACHE = 'public, max-age=300';

interface Script {
  etag: string;
  bodies: Record<'identity' | 'br' | 'gzip', Buffer>;
}

export class WidgetScripts {
  #scripts: Promise<Record<ScriptName, Script>> | null = null;

  /** Starts building, if that is needed, without waiting. A failed build is tried again by the next request. */
  prepare(): Promise<Record<ScriptName, Script>> {
    this.#scripts ??= loadAll().catch((error: unknown) => {
      this.#scripts = null;
      throw error;
    });
    return this.#scripts;
  }

  async send(name: ScriptName, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    // Also on a failure: a page elsewhere could otherwise read nothing but a CORS error.
    reply.header('Access-Control-Allow-Origin', '*').header('Cross-Origin-Resource-Policy', 'cross-origin');
    const { [name]: script } = await this.prepare().catch((cause: unknown) => {
      throw new ApiError('UNAVAILABLE', 'The widget could not be built; see the server’s log', { cause });
    });
    reply
      .header('Cache-Control', FLOATING_CACHE)
      .header('Vary', 'Accept-Encoding')
      .header('X-Content-Type-Options', 'nosniff')
      .header('ETag', script.etag)
      .type('text/javascript; charset=utf-8');
    if (request.headers['if-none-match']?.includes(script.etag)) return reply.status(304).send();
    const encoding = preferredEncoding(request.headers['accept-encoding']);
    if (encoding !== 'identity') reply.header('Content-Encoding', encoding);
    return reply.send(script.bodies[encoding]);
  }
}

export async function widgetScriptRoutes(app: FastifyInstance, { widget }: { widget: WidgetScripts }): Promise<void> {
  for (const name of SCRIPTS) {
    app.get(`/${name}`, { schema: { hide: true } }, (request, reply) => widget.send(name, request, reply));
  }
}

function preferredEncoding(accepted: string | string[] | undefined): 'br' | 'gzip' | 'identity' {
  const offered = String(accepted ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => !/;\s*q=0(\.0*)?$/.test(each))
    .map((each) => each.split(';')[0]);
  if (offered.includes('br')) return 'br';
  return offered.includes('gzip') ? 'gzip' : 'identity';
}

async function loadAll(): Promise<Record<ScriptName, Script>> {
  if (!isFresh()) await build();
  const loaded = await Promise.all(SCRIPTS.map(async (name) => [name, await load(name)] as const));
  return Object.fromEntries(loaded) as Record<ScriptName, Script>;
}

async function load(name: ScriptName): Promise<Script> {
  const identity = await readFile(join(BUILT, name));
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(identity, { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }),
    promisify(gzip)(identity, { level: constants.Z_BEST_COMPRESSION }),
  ]);
  const etag = `"${createHash('sha256').update(identity).digest('base64url').slice(0, 22)}"`;
  return { etag, bodies: { identity, br, gzip: gz } };
}

function isFresh(): boolean {
  const built = SCRIPTS.map((name) => join(BUILT, name));
  if (!built.every((file) => existsSync(file))) return false;
  if (!existsSync(SOURCES[0]!)) return true;
  const builtAt = Math.min(...built.map((file) => statSync(file).mtimeMs));
  return SOURCES.every((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true }).every(
      (entry) => !entry.isFile() || statSync(join(entry.parentPath, entry.name)).mtimeMs <= builtAt,
    ),
  );
}

/** In a process of its own: the bundler needs ten times the server's memory, once. */
function build(): Promise<void> {
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin/vite.js');
  const child = spawn(process.execPath, [vite, 'build', '--config', 'widget/vite.config.ts', '--logLevel', 'error'], {
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
