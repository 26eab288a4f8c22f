/**
 * The one script a site pastes: built from `widget/` when there is no build newer than its sources, then kept in
 * memory with its compressed forms. The server answers at once and the first request for the script waits.
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
const BUILT = join(PACKAGE, 'dist/widget/pay-button.js');
/** What the build is made from. A published package ships the build and not the first of these. */
const SOURCES = ['widget', 'server/core'].map((folder) => join(PACKAGE, folder));

/** Five minutes fresh, then a day in which the old one is shown while the new one is fetched. */
const FLOATING_CACHE = 'public, max-age=300, stale-while-revalidate=86400';

interface Script {
  etag: string;
  bodies: Record<'identity' | 'br' | 'gzip', Buffer>;
}

export class WidgetScript {
  #script: Promise<Script> | null = null;

  /** Starts building, if that is needed, without waiting. A failed build is tried again by the next request. */
  prepare(): Promise<Script> {
    this.#script ??= load().catch((error: unknown) => {
      this.#script = null;
      throw error;
    });
    return this.#script;
  }

  async send(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    // Also on a failure: a page elsewhere could otherwise read nothing but a CORS error.
    reply.header('Access-Control-Allow-Origin', '*').header('Cross-Origin-Resource-Policy', 'cross-origin');
    const script = await this.prepare().catch((cause: unknown) => {
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

export async function widgetScriptRoute(app: FastifyInstance, { widget }: { widget: WidgetScript }): Promise<void> {
  app.get('/pay-button.js', { schema: { hide: true } }, (request, reply) => widget.send(request, reply));
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

async function load(): Promise<Script> {
  if (!isFresh()) await build();
  const identity = await readFile(BUILT);
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(identity, { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }),
    promisify(gzip)(identity, { level: constants.Z_BEST_COMPRESSION }),
  ]);
  const etag = `"${createHash('sha256').update(identity).digest('base64url').slice(0, 22)}"`;
  return { etag, bodies: { identity, br, gzip: gz } };
}

function isFresh(): boolean {
  if (!existsSync(BUILT)) return false;
  if (!existsSync(SOURCES[0]!)) return true;
  const builtAt = statSync(BUILT).mtimeMs;
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
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`vite build ended with ${code}`))));
  });
}
