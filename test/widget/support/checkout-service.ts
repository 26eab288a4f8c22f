/**
 * A checkout server that plays a script: each test opens a world of its own by an id that is part of the base
 * address (`/play/<world>/api/store/…`), says what its calls shall answer, and reads afterwards what was asked.
 * Real HTTP and real streams, inside the test runner's own server.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** How a call is answered. */
export interface Answer {
  status?: number;
  /** The `data` of a success. */
  data?: unknown;
  /** Text in place of JSON. */
  html?: string;
  /** The code of a failure. */
  code?: string;
  /** How long to leave the server alone after it, in seconds. */
  retryAfter?: number;
  /** Cuts the connection after the request has been recorded: the answer is lost. */
  isCut?: boolean;
  /** Answers only when the world is released. */
  isHeld?: boolean;
}

export type Call = 'item' | 'pay' | 'status' | 'stream' | 'card';

export interface RecordedCall {
  call: Call;
  /** Milliseconds since 1970. */
  at: number;
  key: string | undefined;
  /** Without the key. */
  body: Record<string, unknown>;
  /** Whether the provider is to be asked first. */
  isFresh: boolean;
}

interface World {
  /** What each call answers; the last entry stays. */
  script: Partial<Record<Call, Answer[]>>;
  calls: RecordedCall[];
  streams: Set<ServerResponse>;
  held: (() => void)[];
  eventId: number;
}

const worlds = new Map<string, World>();

function worldOf(id: string): World {
  let world = worlds.get(id);
  if (!world) {
    world = { script: {}, calls: [], streams: new Set(), held: [], eventId: 0 };
    worlds.set(id, world);
  }
  return world;
}

/** For the runner's server, which is made of Koa. */
export async function checkoutMiddleware(
  context: { req: IncomingMessage; res: ServerResponse; respond?: boolean },
  next: () => Promise<void>,
): Promise<void> {
  // Koa would answer by itself once this returns; a stream goes on.
  context.respond = false;
  if (await handleCheckout(context.req, context.res)) return;
  context.respond = true;
  await next();
}

/** Handles a request of a world, or answers false. */
export async function handleCheckout(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
  const match = /^\/play\/([^/]+)\/(.*)$/.exec(pathname);
  if (!match) return false;
  const [, id = '', path = ''] = match;
  const world = worldOf(id);
  response.setHeader('cache-control', 'no-store');
  if (path.startsWith('director/')) await direct(world, path.slice('director/'.length), request, response);
  else await play(world, path, searchParams.get('fresh') === 'true', request, response);
  return true;
}

/** The test's own hand: never called by the widget. */
async function direct(world: World, order: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await bodyOf(request);
  switch (order) {
    case 'script':
      Object.assign(world.script, body);
      break;
    case 'send':
      for (const stream of world.streams) sendSnapshot(world, stream, body);
      break;
    case 'beat':
      for (const stream of world.streams) stream.write('event: heartbeat\ndata: \n\n');
      break;
    case 'hang-up':
      for (const stream of world.streams) stream.end();
      break;
    case 'release':
      for (const answer of world.held.splice(0)) answer();
      break;
    case 'calls':
      break;
    default:
      throw new Error(`no such order: ${order}`);
  }
  sendJson(response, 200, { calls: world.calls, openStreams: world.streams.size });
}

async function play(world: World, path: string, isFresh: boolean, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const isStream = request.headers.accept === 'text/event-stream';
  const call: Call = path.startsWith('sandbox/card/') ? 'card' : path.endsWith('/pay') ? 'pay' : !path.includes('/status/') ? 'item' : isStream ? 'stream' : 'status';
  const { idempotency_key: key, ...rest } = (await bodyOf(request)) ?? {};
  world.calls.push({ call, at: Date.now(), key: key as string | undefined, body: rest, isFresh });
  const answers = world.script[call] ?? [];
  const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? { status: 404, code: 'NOT_FOUND' };
  if (answer.isHeld) await new Promise<void>((resolve) => world.held.push(resolve));
  if (answer.isCut) {
    request.socket.destroy();
  } else if (answer.html !== undefined) {
    response.writeHead(answer.status ?? 200, { 'content-type': 'text/html' });
    response.end(answer.html);
  } else if (call === 'stream' && !answer.code) {
    openStream(world, response, answer.data);
  } else if (answer.code !== undefined) {
    if (answer.retryAfter) response.setHeader('retry-after', answer.retryAfter);
    sendJson(response, answer.status ?? 400, { error: { code: answer.code, message: `said ${answer.code}` }, message: '' });
  } else {
    sendJson(response, answer.status ?? 200, { data: answer.data });
  }
}

function openStream(world: World, response: ServerResponse, first: unknown): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write('retry: 50\n\n');
  world.streams.add(response);
  response.on('close', () => world.streams.delete(response));
  if (first) sendSnapshot(world, response, first);
}

function sendSnapshot(world: World, stream: ServerResponse, data: unknown): void {
  stream.write(`id: ${String(++world.eventId)}\ndata: ${JSON.stringify({ data })}\n\n`);
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown> | null> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text ? (JSON.parse(text) as Record<string, unknown>) : null;
}
