/** Two Malipos: one takes its money through the other, in either of the dialects it speaks, over real HTTP. */
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { deriveKey } from '../../../server/access/server-secret.ts';
import { WebhookSettings } from '../../../server/access/webhook-settings.ts';
import { SECOND_MS } from '../../../server/core/clock.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import { NoAnswerError, providerHttp } from '../../../server/providers/http.ts';
import { configuredProviders } from '../../../server/providers/live.ts';
import { buildMalipo, type MalipoOptions, type TestMalipo } from '../support/build-malipo.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { PayingProvider } from '../support/paying-provider.ts';
import { rowCounts, walletBalance } from '../support/database.ts';
import { collect, transaction } from '../support/payments.ts';
import { ScriptedProvider } from '../support/scripted-provider.ts';
import { configOf } from './contract/contestants.ts';

/** A server on a port of its own, with a shop that sells for somebody else. */
async function upstreamWith(options: MalipoOptions) {
  const malipo = await buildMalipo({ ...options, env: { OUTBOUND_ALLOW_CIDRS: '127.0.0.0/8', ...options.env } });
  const shop = await malipo.makeShop({ slug: 'upstream' });
  const { store, clock } = malipo;
  const settings = new WebhookSettings({ store, clock, encryptionKey: deriveKey(Buffer.alloc(32, 7), 'webhook-secrets') });
  return {
    malipo,
    ...shop,
    url: await addressOf(malipo),
    /** Tells this server of every payment from now on. */
    tells: async (other: TestMalipo, format: 'dgateway' | 'dukuzi') => {
      await settings.change(shop.app.id, { url: `${await addressOf(other)}/v1/webhooks/${format}`, format });
    },
  };
}

async function addressOf({ app }: TestMalipo): Promise<string> {
  await app.listen({ port: 0, host: '127.0.0.1' });
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
}

test('DGateway’s dialect: collected, told by the upstream’s own webhook, paid out, and the books of both agree', async () => {
  const clock = new ManualClock();
  const iotec = new PayingProvider('iotec');
  const upstream = await upstreamWith({ clock, live: [iotec] });
  const malipo = await buildMalipo({ clock, env: { DGATEWAY_API_KEY: upstream.liveKey, DGATEWAY_BASE_URL: upstream.url } });
  const { app, liveKey } = await malipo.makeShop({ slug: 'duka' });
  await upstream.tells(malipo, 'dgateway');

  const reference = await collect(malipo, liveKey, { amount: 100_000 });
  const paid = await transaction(malipo, liveKey, reference);
  expect(paid).toMatchObject({ status: 'pending', provider: 'dgateway' });
  const theirs = paid.provider_ref as string;
  expect(await transaction(upstream.malipo, upstream.liveKey, theirs)).toMatchObject({ provider: 'iotec', amount: 100_000, metadata: { reference } });

  clock.advance(15 * SECOND_MS - 1);
  iotec.customerPays(theirs, clock.now());
  await upstream.malipo.post('/v1/webhooks/verify', { reference: theirs }, { key: upstream.liveKey });
  await upstream.malipo.jobs.runDue();
  expect(await rowCounts(malipo.store)).toMatchObject({ provider_callbacks: 1 });
  await malipo.jobs.runDue();
  expect(await transaction(malipo, liveKey, reference)).toMatchObject({ status: 'completed', net_amount: 92_000 });

  const sent = await malipo.post('/v1/payments/disburse', { amount: 20_000, currency: 'UGX', phone_number: '256772123456', provider: 'dgateway' }, { key: liveKey });
  expect(sent.statusCode, sent.body).toBe(200);
  iotec.paysOut(clock.now());
  await malipo.pass(20 * SECOND_MS);
  expect(await transaction(malipo, liveKey, sent.json().data.reference as string)).toMatchObject({ status: 'completed', amount: 20_000 });
  expect(await walletBalance(malipo.store, { appId: app.id, provider: 'dgateway', mode: 'live' })).toBe(72_000);
  expect([...(await verifyBooks(malipo.store.read)), ...(await verifyBooks(upstream.malipo.store.read))]).toEqual([]);
});

test('DGateway’s dialect: a lost answer is found by our reference; what the upstream refused is told in its words', async () => {
  const iotec = new ScriptedProvider('iotec');
  const upstream = await upstreamWith({ live: [iotec] });
  const { clock } = upstream.malipo;
  const http = providerHttp(clock);
  let isCutOff = true;
  const log = { warn: () => undefined, error: () => undefined };
  const adapter = (
    await configuredProviders(configOf({ DGATEWAY_API_KEY: upstream.liveKey, DGATEWAY_BASE_URL: upstream.url }), {
      clock,
      log,
      http: () => async (request) => {
        const answer = await http(request);
        if (isCutOff) throw new NoAnswerError('the answer broke off');
        return answer;
      },
    })
  ).get('dgateway')!;
  const request = {
    reference: 'dgw_0VZk3aQ7mPdR2xw9LhT5',
    method: 'mobile_money',
    amountMinor: 2_500_000,
    currency: 'UGX',
    phone: '256772123456',
    network: 'mtn',
    merchant: 'Duka',
    description: '',
    item: '',
    customerName: '',
    customerEmail: '',
    createdAt: clock.now(),
    expiresAt: clock.now() + 1,
  } as const;
  expect((await adapter.collect(request)).kind).toBe('unknown');
  isCutOff = false;
  const asked = { ...request, providerRef: '', direction: 'collect' } as const;
  const found = await adapter.status(asked);
  expect(found).toMatchObject({ kind: 'pending', providerRef: expect.stringMatching(/^dgw_/) as string });
  expect(await adapter.status({ ...asked, reference: 'dgw_never_sent' })).toEqual({ kind: 'not_found' });

  iotec.answersCollect(() => ({ kind: 'refused', code: 'insufficient_funds', reason: 'Insufficient funds' }));
  expect(await adapter.collect({ ...request, reference: 'dgw_another_one' })).toEqual({ kind: 'refused', code: 'insufficient_funds', reason: 'Insufficient funds', providerRef: expect.stringMatching(/^dgw_/) as string });
  expect(await adapter.history!({ from: clock.now() - 1_000, until: clock.now() + 1_000 })).toMatchObject([
    { reference: 'dgw_another_one', status: 'failed' },
    { reference: request.reference, status: 'pending' },
  ]);
  expect(await adapter.check!({ network: 'mtn', currency: 'UGX' })).toBe('up');
});

test('Dukuzi’s dialect: collected as one product, told by the upstream’s own webhook, and credited with the time it was paid', async () => {
  const clock = new ManualClock();
  const relworx = new PayingProvider('relworx');
  const upstream = await upstreamWith({ clock, live: [relworx] });
  const product = await upstream.malipo.items.createProduct({ appId: upstream.app.id, name: 'Everything', slug: 'everything', currency: 'TZS', amount: 1_000 });
  const malipo = await buildMalipo({
    clock,
    env: { DUKUZI_API_KEY: upstream.liveKey, DUKUZI_PRODUCT_ID: String(product.id), DUKUZI_BASE_URL: `${upstream.url}/api-proxy.php` },
  });
  const { app, liveKey } = await malipo.makeShop({ slug: 'duka' });
  const reference = await collect(malipo, liveKey, { amount: 12_000, currency: 'TZS', phone_number: '255754123456' });
  await upstream.tells(malipo, 'dukuzi');
  const { provider, provider_ref } = await transaction(malipo, liveKey, reference);
  expect(provider).toBe('dukuzi');
  const [theirs] = (await upstream.malipo.get('/v1/payments/transactions', { key: upstream.liveKey })).json().data as { reference: string }[];
  clock.advance(10 * SECOND_MS);
  relworx.customerPays(theirs!.reference, clock.now());
  await upstream.malipo.post('/v1/webhooks/verify', { reference: theirs!.reference }, { key: upstream.liveKey });
  await upstream.malipo.jobs.runDue();
  expect(await rowCounts(malipo.store)).toMatchObject({ provider_callbacks: 1 });
  await malipo.jobs.runDue();
  expect(await transaction(malipo, liveKey, reference)).toMatchObject({ status: 'completed', provider_ref, amount: 12_000, completed_at: '2026-03-14T12:00:10Z' });
  expect(await walletBalance(malipo.store, { appId: app.id, provider: 'dukuzi', currency: 'TZS', mode: 'live' })).toBe(11_040);
});

test('Dukuzi’s dialect: an item is sold as the product that it is mapped to there', async () => {
  const clock = new ManualClock();
  const upstream = await upstreamWith({ clock, live: [new PayingProvider('relworx')] });
  const make = (slug: string) => upstream.malipo.items.createProduct({ appId: upstream.app.id, name: slug, slug, currency: 'TZS', amount: 1_000 });
  const [everything, baskets] = [await make('everything'), await make('baskets')];
  const env = { DUKUZI_API_KEY: upstream.liveKey, DUKUZI_PRODUCT_ID: String(everything.id), DUKUZI_PRODUCT_IDS: `basket=${baskets.id}`, DUKUZI_BASE_URL: upstream.url };
  const malipo = await buildMalipo({ clock, env });
  const { app } = await malipo.makeShop({ slug: 'duka' });
  for (const slug of ['basket', 'bead']) {
    await malipo.items.createProduct({ appId: app.id, name: slug, slug, currency: 'TZS', amount: 12_000 });
    expect((await malipo.post(`/api/store/${slug}/pay`, { phone_number: '255754123456' })).statusCode).toBe(201);
  }
  const sold = (await upstream.malipo.get('/v1/payments/transactions', { key: upstream.liveKey })).json().data as { description: string; amount: number }[];
  expect(sold.map(({ description, amount }) => [description, amount])).toEqual([['everything', 12_000], ['baskets', 12_000]]);
});

test('Dukuzi’s dialect: what the upstream’s provider refused is unknown after its 502, and failed once its webhook names the payment', async () => {
  const clock = new ManualClock();
  const relworx = new ScriptedProvider('relworx').answersCollect(() => ({ kind: 'refused', code: 'insufficient_funds', reason: 'Insufficient funds' }));
  const upstream = await upstreamWith({ clock, live: [relworx] });
  const product = await upstream.malipo.items.createProduct({ appId: upstream.app.id, name: 'Everything', slug: 'everything', currency: 'TZS', amount: 1_000 });
  const malipo = await buildMalipo({ clock, env: { DUKUZI_API_KEY: upstream.liveKey, DUKUZI_PRODUCT_ID: String(product.id), DUKUZI_BASE_URL: upstream.url } });
  await upstream.tells(malipo, 'dukuzi');
  const { liveKey } = await malipo.makeShop({ slug: 'duka' });
  const reference = await collect(malipo, liveKey, { amount: 12_000, currency: 'TZS', phone_number: '255754123456' });
  expect((await transaction(malipo, liveKey, reference)).status).toBe('pending');
  await upstream.malipo.jobs.runDue();
  await malipo.jobs.runDue();
  expect(await transaction(malipo, liveKey, reference)).toMatchObject({ status: 'failed', provider_ref: '1' });
});
