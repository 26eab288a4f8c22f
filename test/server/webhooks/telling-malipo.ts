/** A whole server whose apps are told of their payments on this machine, and whose time the test owns. */
import { onTestFinished } from 'vitest';
import type { WebhookFormat } from '../../../server/access/apps.ts';
import { buildApp, type Malipo } from '../../../server/app.ts';
import { loadConfig } from '../../../server/config.ts';
import { openStore } from '../../../server/db/open.ts';
import { statement, type Params, type Store } from '../../../server/db/store.ts';
import { WebhookSettings } from '../../../server/access/webhook-settings.ts';
import { deriveKey } from '../../../server/access/server-secret.ts';
import { WebhookReplay } from '../../../server/webhooks/replay.ts';
import { WebhookEndpoints } from '../../../server/webhooks/endpoints.ts';
import { UNHURRIED_MS } from '../support/build-malipo.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { temporaryDatabase } from '../support/temporary-store.ts';

/** As MALIPO_SECRET, for commands beside the server. */
export const SECRET = 'the secret of these tests';

/** By the sandbox's own numbers, what the customer does. */
export const APPROVES = '256772100001';
export const HAS_NO_FUNDS = '256772100002';
export const NEVER_ANSWERS = '256772100004';
export const APPROVES_AFTER_EXPIRY = '256772100006';

export interface Shop {
  id: number;
  slug: string;
  key: string;
  secret: string;
}

export interface DeliveryRow {
  id: number;
  event_id: number;
  url: string;
  status: string;
  attempts: number;
  next_attempt_at: number | null;
}

export interface TellingMalipo extends Malipo {
  databaseUrl: string;
  store: Store;
  clock: ManualClock;
  settings: WebhookSettings;
  replay: WebhookReplay;
  endpoints: WebhookEndpoints;
  shop(input: { webhookUrl?: string; format?: WebhookFormat; slug?: string }): Promise<Shop>;
  /** Starts a payment and answers its reference. */
  collect(shop: Shop, body?: object): Promise<string>;
  /** Runs what is due after so long. */
  pass(ms: number): Promise<void>;
  rows<Row>(sql: string, params?: Params): Promise<Row[]>;
  deliveries(): Promise<DeliveryRow[]>;
  close(): Promise<void>;
}

export interface Options {
  databaseUrl?: string;
  clock?: ManualClock;
  allowCidrs?: string;
}

/** Ends with the running test. The clock begins at the real time, which is what signature checkers compare with. */
export async function tellingMalipo({ databaseUrl, clock = new ManualClock(Date.now()), allowCidrs = '127.0.0.0/8' }: Options = {}): Promise<TellingMalipo> {
  databaseUrl ??= await temporaryDatabase();
  const store = await openStore(databaseUrl);
  const config = loadConfig({ RATE_LIMIT_FACTOR: '0', DATABASE_URL: databaseUrl, MALIPO_SECRET: SECRET, OUTBOUND_ALLOW_CIDRS: allowCidrs });
  const malipo = await buildApp({ config, store, clock, secret: Buffer.from(SECRET), answerWithinMs: UNHURRIED_MS });
  malipo.app.log.level = 'silent';
  const settings = new WebhookSettings({ store, clock, encryptionKey: deriveKey(Buffer.from(SECRET), 'webhook-secrets') });
  const rows = async <Row>(sql: string, params: Params = {}) => store.read.all(statement<Row>(sql), params);
  let closing: Promise<void> | null = null;
  const close = () =>
    (closing ??= (async () => {
      await malipo.app.close();
      // Whoever hangs is hung up on.
      clock.advance(60_000);
      await malipo.jobs.stop();
      await store.close();
    })());
  onTestFinished(close);
  return {
    ...malipo,
    databaseUrl,
    store,
    clock,
    settings,
    replay: new WebhookReplay({ store, clock, jobs: malipo.queue, settings }),
    endpoints: new WebhookEndpoints({ store }),
    rows,
    close,
    deliveries: () => rows<DeliveryRow>('SELECT id, event_id, url, status, attempts, next_attempt_at FROM webhook_deliveries ORDER BY id'),
    async shop({ webhookUrl, format, slug = 'duka' }) {
      const { app, webhookSecret } = await malipo.apps.create({ name: slug, slug, webhookUrl, webhookFormat: format });
      const { key } = await malipo.keys.create(app.id, 'test');
      return { id: app.id, slug, key, secret: webhookSecret };
    },
    async collect({ key }, body = {}) {
      const payload = { amount: 50_000, currency: 'UGX', phone_number: APPROVES, metadata: { order: 'A1' }, ...body };
      const answer = await malipo.app.inject({ method: 'POST', url: '/v1/payments/collect', headers: { 'x-api-key': key }, payload });
      if (answer.statusCode !== 200) throw new Error(answer.body);
      return (answer.json() as { data: { reference: string } }).data.reference;
    },
    async pass(ms) {
      clock.advance(ms);
      await malipo.jobs.runDue();
    },
  };
}
