/** Composes everything: capabilities over the store, surfaces over the capabilities. */
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest } from 'fastify';
import { Apps } from './access/apps.ts';
import { ApiKeys } from './access/keys.ts';
import { deriveKey } from './access/server-secret.ts';
import { WebhookSettings } from './access/webhook-settings.ts';
import type { Config } from './config.ts';
import type { Clock } from './core/clock.ts';
import type { Store } from './db/store.ts';
import { StatusHub } from './events/status-hub.ts';
import { StatusRelay } from './events/status-relay.ts';
import { ANSWER_WITHIN_MS, answerInTime } from './http/answers-in-time.ts';
import { checkoutRoutes } from './http/checkout/routes.ts';
import { StatusStreams } from './http/checkout/status-streams.ts';
import { openApi } from './http/docs/openapi.ts';
import { docsRoutes } from './http/docs/routes.ts';
import { drainOnClose } from './http/draining.ts';
import { dukuziDialect } from './http/dukuzi/resources.ts';
import { dukuziRoutes } from './http/dukuzi/routes.ts';
import { type ErrorDialect, errorHandler, v1Dialect } from './http/errors.ts';
import { healthRoutes } from './http/health.ts';
import { answerMalformedRequest } from './http/malformed-requests.ts';
import { gaugesOf } from './http/metrics/gauges.ts';
import { measureAnswers, metricsRoute, NO_OTHERS, type OtherProcesses } from './http/metrics/routes.ts';
import { addressBelow } from './http/mount.ts';
import { answerUnknownRoutes } from './http/not-found.ts';
import { demoSiteRoutes } from './http/pages/demo-site.ts';
import { homeRoute } from './http/pages/home.ts';
import { hostedPayRoutes } from './http/pages/hosted-pay.ts';
import { hostedShopRoutes } from './http/pages/hosted-shop.ts';
import { KeptBuilds } from './http/pages/kept-builds.ts';
import { pageAssets } from './http/pages/page-assets.ts';
import { paymentPages } from './http/pages/payment.ts';
import { sandboxCardRoutes } from './http/pages/sandbox-card.ts';
import { sandboxPhoneRoutes } from './http/pages/sandbox-phone.ts';
import { WidgetScripts, widgetScriptRoutes } from './http/pages/widget-script.ts';
import { providerHealthRoute } from './http/provider-health.ts';
import { registerRateLimits } from './http/rate-limits.ts';
import { RefusedKeys } from './http/refused-keys.ts';
import { answerWithRequestId, logOptions, requestIds } from './http/request-log.ts';
import { type RequestTracer, traceRequests } from './http/trace-requests.ts';
import { validatorCompiler } from './http/validation.ts';
import { v1Routes } from './http/v1/routes.ts';
import { providerWebhookRoutes } from './http/webhooks/routes.ts';
import { JobQueue } from './jobs/queue.ts';
import { JobRunner } from './jobs/runner.ts';
import { schedule } from './jobs/schedule.ts';
import { FOLD_CRON, foldBalances } from './ledger/folding.ts';
import { Collecting } from './payments/collecting.ts';
import { COUNT_CRON, foldCounts } from './payments/counts.ts';
import { Disbursing } from './payments/disbursing.ts';
import { forgetOldKeys } from './payments/idempotency.ts';
import { FreshLook } from './payments/fresh-look.ts';
import { Inquiry } from './payments/inquiry.ts';
import { PaymentListing } from './payments/listing.ts';
import { LostAnswers } from './payments/lost-answers.ts';
import { PaymentLookup } from './payments/lookup.ts';
import type { Payment } from './payments/payment.ts';
import { Reversals } from './payments/reversal.ts';
import { CHECK_JOB, Settlement } from './payments/settlement.ts';
import { paymentsByReferences } from './payments/statements.ts';
import type { ProviderSlug } from './providers/capabilities.ts';
import { DAILY_CHECK_CRON, DailyLineCheck } from './providers/lines/daily-check.ts';
import { ProviderLines } from './providers/lines/lines.ts';
import { configuredProviders } from './providers/live.ts';
import type { Provider } from './providers/provider.ts';
import { ProviderRouting } from './providers/routing.ts';
import { forgetSandboxBooks } from './providers/sandbox/forgetting.ts';
import { SANDBOX_PAY_JOB } from './providers/sandbox/payouts.ts';
import { SandboxCard } from './providers/sandbox/card.ts';
import { SandboxPhone } from './providers/sandbox/phone.ts';
import { Sandbox, SANDBOX_DECIDE_JOB } from './providers/sandbox/sandbox.ts';
import { RefundFollowing } from './refunds/following.ts';
import { DashboardRefunds } from './refunds/made-there.ts';
import { REFUND_JOB } from './refunds/refund.ts';
import { tellReviewsTo } from './reviews/telling.ts';
import { Items } from './shop/items.ts';
import { CheckoutSessions } from './shop/sessions.ts';
import { strayDukuziProducts } from './shop/sold-at-dukuzi.ts';
import { testSales } from './shop/sold-in-test.ts';
import { VERSION } from './version.ts';
import { WithdrawalInquiry } from './wallets/inquiry.ts';
import { WithdrawalListing } from './wallets/listing.ts';
import { WithdrawalSettlement } from './wallets/settlement.ts';
import { CHECK_WITHDRAWAL_JOB } from './wallets/withdrawal.ts';
import { Withdrawing } from './wallets/withdrawing.ts';
import { InboundCallbacks, PROCESS_CALLBACK_JOB } from './webhooks/inbound.ts';
import { OutboundWebhooks } from './webhooks/outbound.ts';

export interface AppDeps {
  config: Config;
  store: Store;
  clock: Clock;
  /** The server's own secret, from which every key is derived. */
  secret: Uint8Array;
  /** Whether to serve the demo merchant's pages at `/demo/`. */
  demo?: boolean;
  /** The providers that move real money, by name, in place of those the configuration has credentials for. */
  liveProviders?: ReadonlyMap<ProviderSlug, Provider>;
  /** Where log lines go; standard output when absent. */
  logTo?: { write(line: string): void };
  /** The log of the app this server is mounted in, in place of one of its own. */
  log?: FastifyBaseLogger;
  /** Numbers from 0 to 1 that spread retries; `Math.random` when absent. Secrets and references draw from the system's own source. */
  random?: () => number;
  /** The server processes behind the same port, where there are others. */
  otherProcesses?: OtherProcesses | undefined;
  /** Follows every request where somebody traces. */
  tracing?: RequestTracer | null;
  /** How long a request may wait for its answer (milliseconds), where the database is another machine's; eleven seconds when absent. */
  answerWithinMs?: number;
  /** The path it is mounted at there, as `/payments`; empty when it stands alone. */
  prefix?: string;
}

export interface Malipo {
  app: FastifyInstance;
  jobs: JobRunner;
  queue: JobQueue;
  widget: WidgetScripts;
  apps: Apps;
  keys: ApiKeys;
  items: Items;
}

/** In place of Fastify's own compilers, which nobody here uses: not loading them saves a twelfth of the start, and 4 MB. */
const noCompiler = (): never => {
  throw new Error('A schema was to be compiled by Fastify itself');
};

/** The largest request body: metadata and texts at their limits, with room to spare. */
const BODY_BYTES_MAX = 64 * 1_024;

export async function buildApp(deps: AppDeps): Promise<Malipo> {
  const { config, store, clock, secret, demo = false, logTo, log, random, prefix = '' } = deps;
  const app = Fastify({
    ...(log === undefined ? { logger: logOptions(logTo) } : { loggerInstance: log }),
    ...requestIds,
    rewriteUrl: ({ url = '/' }) => addressBelow(prefix, url),
    trustProxy: config.trustProxy,
    bodyLimit: BODY_BYTES_MAX,
    schemaController: { compilersFactory: { buildValidator: noCompiler, buildSerializer: noCompiler } },
    requestTimeout: 30_000,
    // `drainOnClose` sees to the rest: a request that comes on an open connection meanwhile is answered, not refused.
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    clientErrorHandler: answerMalformedRequest,
    frameworkErrors: (error, request, reply) => errorHandler(dialectOf(request.url))(error, request, reply),
  });
  // Fastify's own: a JSON body sent as text would be refused for its shape and not for its type.
  app.removeContentTypeParser('text/plain');
  app.setValidatorCompiler(validatorCompiler);
  // Answers are built by typed functions and checked against their schemas in tests, not on every request.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.setErrorHandler(errorHandler(v1Dialect));
  app.decorateRequest('credential', null);
  answerUnknownRoutes(app, dialectOf);
  answerWithRequestId(app);
  if (deps.tracing != null) traceRequests(app, deps.tracing);
  // A file keeps nobody waiting for long.
  if (store.engine === 'postgres') answerInTime(app, { withinMs: deps.answerWithinMs ?? ANSWER_WITHIN_MS });

  const encryptionKey = deriveKey(secret, 'webhook-secrets');
  const apps = new Apps({ store, clock, encryptionKey });
  const keys = new ApiKeys({ store, clock, secretKey: deriveKey(secret, 'api-keys') });
  const items = new Items({ store, clock });
  const sessions = new CheckoutSessions({ store, clock });
  const queue = new JobQueue(store);
  const jobs = new JobRunner({ queue, clock, log: app.log, random });
  const hub = new StatusHub<Payment>();
  const relay = new StatusRelay<Payment>({
    hub,
    bell: store.bell,
    clock,
    read: async (references) => store.read.all(paymentsByReferences, { references: references.join(' ') }),
    log: app.log,
  });
  const sandbox = new Sandbox({ store, clock, jobs: queue, secret: deriveKey(secret, 'sandbox'), approvalMs: config.sandboxApprovalMs });
  const live = deps.liveProviders ?? (await configuredProviders(config, { clock, log: app.log }));
  for (const problem of await strayDukuziProducts(config.providers.dukuzi?.products ?? new Map(), items)) app.log.warn(problem);
  const inTest = await testSales(items, live);
  if (inTest !== null) app.log.warn(inTest);
  const routing = new ProviderRouting({ sandbox, live });
  const lines = new ProviderLines({ store, clock, log: app.log });
  const lineCheck = new DailyLineCheck({ lines, routing, clock });
  const webhooks = new OutboundWebhooks({
    store,
    clock,
    jobs: queue,
    settings: new WebhookSettings({ store, clock, encryptionKey }),
    allowCidrs: config.outboundAllowCidrs,
    log: app.log,
    random,
  });
  const settlement = new Settlement({ store, clock, jobs: queue, hub, events: webhooks.events, lines });
  const disbursing = new Disbursing({ store, clock, jobs: queue, settlement, lines });
  const refunds = new RefundFollowing({ store, clock, jobs: queue, routing, events: webhooks.events });
  const reversals = new Reversals({ clock, events: webhooks.events, refunds: new DashboardRefunds({ clock, following: refunds }) });
  const inquiry = new Inquiry({ store, clock, routing, settlement, reversals });
  const collecting = new Collecting({ store, clock, jobs: queue, settlement, inquiry, lines });
  const freshLook = new FreshLook({ inquiry, clock, processes: config.webConcurrency });
  const lookup = new PaymentLookup({ store });
  const listing = new PaymentListing({ store });
  const withdrawalSettlement = new WithdrawalSettlement({ clock, jobs: queue });
  const withdrawalInquiry = new WithdrawalInquiry({ store, clock, routing, settlement: withdrawalSettlement });
  const withdrawing = new Withdrawing({ store, clock, settlement: withdrawalSettlement, inquiry: withdrawalInquiry, lines });
  const withdrawals = new WithdrawalListing({ store });
  const lostAnswers = new LostAnswers({ store, clock, routing });
  const inbound = new InboundCallbacks({ store, clock, jobs: queue, routing, about: [inquiry, withdrawalInquiry, refunds], lostAnswers, log: app.log });
  const streams = new StatusStreams({ hub, clock, limitFactor: config.rateLimitFactor });
  const widget = new WidgetScripts({ kept: new KeptBuilds({ store, clock }), log: app.log });

  sandbox.sendCallbacksTo((headers, rawBody) => inbound.receive(sandbox.slug, headers, rawBody));
  jobs.handle(CHECK_JOB, (job) => inquiry.check(job));
  jobs.handle(CHECK_WITHDRAWAL_JOB, (job) => withdrawalInquiry.check(job));
  jobs.handle(REFUND_JOB, (job) => refunds.follow(job));
  jobs.handle(PROCESS_CALLBACK_JOB, (job) => inbound.process(job));
  jobs.handle(SANDBOX_DECIDE_JOB, (job) => sandbox.decide(job));
  jobs.handle(SANDBOX_PAY_JOB, (job) => sandbox.payouts.pay(job));
  webhooks.handleJobs(jobs);
  await tellReviewsTo(app.log, store);
  await schedule(
    [
      { kind: 'idempotency.forget', cron: '17 2 * * *', run: () => forgetOldKeys(store, clock) },
      { kind: 'callbacks.forget', cron: '47 2 * * *', run: () => inbound.forgetOld() },
      { kind: 'webhooks.forget', cron: '17 3 * * *', run: () => webhooks.forgetOld() },
      { kind: 'sandbox.forget', cron: '47 3 * * *', run: () => forgetSandboxBooks(store, clock) },
      { kind: 'ledger.fold', cron: FOLD_CRON, run: () => foldBalances(store) },
      { kind: 'counts.fold', cron: COUNT_CRON, run: () => foldCounts(store) },
      { kind: 'lines.check', cron: DAILY_CHECK_CRON, run: () => lineCheck.run() },
    ],
    { store, queue, runner: jobs, clock },
  );

  const isDraining = drainOnClose(app);
  const startMetrics = measureAnswers(app);
  relay.start();
  app.addHook('preClose', async () => {
    relay.stop();
    streams.closeAll();
    webhooks.close();
  });

  const publicUrl = (request: FastifyRequest) => config.publicUrl ?? `${request.protocol}://${request.host}${prefix}`;
  const limits = await registerRateLimits(app, { factor: config.rateLimitFactor, clock, bell: store.bell });
  const refused = new RefusedKeys({ factor: config.rateLimitFactor, clock, bell: store.bell });
  await openApi(app, { version: VERSION });
  await app.register(v1Routes, { prefix: '/v1', keys, refused, collecting, disbursing, inquiry, listing, lookup, routing, store, clock, sessions, lines, withdrawals, withdrawing, limits, publicUrl });
  await app.register(providerWebhookRoutes, { prefix: '/v1/webhooks', inbound });
  await app.register(checkoutRoutes, { prefix: '/api/store', apps, items, sessions, collecting, lines, lookup, freshLook, routing, streams, limits, publicUrl });
  for (const prefix of DUKUZI_PREFIXES) {
    await app.register(dukuziRoutes, { prefix, apps, keys, refused, items, collecting, lookup, routing, limits });
  }
  await app.register(providerHealthRoute, { prefix: '/api/provider-health', lines, routing, limits });
  await app.register(healthRoutes, { store, clock, isDraining });
  await app.register(metricsRoute, { start: startMetrics, gauges: gaugesOf({ store, clock, queue, lines, streams }), others: deps.otherProcesses ?? NO_OTHERS });
  await app.register(docsRoutes, { publicUrl, widget });
  await app.register(homeRoute, { demo, publicUrl, widget });
  await app.register(widgetScriptRoutes, { widget });
  await app.register(pageAssets);
  await app.register(sandboxCardRoutes, { prefix: '/sandbox/card', card: new SandboxCard({ store, sandbox }), limits });
  await app.register(sandboxPhoneRoutes, { phone: new SandboxPhone({ store, clock, jobs: queue, sandbox }), limits });
  await app.register(hostedPayRoutes, { items, sessions, apps, routing, limits });
  await app.register(hostedShopRoutes, { items, apps, routing, limits });
  await app.register(paymentPages, { items, sessions, apps, lookup, freshLook, clock, limits });
  if (demo) await app.register(demoSiteRoutes, { prefix: '/demo', malipoUrl: publicUrl, takesStripe: config.providers.stripe !== null });
  await app.ready();
  return { app, jobs, queue, widget, apps, keys, items };
}

const DUKUZI_PREFIXES = ['/', '/api-proxy.php'];

/** For requests that reach no route, and so no surface. */
function dialectOf(path: string): ErrorDialect {
  const isDukuzi = /^(\/api-proxy\.php)?\/(create-payment|transaction)([/?]|$)/.test(path) || path.startsWith('/api-proxy.php');
  return isDukuzi ? dukuziDialect : v1Dialect;
}
