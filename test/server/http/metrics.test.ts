import { expect, test } from 'vitest';
import { HOUR_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { buildMalipo, stock } from '../support/build-malipo.ts';
import { listening, openStream } from '../support/event-stream.ts';
import { COLLECT, collect, PHONE } from '../support/payments.ts';
import { expectV1Refusal } from '../support/refusals.ts';
import { until } from '../support/until.ts';

type Malipo = Awaited<ReturnType<typeof buildMalipo>>;

async function scrape(malipo: Malipo): Promise<string> {
  const answer = await malipo.get('/metrics');
  expect(answer.statusCode, answer.body).toBe(200);
  expect(answer.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
  return answer.body;
}

/** The value of one series. */
function value(text: string, series: string): number {
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? NaN : Number(line.slice(series.length + 1));
}

/** Counting begins with the first asking. */
async function measured() {
  const malipo = await buildMalipo();
  const shop = await malipo.makeShop({ slug: 'duka' });
  await malipo.get('/metrics');
  return { malipo, shop };
}

test('answers are counted by surface, route and status, and their time is measured', async () => {
  const { malipo, shop } = await measured();
  const items = await stock(malipo, shop);
  await collect(malipo, shop.testKey);
  await malipo.post('/v1/payments/collect', {}, { key: shop.testKey });
  await malipo.get(`/api/store/${items.book.slug}`);
  await malipo.get('/nothing/here');
  const text = await scrape(malipo);
  const requests = (labels: string) => value(text, `malipo_http_requests_total{${labels}}`);
  expect(requests('surface="v1",route="/v1/payments/collect",method="POST",status="200"')).toBe(1);
  expect(requests('surface="v1",route="/v1/payments/collect",method="POST",status="400"')).toBe(1);
  expect(requests('surface="checkout",route="/api/store/:slug",method="GET",status="200"')).toBe(1);
  expect(requests('surface="none",route="none",method="any",status="404"')).toBe(1);
  expect(value(text, 'malipo_http_request_seconds_count{surface="v1",status="2xx"}')).toBe(1);
});

test('provider calls, commits and jobs are counted by what became of them', async () => {
  const { malipo, shop } = await measured();
  await collect(malipo, shop.testKey);
  await malipo.pass(3 * SECOND_MS);
  const text = await scrape(malipo);
  expect(value(text, 'malipo_provider_calls_total{provider="sandbox",call="collect",outcome="accepted"}')).toBeGreaterThanOrEqual(1);
  expect(value(text, 'malipo_provider_calls_total{provider="sandbox",call="status",outcome="completed"}')).toBeGreaterThanOrEqual(1);
  expect(value(text, 'malipo_commit_commands_count')).toBeGreaterThan(2);
  expect(value(text, 'malipo_jobs_total{kind="sandbox.decide",outcome="done"}')).toBeGreaterThanOrEqual(1);
});

test('the queue, the books, the streams and the lines are told as they are', async () => {
  const malipo = await buildMalipo();
  const { testKey } = await malipo.makeShop({ slug: 'duka' });
  const reference = await collect(malipo, testKey, { phone_number: '256772100004' });
  const stream = await openStream(await listening(malipo), reference);
  await stream.next(1);
  malipo.clock.advance(HOUR_MS);
  const text = await scrape(malipo);
  expect(value(text, 'malipo_open_streams')).toBe(1);
  expect(value(text, 'malipo_jobs_due{lane="main"}')).toBeGreaterThan(0);
  expect(value(text, 'malipo_jobs_oldest_due_seconds{lane="main"}')).toBeGreaterThan(3_000);
  expect(value(text, 'malipo_jobs_due{lane="providers"}')).toBe(1);
  expect(value(text, 'malipo_jobs_due{lane="receivers"}')).toBe(0);
  expect(value(text, 'malipo_ledger_accounts_below_zero')).toBe(0);
  expect(value(text, 'malipo_reviews_open')).toBe(0);
  expect(value(text, 'nodejs_eventloop_lag_seconds')).not.toBeNaN();
});

test('books that are in order come to nothing, in each currency and mode', async () => {
  const malipo = await buildMalipo();
  const { testKey } = await malipo.makeShop({ slug: 'duka' });
  const reference = await collect(malipo, testKey);
  await malipo.pass(3 * SECOND_MS);
  await until(async () => (await malipo.get(`/api/store/status/${reference}`)).body.includes('completed'));
  expect(value(await scrape(malipo), 'malipo_ledger_unbalanced_minor{currency="UGX",mode="test"}')).toBe(0);
});

test('it names no customer, no app, no payment and nothing that a caller chose', async () => {
  const { malipo, shop } = await measured();
  const reference = await collect(malipo, shop.testKey);
  await malipo.get('/v1/payments/transactions/a-name-of-my-own', { key: shop.testKey });
  await malipo.inject({ method: 'GET', url: '/an-address-of-my-own' });
  await malipo.post('/v1/payments/collect', { ...COLLECT, provider: 'my-own-provider' }, { key: shop.testKey });
  const text = await scrape(malipo);
  for (const hidden of [PHONE, 'duka', reference, shop.testKey, 'of-my-own', 'my-own-provider']) expect(text).not.toContain(hidden);
});

test('it is there for this machine and its network, and not for what came through a proxy or from elsewhere', async () => {
  const malipo = await buildMalipo();
  for (const remoteAddress of ['127.0.0.1', '::1', '10.2.3.4', '::ffff:192.168.1.7']) {
    expect((await malipo.inject({ url: '/metrics', remoteAddress })).statusCode).toBe(200);
  }
  for (const remoteAddress of ['203.0.113.7', '2001:db8::1']) expectV1Refusal(await malipo.inject({ url: '/metrics', remoteAddress }), 'NOT_FOUND');
  for (const header of ['x-forwarded-for', 'forwarded', 'via']) {
    expectV1Refusal(await malipo.get('/metrics', { headers: { [header]: '10.0.0.1' } }), 'NOT_FOUND');
  }
});
