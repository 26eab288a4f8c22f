/** OpenTelemetry by its own environment variables: what a collector is sent, and what it costs when there is none. */
import { expect, test } from 'vitest';
import { runCli } from '../../serve-process.ts';
import { startServe } from '../support/serve-process.ts';
import { temporaryFolder } from '../support/temporary-store.ts';
import { until } from '../support/until.ts';
import { openCollector } from './collector.ts';

const PHONE = '256772100001';
const SERVER = 2;
const CLIENT = 3;

/** Prints every module of OpenTelemetry that the process loads. */
const SAY_WHAT_IS_LOADED = `--import data:text/javascript,${encodeURIComponent(
  `import { registerHooks } from 'node:module'; registerHooks({ load(url, context, next) { if (url.includes('@opentelemetry')) console.error('loaded ' + url); return next(url, context); } });`,
)}`;

/** A shop whose server sends nothing by itself, so that what arrives was sent when it stopped. */
async function tracedShop(env: Record<string, string>) {
  const database = `${temporaryFolder()}/malipo.db`;
  const { test_key: key } = await runCli<{ test_key: string }>(database, 'app', 'create', '--name', 'Duka', '--slug', 'duka');
  const server = startServe({ DATABASE_URL: `file:${database}`, SANDBOX_APPROVAL_MS: '20', OTEL_BSP_SCHEDULE_DELAY: '600000', RATE_LIMIT_FACTOR: '0', ...env });
  const url = (await server.address()).replace('localhost', '127.0.0.1');
  const get = (path: string, headers: Record<string, string> = {}) => fetch(url + path, { headers: { 'x-api-key': key, ...headers } });
  return {
    server,
    key,
    get,
    async pay(headers: Record<string, string> = {}): Promise<string> {
      const body = JSON.stringify({ amount: 1_000, currency: 'UGX', phone_number: PHONE });
      const answer = await fetch(`${url}/v1/payments/collect`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-api-key': key, ...headers }, body });
      expect(answer.status).toBe(200);
      const { data } = (await answer.json()) as { data: { reference: string } };
      await until(async () => (await (await get(`/v1/payments/transactions/${data.reference}`)).text()).includes('"completed"'));
      return data.reference;
    },
    async stop(): Promise<void> {
      server.child.kill('SIGTERM');
      expect(await server.ended()).toBe(0);
    },
  };
}

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';
const traceparent = (flags: '00' | '01') => ({ traceparent: `00-${TRACE_ID}-${CALLER}-${flags}` });

test('a request continues its caller’s trace, with what it asked of the provider inside; jobs and commits have traces of their own', async () => {
  const collector = await openCollector();
  const shop = await tracedShop({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20abc', OTEL_SERVICE_NAME: 'duka-payments' });
  await shop.pay(traceparent('01'));
  await shop.get('/no/such/address');
  await shop.get('/readyz');
  expect(collector.requests).toEqual([]);
  await shop.stop();

  expect(collector.requests[0]).toMatchObject({ url: 'POST /v1/traces', headers: { 'content-type': 'application/json', authorization: 'Bearer abc' } });
  const spans = collector.spans();
  const named = (name: string) => spans.find((span) => span.name === name)!;
  const request = named('POST /v1/payments/collect');
  expect(request).toMatchObject({
    traceId: TRACE_ID,
    parentSpanId: CALLER,
    kind: SERVER,
    attributes: { 'http.request.method': 'POST', 'http.route': '/v1/payments/collect', 'http.response.status_code': 200 },
    service: { 'service.name': 'duka-payments' },
  });
  expect(BigInt(request.endTimeUnixNano)).toBeGreaterThan(BigInt(request.startTimeUnixNano));
  expect(named('sandbox collect')).toMatchObject({
    traceId: TRACE_ID,
    parentSpanId: request.spanId,
    kind: CLIENT,
    attributes: { 'malipo.provider': 'sandbox', 'malipo.operation': 'collect', 'malipo.outcome': 'accepted' },
  });
  const job = named('job sandbox.decide');
  expect(job).toMatchObject({ attributes: { 'malipo.outcome': 'done' } });
  expect(job.traceId).not.toBe(TRACE_ID);
  expect(job.parentSpanId ?? '').toBe('');
  expect(named('commit').attributes['malipo.commit.commands']).toBeGreaterThan(0);
  expect(named('GET')).toMatchObject({ attributes: { 'http.response.status_code': 404 } });
  expect(spans.some(({ name }) => name.includes('readyz'))).toBe(false);
});

test('a payment’s number, reference and key are in no trace, and neither is an address that a caller made up', async () => {
  const collector = await openCollector();
  const shop = await tracedShop({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  const reference = await shop.pay();
  await shop.get(`/v1/payments/transactions/${reference}?phone=${PHONE}`);
  await shop.get('/a-name-of-my-own', { 'x-request-id': PHONE, 'x-api-key': 'dgw_live_of-my-own' });
  await shop.stop();
  const sent = collector.bodies.join('');
  expect(sent).toContain('/v1/payments/transactions/:reference');
  for (const hidden of [PHONE, PHONE.slice(3), reference, shop.key, 'of-my-own']) expect(sent).not.toContain(hidden);
});

test('of a share of none nothing is sent', async () => {
  const collector = await openCollector();
  const shop = await tracedShop({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' });
  await shop.pay();
  await shop.stop();
  expect(collector.spans()).toEqual([]);
});

test('a trace that its caller does not record is not recorded here', async () => {
  const collector = await openCollector();
  const shop = await tracedShop({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  await shop.pay(traceparent('00'));
  await shop.stop();
  expect(collector.spans().filter(({ traceId }) => traceId === TRACE_ID)).toEqual([]);
});

test.each([
  ['without a collector', {}, false],
  ['disabled by its own variable', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_SDK_DISABLED: 'true' }, false],
  ['with a collector', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:1/v1/traces' }, true],
])('of OpenTelemetry nothing is loaded but where there is something to send to: %s', async (_, env, isLoaded) => {
  const shop = await tracedShop({ ...env, NODE_OPTIONS: SAY_WHAT_IS_LOADED });
  await shop.pay();
  await shop.stop();
  expect(shop.server.errors().includes('loaded ')).toBe(isLoaded);
});

test('a collector that is away is said in one line, and costs no payment and no orderly end', async () => {
  const shop = await tracedShop({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_BSP_SCHEDULE_DELAY: '20', OTEL_EXPORTER_OTLP_TIMEOUT: '100' });
  await shop.pay();
  await until(() => shop.server.errors() !== '');
  for (let payment = 0; payment < 5; payment++) await shop.pay();
  await shop.stop();
  expect(shop.server.errors()).toMatch(/^malipo: traces do not reach the collector: .*\n$/);
});

test('a collector that takes everything and never answers does not keep the server from ending', async () => {
  const collector = await openCollector({ answers: false });
  // By its own limits OpenTelemetry would wait for longer than this test may take.
  const shop = await tracedShop({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_OTLP_TIMEOUT: '600000', OTEL_BSP_EXPORT_TIMEOUT: '600000' });
  await shop.pay();
  await shop.stop();
  expect(collector.bodies.length).toBeGreaterThan(0);
});
