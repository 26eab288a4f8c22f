/**
 * `GET /metrics`, as Prometheus reads it. Nothing is counted, and nothing loaded, until it is asked for the first time:
 * what counts costs 19 MB and a tenth of a second, which a shop without a Prometheus does not pay.
 *
 * Several processes behind one port count each for itself, and answer for all: which of them is asked is chance.
 *
 * It names no app, no payment and no customer, and no amounts; but how busy a shop is, is its owner's business. So it is
 * there for this machine and its own network only, and not for what came through a proxy.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';
import { ApiError } from '../../core/errors.ts';
import type { Gauges, MetricsRegistry } from './registry.ts';

const OWN_NETWORK: ReadonlySet<string> = new Set(['loopback', 'private', 'uniqueLocal', 'linkLocal', 'carrierGradeNat']);
const PROXY_HEADERS = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'];

/** Call before any surface is registered: its hooks see every answer. */
export function measureAnswers(app: FastifyInstance): StartMetrics {
  let registry: Promise<MetricsRegistry> | null = null;
  let running: MetricsRegistry | null = null;
  app.addHook('onResponse', (request, reply, done) => {
    running?.answered({ route: request.routeOptions.url, method: request.method, status: reply.statusCode, ms: reply.elapsedTime });
    done();
  });
  return (gauges) => (registry ??= import('./registry.ts').then(({ MetricsRegistry }) => (running = new MetricsRegistry(gauges))));
}

/** Loads what counts and begins to; from the second call on, the same. */
type StartMetrics = (gauges: Gauges) => Promise<MetricsRegistry>;

/** What one process counted, as prom-client writes it for others. */
export type Counts = Awaited<ReturnType<MetricsRegistry['counts']>>;

/** The other server processes behind this port. */
export interface OtherProcesses {
  /** Asks each of them what it counted. */
  counts(): Promise<Counts[]>;
  /** How this one answers them. */
  answerWith(counting: () => Promise<Counts>): void;
}

export const NO_OTHERS: OtherProcesses = { counts: async () => [], answerWith: () => undefined };

export interface MetricsServices {
  gauges: Gauges;
  start: StartMetrics;
  others: OtherProcesses;
}

export async function metricsRoute(app: FastifyInstance, { gauges, start, others }: MetricsServices): Promise<void> {
  others.answerWith(async () => (await start(gauges)).counts());
  app.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
    if (!isNearby(request)) throw new ApiError('NOT_FOUND', 'There is nothing at this address');
    const [registry, counts] = await Promise.all([start(gauges), others.counts()]);
    const { contentType, text } = await registry.expose(counts);
    return reply.header('Content-Type', contentType).header('Cache-Control', 'no-store').send(text);
  });
}

function isNearby({ socket, headers }: FastifyRequest): boolean {
  const address = socket.remoteAddress ?? '';
  return ipaddr.isValid(address) && OWN_NETWORK.has(ipaddr.process(address).range()) && PROXY_HEADERS.every((header) => headers[header] === undefined);
}
