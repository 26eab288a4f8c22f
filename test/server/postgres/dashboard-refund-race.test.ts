/** Two server processes that hear in the same moment of what somebody gave back in Stripe's dashboard: it is entered once, and told once. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../server/core/clock.ts';
import { openStore } from '../../../server/db/open.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import { runCliWith, startServe } from '../../serve-process.ts';
import { overHttp } from '../../simulators/http-shell.ts';
import type { SimulatedCallback } from '../../simulators/simulator.ts';
import { STRIPE_LIVE, StripeSimulator } from '../../simulators/stripe/stripe.ts';
import { rows } from '../support/database.ts';
import { temporaryDatabase } from '../support/temporary-store.ts';
import { until } from '../support/until.ts';
import { openReceiver } from '../webhooks/receiver.ts';

/** How often each of the two is to have heard beside the other. */
const RACES = 5;

/** Half a thousand shillings, in Stripe's units, and the most rounds that a payment of UGX 500,000 has room for. */
const PART = 50_000;
const ROUNDS_MAX = 1_000;

/** Stripe as each of two servers sees it: what both ask about refunds is answered when both have asked, wherever that came from. */
async function meetingPoint(stripeUrl: string) {
  let waiting: (() => void)[] | null = null;
  let askedBy = new Set<number>();
  const meet = (server: number) => {
    if (waiting === null) return undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.push(resolve);
    askedBy.add(server);
    if (waiting.length === 2) {
      for (const goOn of waiting) goOn();
      waiting = null;
    }
    return promise;
  };
  const open = async (server: number) => {
    const front = http.createServer(async (request, response) => {
      if (request.method === 'GET' && request.url!.startsWith('/v1/refunds?')) await meet(server);
      const upstream = http.request(stripeUrl + request.url, { method: request.method!, headers: request.headers }, (answer) => {
        response.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(response);
      });
      request.pipe(upstream);
    });
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      front.close();
      front.closeAllConnections();
    });
    return `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
  };
  return {
    urls: await Promise.all([open(0), open(1)]),
    /** The next two that ask meet. */
    expectTwo: () => {
      waiting = [];
      askedBy = new Set();
    },
    haveMet: () => waiting === null,
    /** Whether they were of both servers. */
    wereOfBoth: () => askedBy.size === 2,
  };
}

test('one that both hear of in the same moment is one refund, entered once and told once', async () => {
  const databaseUrl = await temporaryDatabase();
  const told: SimulatedCallback[] = [];
  const stripe = new StripeSimulator({ clock: systemClock, tell: (callback) => told.push(callback) }, STRIPE_LIVE);
  const shell = await overHttp(stripe);
  onTestFinished(() => shell.close());
  const point = await meetingPoint(shell.url);
  const { secretKey, publishableKey, webhookSecret } = STRIPE_LIVE;
  const env = { MALIPO_SECRET: 'the secret of this race', RATE_LIMIT_FACTOR: '0', OUTBOUND_ALLOW_CIDRS: '127.0.0.0/8', STRIPE_SECRET_KEY: secretKey, STRIPE_PUBLISHABLE_KEY: publishableKey, STRIPE_WEBHOOK_SECRET: webhookSecret };
  const receiver = await openReceiver();
  const { live_key: key } = await runCliWith<{ live_key: string }>(env, databaseUrl, 'app', 'create', '--name', 'Duka', '--slug', 'duka', '--webhook-url', receiver.url);
  const servers = await Promise.all(point.urls.map((url) => startServe(databaseUrl, { ...env, STRIPE_BASE_URL: url })));
  onTestFinished(async () => void (await Promise.all(servers.map((server) => server.kill()))));
  const store = await openStore(databaseUrl);
  onTestFinished(() => store.close());
  const deliver = async (server: number, { body, headers }: SimulatedCallback) => {
    const answer = await fetch(`${servers[server]!.url}/v1/webhooks/stripe`, { method: 'POST', body, headers });
    expect(answer.status, await answer.text()).toBe(200);
  };
  const isHeard = async () => (await rows(store, 'SELECT id FROM provider_callbacks WHERE processed_at IS NULL')).length === 0;
  const count = async (table: string, where: string) => (await rows<{ n: number }>(store, `SELECT CAST(count(*) AS BIGINT) AS n FROM ${table} WHERE ${where}`))[0]!.n;
  const metrics = () => Promise.all(servers.map(async ({ url }) => (await fetch(`${url}/metrics`)).text()));
  // Counting begins with the first asking.
  await metrics();

  const asked = await fetch(`${servers[0]!.url}/v1/payments/collect`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': key },
    body: JSON.stringify({ amount: 500_000, currency: 'UGX', provider: 'stripe' }),
  });
  const { provider_ref: intent } = ((await asked.json()) as { data: { provider_ref: string } }).data;
  stripe.books.approve(stripe.books.byId(intent)!);
  await deliver(0, told.splice(0)[0]!);
  await until(isHeard);
  expect(await count('payments', `status = 'completed'`)).toBe(1);

  let rounds = 0;
  for (let races = 0; races < RACES && rounds < ROUNDS_MAX; ) {
    rounds++;
    point.expectTwo();
    const { id } = stripe.refundInDashboard(intent, PART);
    const [made, charged] = told.splice(0) as [SimulatedCallback, SimulatedCallback];
    await Promise.all([deliver(rounds % 2, made), deliver(1 - (rounds % 2), charged)]);
    await until(point.haveMet);
    if (point.wereOfBoth()) races++;
    await until(isHeard);
    expect(await count('refunds', `reference = '${id}'`)).toBe(1);
  }
  expect(await count('refunds', `status = 'completed'`)).toBe(rounds);
  expect(await count('ledger_transfers', `posting = 'refundMadeThere'`)).toBe(rounds);
  const [payment] = await rows<{ refunded_minor: number }>(store, 'SELECT refunded_minor FROM payments');
  expect(payment!.refunded_minor).toBe(rounds * PART);
  expect(await count('webhook_events', '1 = 1')).toBe(1 + rounds);
  await receiver.hears(1 + rounds);
  await until(async () => (await count('jobs', `kind = 'webhook.deliver'`)) === 0);
  expect(new Set(receiver.heard.map(({ headers }) => headers['webhook-id'])).size).toBe(receiver.heard.length);
  expect(receiver.heard.map(({ body }) => body['event'])).toEqual(['transaction.completed', ...Array.from({ length: rounds }, () => 'transaction.refunded')]);
  expect(await rows(store, 'SELECT kind FROM reviews')).toEqual([]);
  expect(await verifyBooks(store.read)).toEqual([]);
  // Whoever came second found it entered: no job had to be tried again.
  for (const text of await metrics()) {
    expect(text).toMatch(/^malipo_jobs_total\{kind="callback.process",outcome="done"\} [1-9]/m);
    expect(text).not.toMatch(/outcome="failed"\} [1-9]/);
  }
});
