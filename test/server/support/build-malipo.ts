/** A whole server for one test: a real database of the engine under test, time that the test owns, an app with keys and items. */
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { onTestFinished } from 'vitest';
import type { App } from '../../../server/access/apps.ts';
import { buildApp, type Malipo } from '../../../server/app.ts';
import { loadConfig } from '../../../server/config.ts';
import { openStore } from '../../../server/db/open.ts';
import type { Store } from '../../../server/db/store.ts';
import type { Provider } from '../../../server/providers/provider.ts';
import type { ProviderSlug } from '../../../server/providers/capabilities.ts';
import type { Item } from '../../../server/shop/items.ts';
import { ManualClock } from './manual-clock.ts';
import { newDatabase } from './database-under-test.ts';
import { temporaryDatabase } from './temporary-store.ts';

/** With PostgreSQL there must be one; what is used is what `buildApp` is given. */
const SECRET = 'a secret that no test uses';

/** A request may take as long as the machine that others use as well. */
export const UNHURRIED_MS = 600_000;

export interface MalipoOptions {
  /** An existing database, to start a second server on it; a new one when absent. */
  databaseUrl?: string;
  clock?: ManualClock;
  /** Live providers in place of those that `env` has credentials for; one at least makes live keys and live sales work. */
  live?: Provider[];
  env?: Record<string, string>;
  /** Stands between the server and its database. */
  wrapStore?: (store: Store) => Store;
  /** As `AppDeps` has it. */
  answerWithinMs?: number;
}

export interface Shop {
  app: App;
  liveKey: string;
  testKey: string;
}

export type Answer = LightMyRequestResponse;

export interface CallOptions {
  key?: string | undefined;
  idempotencyKey?: string;
  headers?: Record<string, string>;
}

export interface TestMalipo extends Malipo {
  databaseUrl: string;
  clock: ManualClock;
  store: Store;
  /** The live providers it was given in place of those of its environment. */
  live: ReadonlyMap<ProviderSlug, Provider>;
  /** Every line the server logged. */
  log: string[];
  get(url: string, options?: CallOptions): Promise<Answer>;
  post(url: string, body: unknown, options?: CallOptions): Promise<Answer>;
  inject(options: InjectOptions): Promise<Answer>;
  makeShop(input: { slug: string; feePercent?: number; origins?: string[] }): Promise<Shop>;
  /** Moves the clock and runs what that makes due. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** A server that ends with the running test. */
export async function buildMalipo(options: MalipoOptions = {}): Promise<TestMalipo> {
  const malipo = await openMalipo({ ...options, databaseUrl: options.databaseUrl ?? (await temporaryDatabase()) });
  onTestFinished(() => malipo.close());
  return malipo;
}

/** One server for all tests of a file that leave nothing behind: open it in `beforeAll`, close it in `afterAll`. */
export async function malipoForFile(options: MalipoOptions = {}): Promise<TestMalipo> {
  const { url, ready, remove } = newDatabase();
  await ready;
  const malipo = await openMalipo({ databaseUrl: url, ...options });
  return {
    ...malipo,
    close: async () => {
      await malipo.close();
      await remove();
    },
  };
}

async function openMalipo({ databaseUrl, clock = new ManualClock(), live: given, env = {}, wrapStore = (store) => store, answerWithinMs = UNHURRIED_MS }: MalipoOptions & { databaseUrl: string }): Promise<TestMalipo> {
  const store = wrapStore(await openStore(databaseUrl));
  const log: string[] = [];
  const live = new Map((given ?? []).map((provider) => [provider.slug as ProviderSlug, provider]));
  const malipo = await buildApp({
    config: loadConfig({ RATE_LIMIT_FACTOR: '0', DATABASE_URL: databaseUrl, MALIPO_SECRET: SECRET, ...env }),
    store,
    clock,
    secret: Buffer.alloc(32, 7),
    ...(given === undefined ? {} : { liveProviders: live }),
    answerWithinMs,
    logTo: { write: (line) => void log.push(line) },
  });
  const inject = (options: InjectOptions) => malipo.app.inject(options);
  let closing: Promise<void> | null = null;
  return {
    ...malipo,
    databaseUrl,
    clock,
    store,
    live,
    log,
    inject,
    get: (url, options) => inject({ method: 'GET', url, headers: headersOf(options) }),
    post: (url, body, options) => inject({ method: 'POST', url, headers: headersOf(options), payload: body as object }),
    makeShop: async ({ slug, feePercent, origins }) => {
      const { app } = await malipo.apps.create({ name: `Shop ${slug}`, slug, feePercent, origins });
      const [live, test] = [await malipo.keys.create(app.id, 'live'), await malipo.keys.create(app.id, 'test')];
      return { app, liveKey: live.key, testKey: test.key };
    },
    pass: async (ms) => {
      clock.advance(ms);
      await malipo.jobs.runDue();
    },
    close: () =>
      (closing ??= (async () => {
        await malipo.app.close();
        await malipo.jobs.stop();
        await store.close();
      })()),
  };
}

function headersOf({ key, idempotencyKey, headers = {} }: CallOptions = {}): Record<string, string> {
  return {
    ...(key === undefined ? {} : { 'x-api-key': key }),
    ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    ...headers,
  };
}

export interface Catalogue {
  /** UGX 25,000, digital. */
  book: Item;
  /** TZS 12,000, digital. */
  kitabu: Item;
  /** UGX 100,000. */
  course: Item;
  /** A link of UGX 7,500. */
  fixedLink: Item;
  /** A link of UGX 1,000 to 50,000. */
  fund: Item;
}

/** One item of each kind for a shop. */
export async function stock({ items }: Malipo, { app }: Shop): Promise<Catalogue> {
  const appId = app.id;
  const named = (name: string) => ({ appId, name, slug: `${app.slug}-${name}` });
  return {
    book: await items.createProduct({ ...named('book'), currency: 'UGX', amount: 25_000, imageUrl: '/demo/images/book.svg' }),
    kitabu: await items.createProduct({ ...named('kitabu'), currency: 'TZS', amount: 12_000 }),
    course: await items.createProduct({ ...named('course'), currency: 'UGX', amount: 100_000, type: 'course' }),
    fixedLink: await items.createLink({ ...named('fixed-link'), currency: 'UGX', amount: 7_500 }),
    fund: await items.createLink({ ...named('fund'), currency: 'UGX', minAmount: 1_000, maxAmount: 50_000, suggestedAmounts: [5_000] }),
  };
}
