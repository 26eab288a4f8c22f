/**
 * The one script a site pastes, and the parts that script fetches when the button is about to be pressed. The server
 * answers at once and the first request for a script waits until it is built. What was served under a build's name is
 * served under it for ever, also by later releases.
 */
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ApiError } from '../../core/errors.ts';
import type { KeptBuilds } from './kept-builds.ts';
import { builtWidget, FLOATING, type Script, type Scripts, scriptOf } from './widget-build.ts';

const PINNED = /^pay-button\/([^/]+)\.js$/;

/** Long enough for a visit. */
const FLOATING_CACHE = 'public, max-age=300';
/** A build's name says what is in it. */
const PINNED_CACHE = 'public, max-age=31536000, immutable';

/** The button that a site pins: this very script, or none. */
export interface PinnedButton {
  /** Of the release and the content: `0.1.0-3f9c2a1b07`. */
  build: string;
  /** Below the server's address: `/pay-button/0.1.0-3f9c2a1b07.js`. */
  path: string;
  integrity: string;
}

export class WidgetScripts {
  readonly #kept: KeptBuilds;
  readonly #log: FastifyBaseLogger;
  readonly #build: () => Promise<Scripts>;
  #scripts: Promise<Scripts> | null = null;
  #ready: Scripts | null = null;
  /** Of earlier builds, those that somebody asked for. */
  readonly #earlier = new Map<string, Promise<Script>>();

  constructor({ kept, log, build = builtWidget }: { kept: KeptBuilds; log: FastifyBaseLogger; build?: () => Promise<Scripts> }) {
    this.#kept = kept;
    this.#log = log;
    this.#build = build;
  }

  /** Starts building, if that is needed, without waiting. A failed build is tried again by the next request. */
  prepare(): Promise<Scripts> {
    this.#scripts ??= this.#load().catch((error: unknown) => {
      this.#scripts = null;
      throw error;
    });
    return this.#scripts;
  }

  async pinned(): Promise<PinnedButton> {
    return pinnedOf(await this.#built());
  }

  /** The same for who does not wait: null while it is being built. */
  pinnedNow(): PinnedButton | null {
    // Who waits for it, or who started the server, is told when that fails.
    this.prepare().catch(() => undefined);
    return this.#ready && pinnedOf(this.#ready);
  }

  async send(address: string, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    openToAll(reply);
    const script = (await this.#built()).get(address) ?? (await this.#ofEarlierBuild(address));
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

  async #load(): Promise<Scripts> {
    const scripts = await this.#build();
    const texts = [...scripts].filter(([address]) => address !== FLOATING).map(([address, { bodies }]) => [address, bodies.identity.toString()] as const);
    // A full disk keeps no build, and stops nobody from paying.
    await this.#kept.keep(texts).catch((error: unknown) => this.#log.warn(error, 'this build of the pay button could not be kept for later releases'));
    this.#ready = scripts;
    return scripts;
  }

  #built(): Promise<Scripts> {
    return this.prepare().catch((cause: unknown) => {
      throw new ApiError('UNAVAILABLE', 'The widget could not be built; see the server’s log', { cause });
    });
  }

  async #ofEarlierBuild(address: string): Promise<Script | undefined> {
    const known = this.#earlier.get(address);
    if (known) return known;
    const text = await this.#kept.find(address);
    if (text === undefined) return undefined;
    const script = scriptOf(Buffer.from(text));
    this.#earlier.set(address, script);
    return script;
  }

  async #missing(address: string): Promise<string> {
    const { build, path } = await this.pinned();
    return `There is no /${address} on this server: its pay button is ${build}, at ${path} for ever or at /${FLOATING} with every release`;
  }
}

function pinnedOf(scripts: Scripts): PinnedButton {
  for (const [address, { integrity }] of scripts) {
    const build = PINNED.exec(address)?.[1];
    if (build !== undefined) return { build, path: `/${address}`, integrity };
  }
  throw new ApiError('UNAVAILABLE', 'The widget was built without its name');
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
