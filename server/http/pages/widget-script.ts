/**
 * The one script a site pastes, and the parts that script fetches when the button is about to be pressed: built from
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

/** The button under the address that sites paste when they want every release; beside it, the same under its build's name. */
const FLOATING = 'pay-button.js';
const PINNED = /^pay-button\/([^/]+)\.js$/;

/** Long enough for a visit. */
const FLOATING_CACHE = 'public, max-age=300';
/** A build's name says what is in it. */
const PINNED_CACHE = 'public, max-age=31536000, immutable';

interface Script {
  etag: string;
  /** For an `integrity` attribute. */
  integrity: string;
  bodies: Record<'identity' | 'br' | 'gzip', Buffer>;
}

/** Everything that was built, by its address below the server's, which is also its place below the build's folder. */
type Scripts = ReadonlyMap<string, Script>;

/** The button that a site pins: this very script, or none. */
export interface PinnedButton {
  /** Of the release and the content: `0.1.0-3f9c2a1b07`. */
  build: string;
  /** Below the server's address: `/pay-button/0.1.0-3f9c2a1b07.js`. */
  path: string;
  integrity: string;
}

export class WidgetScripts {
  #scripts: Promise<Scripts> | null = null;

  /** Starts building, if that is needed, without waiting. A failed build is tried again by the next request. */
  prepare(): Promise<Scripts> {
    this.#scripts ??= loadAll().catch((error: unknown) => {
      this.#scripts = null;
      throw error;
    });
    return this.#scripts;
  }

  async pinned(): Promise<PinnedButton> {
    for (const [address, { integrity }] of await this.#built()) {
      const build = PINNED.exec(address)?.[1];
      if (build !== undefined) return { build, path: `/${address}`, integrity };
    }
    throw new ApiError('UNAVAILABLE', 'The widget was built without its name');
  }

  async send(address: string, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    openToAll(reply);
    const script = (await this.#built()).get(address);
    if (script === undefined) {
      // A server that is upgraded a moment later has it.
      reply.header('Cache-Control', 'no-store');
      throw new ApiError('NOT_FOUND', await this.#missing(address));
    }
    reply
      .header('Cache-Control', address === FLOATING ? FLOATING_CACHE : PINNED_CACHE)
      .header('Vary', 'Accept-Encoding')
      .header('X-Content-Type-Options', 'nosniff')
      .header('ETag', script.etag)
      .type('text/javascript; charset=utf-8');
    if (request.headers['if-none-match']?.includes(script.etag)) return reply.status(304).send();
    const encoding = preferredEncoding(request.headers['accept-encoding']);
    if (encoding !== 'identity') reply.header('Content-Encoding', encoding);
    return reply.send(script.bodies[encoding]);
  }

  #built(): Promise<Scripts> {
    return this.prepare().catch((cause: unknown) => {
      throw new ApiError('UNAVAILABLE', 'The widget could not be built; see the server’s log', { cause });
    });
  }

  async #missing(address: string): Promise<string> {
    const { build, path } = await this.pinned();
    return `There is no /${address} on this server: its pay button is ${build}, at ${path} for ever or at /${FLOATING} with every release`;
  }
}

export async function widgetScriptRoutes(app: FastifyInstance, { widget }: { widget: WidgetScripts }): Promise<void> {
  app.get(`/${FLOATING}`, { schema: { hide: true } }, (request, reply) => widget.send(FLOATING, request, reply));
  app.get<{ Params: { file: string } }>('/pay-button/:file', { schema: { hide: true } }, (request, reply) =>
    widget.send(`pay-button/${request.params.file}`, request, reply),
  );
  app.get<{ Params: { build: string; part: string } }>('/pay-button/:build/:part', { schema: { hide: true } }, (request, reply) =>
    widget.send(`pay-button/${request.params.build}/${request.params.part}`, request, reply),
  );
  app.get('/pay-button.json', { schema: { hide: true } }, async (_request, reply) => {
    openToAll(reply).header('Cache-Control', 'no-cache');
    return { data: await widget.pinned() };
  });
}

/** Also on a failure: a page elsewhere could otherwise read nothing but a CORS error. */
function openToAll(reply: FastifyReply): FastifyReply {
  return reply.header('Access-Control-Allow-Origin', '*').header('Cross-Origin-Resource-Policy', 'cross-origin');
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

async function loadAll(): Promise<Scripts> {
  if (!isFresh()) await build();
  const loaded = builtFiles().map(async (file) => [file.slice(BUILT.length + 1).replaceAll('\\', '/'), await load(file)] as const);
  return new Map(await Promise.all(loaded));
}

async function load(file: string): Promise<Script> {
  const identity = await readFile(file);
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
  if (!existsSync(SOURCES[0]!)) return true;
  const builtAt = Math.min(...built.map((file) => statSync(file).mtimeMs));
  return SOURCES.flatMap(filesBelow).every((file) => statSync(file).mtimeMs <= builtAt);
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
