/** The server as a process: open everything, listen, say where; drain on SIGTERM. */
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { type Config, loadConfig } from './config.ts';
import { SECOND_MS } from './core/clock.ts';
import { errorHandler, v1Dialect } from './http/errors.ts';
import { demoSiteRoutes } from './http/pages/demo-site.ts';
import { openMalipo, StartError } from './running.ts';
import { seedDemoShop } from './shop/demo-shop.ts';
import { otherWorkers } from './worker-counts.ts';
import { isWorker, speaksForAll, startWorkers } from './workers.ts';

/** How often a server that npm started looks whether npm is still there. */
const PARENT_CHECK_MS = SECOND_MS;

export async function serve({ demo }: { demo: boolean }): Promise<void> {
  const config = loadConfig(process.env);
  if (config.webConcurrency > 1 && !isWorker()) return stopOnSignals(await startWorkers(config.webConcurrency));
  const tracing = config.tracing === null ? null : (await import('./tracing/open-telemetry.ts')).startTracing(config.tracing, console.error);
  const malipo = await openMalipo({ config, demo, tracing, otherProcesses: isWorker() ? otherWorkers() : undefined });
  const { store, apps, keys, items } = malipo;
  const seeded = demo ? await seedDemoShop({ store, apps, apiKeys: keys, items }) : null;

  const address = await listen(malipo.app, config);
  const merchant = demo ? await listenAsMerchant(config, config.publicUrl ?? address) : null;
  malipo.jobs.start();
  // The first page asks for the script in a moment: build it meanwhile, and say so now if that fails.
  malipo.widget.prepare().catch((error: unknown) => console.error(`malipo: the widget could not be built: ${String(error)}`));

  const stop = async () => {
    await Promise.all([malipo.stop(), merchant?.app.close()]);
    await tracing?.stop();
  };
  stopOnSignals(stop);
  // Last: who reads this may stop the server in the same moment.
  if (speaksForAll()) announce({ address, merchant: merchant?.address ?? null, testKey: seeded?.testKey ?? null });
}

async function listen(app: FastifyInstance, { port, host }: Config): Promise<string> {
  try {
    await app.listen({ port, host });
  } catch (error) {
    throw new StartError(whyNotListening(error as NodeJS.ErrnoException, { port, host }));
  }
  return addressOf(app, host);
}

/** All that keeps a server from listening is in the configuration or on the machine, never in Malipo. */
function whyNotListening({ code, message }: NodeJS.ErrnoException, { port, host }: Pick<Config, 'port' | 'host'>): string {
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} on ${host} is taken by another program; stop it, or set PORT to a free one`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${host} is not an address of this machine; set HOST to one that is, or to 0.0.0.0 for all of them`;
    case 'EACCES':
      return `port ${port} on ${host} may not be used by this user; set PORT to one above 1023`;
    default:
      return `cannot listen on port ${port} of ${host}: ${message}`;
  }
}

/** The demo merchant's pages on the next port (or any free one): another origin, as a customer's site would be. */
async function listenAsMerchant({ port, host, providers }: Config, malipoUrl: string): Promise<{ app: FastifyInstance; address: string }> {
  const app = Fastify({ forceCloseConnections: true });
  app.setErrorHandler(errorHandler(v1Dialect));
  await app.register(demoSiteRoutes, { malipoUrl: () => malipoUrl, takesStripe: providers.stripe !== null });
  const next = port === 0 || port === 65_535 ? 0 : port + 1;
  await app.listen({ port: next, host }).catch(() => app.listen({ port: 0, host }));
  return { app, address: addressOf(app, host) };
}

/** An address that a browser on this machine can open. */
function addressOf(app: FastifyInstance, host: string): string {
  const { port } = app.server.address() as AddressInfo;
  const name = ['127.0.0.1', '::1', '0.0.0.0', '::', 'localhost'].includes(host) ? 'localhost' : host;
  return `http://${name}:${port}`;
}

function announce({ address, merchant, testKey }: { address: string; merchant: string | null; testKey: string | null }): void {
  console.log(`Malipo is running at ${address}`);
  if (merchant !== null) {
    console.log(`  demo shop      ${merchant}/  (a merchant's site, on an origin of its own)`);
    console.log(`  sandbox phone  ${address}/sandbox/phone`);
  }
  if (testKey !== null) console.log(`  test API key   ${testKey}  (shown once)`);
}

function stopOnSignals(stop: () => Promise<void>): void {
  let stopping = false;
  const stopOnce = () => {
    if (stopping) return;
    stopping = true;
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  // Heard again while stopping: Ctrl-C reaches us from the terminal and once more from npm, and must not cut us off.
  process.on('SIGTERM', stopOnce);
  process.on('SIGINT', stopOnce);
  stopWithParent(stopOnce);
}

/** Without npm the server would be an orphan that keeps port and database, whatever signal npm died of. */
function stopWithParent(stop: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const startedBy = ancestors();
  setInterval(() => {
    if (ancestors() !== startedBy) stop();
  }, PARENT_CHECK_MS).unref();
}

/** Our parent and, where Linux tells, its parent: with dash a shell stands between npm and us, and outlives npm. */
function ancestors(): string {
  const parent = process.ppid;
  try {
    // `19632 (sh) S 19620 …`, see proc_pid_stat(5); the name may contain anything, also brackets and spaces.
    const stat = readFileSync(`/proc/${parent}/stat`, 'utf8');
    return `${parent} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]}`;
  } catch {
    return String(parent);
  }
}
