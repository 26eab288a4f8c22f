/** A card that is paid on the provider's own page: whoever asks is told the address, and told it again. */
import { expect, onTestFinished, test } from 'vitest';
import { MINUTE_MS } from '../../../server/core/clock.ts';
import { overHttp } from '../../simulators/http-shell.ts';
import { RELWORX, RelworxSimulator } from '../../simulators/relworx/relworx.ts';
import { buildMalipo } from '../support/build-malipo.ts';
import { ManualClock } from '../support/manual-clock.ts';

const PAGE = /^https:\/\/cards\.relworx\.example\//;

async function shop() {
  const clock = new ManualClock();
  const simulator = new RelworxSimulator({ clock });
  const shell = await overHttp(simulator);
  onTestFinished(() => shell.close());
  const malipo = await buildMalipo({ clock, env: { RELWORX_API_KEY: RELWORX.apiKey, RELWORX_ACCOUNT_NO: RELWORX.accountNo, RELWORX_BASE_URL: `${shell.url}/api` } });
  const { app, liveKey } = await malipo.makeShop({ slug: 'duka' });
  await malipo.items.createProduct({ appId: app.id, name: 'Basket', slug: 'basket', currency: 'UGX', amount: 25_000 });
  return { malipo, simulator, line: shell.line, liveKey };
}

test.each([
  ['v1', (at: Awaited<ReturnType<typeof shop>>) => at.malipo.post('/v1/payments/collect', { amount: 25_000, currency: 'UGX', provider: 'relworx', method: 'card' }, { key: at.liveKey, idempotencyKey: 'k' })],
  ['the checkout', (at: Awaited<ReturnType<typeof shop>>) => at.malipo.post('/api/store/basket/pay', { method: 'card' }, { idempotencyKey: 'k' })],
])('%s answers the page, the same to a replay, and the payment completes when it was paid there', async (_name, pay) => {
  const at = await shop();
  const answer = await pay(at);
  const { data } = answer.json() as { data: { reference: string; redirect_url: string } };
  expect(data, answer.body).toMatchObject({ provider: 'relworx', status: 'pending', redirect_url: expect.stringMatching(PAGE), client_secret: '', stripe_publishable_key: '' });
  const asked = at.line.requests.length;
  expect((await pay(at)).json().data).toEqual(data);
  expect(at.line.requests, 'a replay asks nobody').toHaveLength(asked);
  at.simulator.books.approve(at.simulator.books.movements[0]!);
  await at.malipo.pass(MINUTE_MS);
  expect((await at.malipo.get(`/api/store/status/${data.reference}`)).json().data).toMatchObject({ status: 'completed', network: '' });
});

test.each([undefined, null, 'mobile_money', 'mtn', 7, {}])('in v1 method %j is no card', async (method) => {
  const { malipo, liveKey } = await shop();
  const answer = await malipo.post('/v1/payments/collect', { amount: 25_000, currency: 'UGX', provider: 'relworx', phone_number: '256772123456', method }, { key: liveKey });
  expect(answer.json().data, answer.body).not.toHaveProperty('redirect_url');
  expect(answer.json().data.phone_number).toBe('256772123456');
});

test('a mobile money answer names no page', async () => {
  const { malipo } = await shop();
  const answer = await malipo.post('/api/store/basket/pay', { phone_number: '0772123456' });
  expect(answer.json().data).not.toHaveProperty('redirect_url');
});
