/** A whole gateway for one test: a real database of the engine under test, time that the test owns, an app with keys, a live provider. */
import type { LightMyRequestResponse } from 'fastify';
import { expect, onTestFinished } from 'vitest';
import { buildApp, type Malipo } from '../../../server/app.ts';
import { loadConfig } from '../../../server/config.ts';
import { SECOND_MS } from '../../../server/core/clock.ts';
import { openStore } from '../../../server/db/open.ts';
import type { Store } from '../../../server/db/store.ts';
import type { Mode } from '../../../server/core/mode.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import type { ProviderSlug } from '../../../server/providers/capabilities.ts';
import { UNHURRIED_MS } from './build-malipo.ts';
import { ManualClock } from './manual-clock.ts';
import { PayingProvider } from './paying-provider.ts';
import { temporaryDatabase } from './temporary-store.ts';

/** As MALIPO_SECRET, for commands beside the server. */
export const SECRET = 'a secret that only tests have, and all of them';

/** A Ugandan number that means nothing to the sandbox, so that live keys take it too. */
export const PHONE = '256772123456';

export interface Gateway extends Malipo {
  databaseUrl: string;
  store: Store;
  clock: ManualClock;
  provider: PayingProvider;
  appId: number;
  key: Record<Mode, string>;
  get(url: string, mode?: Mode, headers?: Record<string, string>): Promise<LightMyRequestResponse>;
  post(url: string, body: object, mode?: Mode, headers?: Record<string, string>): Promise<LightMyRequestResponse>;
  /** Moves the clock and runs what that makes due. */
  pass(ms: number): Promise<void>;
  /** Live money in the app's wallet, paid by a customer: this much is left of it after the 8 % fee. */
  earn(netAmount: number, about?: { provider?: ProviderSlug; currency?: string; phone_number?: string }): Promise<void>;
  /** What the wallet of a provider and currency holds, as the app is told. */
  balance(currency?: string, mode?: Mode, provider?: string): Promise<number>;
  /** Every sentence of `malipo verify`; an empty list is what every test ends with. */
  problems(): Promise<string[]>;
  makeApp(slug: string): Promise<{ id: number; live: string; test: string }>;
}

/** A gateway that ends with the running test; `databaseUrl` and `clock` start a second one beside or after a first. */
export async function openGateway({
  databaseUrl,
  clock = new ManualClock(),
  providers = [new PayingProvider('iotec')],
  env = {},
}: { databaseUrl?: string; clock?: ManualClock; providers?: PayingProvider[]; env?: Record<string, string> } = {}): Promise<Gateway> {
  databaseUrl ??= await temporaryDatabase();
  const store = await openStore(databaseUrl);
  const malipo = await buildApp({
    config: loadConfig({ RATE_LIMIT_FACTOR: '0', DATABASE_URL: databaseUrl, MALIPO_SECRET: SECRET, ...env }),
    store,
    clock,
    secret: Buffer.from(SECRET),
    liveProviders: new Map(providers.map((provider) => [provider.slug as ProviderSlug, provider])),
    answerWithinMs: UNHURRIED_MS,
  });
  onTestFinished(async () => {
    await malipo.app.close();
    await malipo.jobs.stop();
    await store.close();
  });

  const makeApp = async (slug: string) => {
    const { app } = await malipo.apps.create({ name: `Shop ${slug}`, slug });
    return { id: app.id, live: (await malipo.keys.create(app.id, 'live')).key, test: (await malipo.keys.create(app.id, 'test')).key };
  };
  const { id: appId, ...key } = await makeApp(`shop-${Math.random().toString(36).slice(2)}`);
  const headersOf = (mode: Mode, headers: Record<string, string> = {}) => ({ 'x-api-key': key[mode], ...headers });
  const provider = providers[0]!;

  const gateway: Gateway = {
    ...malipo,
    databaseUrl,
    store,
    clock,
    provider,
    appId,
    key,
    makeApp,
    get: (url, mode = 'live', headers) => malipo.app.inject({ method: 'GET', url, headers: headersOf(mode, headers) }),
    post: (url, body, mode = 'live', headers) => malipo.app.inject({ method: 'POST', url, headers: headersOf(mode, headers), payload: body }),
    pass: async (ms) => {
      clock.advance(ms);
      await malipo.jobs.runDue();
    },
    earn: async (netAmount, { provider: slug = 'iotec', currency = 'UGX', phone_number = PHONE } = {}) => {
      const answer = await gateway.post('/v1/payments/collect', { amount: Math.round(netAmount / 0.92), currency, provider: slug, phone_number });
      expect(answer.statusCode, answer.body).toBe(200);
      const { reference } = answer.json().data;
      providers.find((each) => each.slug === slug)!.customerPays(reference, clock.now());
      clock.advance(3 * SECOND_MS);
      const verified = await gateway.post('/v1/webhooks/verify', { reference });
      expect(verified.json().data).toMatchObject({ status: 'completed', net_amount: netAmount });
    },
    balance: async (currency = 'UGX', mode = 'live', slug = 'iotec') => {
      const { data } = (await gateway.get('/v1/wallets', mode)).json() as { data: { provider: string; currency: string; balance: number }[] };
      return data.find((wallet) => wallet.currency === currency && wallet.provider === slug)?.balance ?? 0;
    },
    problems: () => verifyBooks(store.read),
  };
  return gateway;
}
