/** Nobody named a provider: every surface chooses the first that takes the payment. A named one is never replaced. */
import { expect, test } from 'vitest';
import { buildMalipo, stock } from '../support/build-malipo.ts';
import { PHONE } from '../support/payments.ts';
import { expectDukuziRefusal, expectV1Refusal } from '../support/refusals.ts';
import { ScriptedProvider } from '../support/scripted-provider.ts';

const KENYAN = '254712345678';
const TANZANIAN = '255754123456';

async function shopWith(...slugs: string[]) {
  const providers = slugs.map((slug) => new ScriptedProvider(slug));
  const malipo = await buildMalipo({ live: providers });
  const shop = await malipo.makeShop({ slug: 'duka' });
  const post = (url: string, body: object) => malipo.post(url, body, { key: shop.liveKey });
  return { malipo, shop, providers, post, sent: () => providers.filter(({ collected, disbursed }) => collected.length + disbursed.length > 0).map(({ slug }) => slug) };
}

test.each([
  ['the usual one', ['relworx', 'dgateway'], { amount: 70_000, currency: 'KES', phone_number: KENYAN }, 'relworx'],
  ['the next, of an amount that the usual one does not take', ['relworx', 'dgateway'], { amount: 70_001, currency: 'KES', phone_number: KENYAN }, 'dgateway'],
  ['the next, where the usual one is not configured', ['dgateway'], { amount: 70_000, currency: 'KES', phone_number: KENYAN }, 'dgateway'],
  ['the next, of less than two others take', ['iotec', 'relworx', 'dgateway'], { amount: 499, currency: 'UGX', phone_number: PHONE }, 'dgateway'],
  ['the one with a page of its own, of a card for more than Stripe takes', ['stripe', 'relworx'], { amount: 1_000_000, currency: 'UGX', method: 'card' }, 'relworx'],
])('v1 collects by %s', async (_which, configured, body, slug) => {
  const { post, sent } = await shopWith(...configured);
  const answer = await post('/v1/payments/collect', body);
  expect([answer.statusCode, answer.json().data?.provider], answer.body).toEqual([200, slug]);
  expect(sent()).toEqual([slug]);
});

test('what none takes is refused in the words of the first', async () => {
  const { post, sent } = await shopWith('iotec', 'relworx');
  expectV1Refusal(await post('/v1/payments/collect', { amount: 499, currency: 'UGX', phone_number: PHONE }), 'VALIDATION_ERROR', 'amount must be at least 500 UGX with iotec');
  expectV1Refusal(await post('/v1/payments/collect', { amount: 500.5, currency: 'UGX', phone_number: PHONE }), 'VALIDATION_ERROR', /^amount in UGX/);
  expect(sent()).toEqual([]);
});

test('a named provider is not replaced, neither by one that takes the amount nor by one that is configured', async () => {
  const { malipo, shop, post, sent } = await shopWith('relworx', 'dgateway');
  const { book } = await stock(malipo, shop);
  expectV1Refusal(await post('/v1/payments/collect', { amount: 70_001, currency: 'KES', phone_number: KENYAN, provider: 'relworx' }), 'VALIDATION_ERROR', /at most 70000 KES with relworx$/);
  expectV1Refusal(await post('/v1/payments/collect', { amount: 5_000, currency: 'UGX', phone_number: PHONE, provider: 'iotec' }), 'PROVIDER_ERROR', 'Provider iotec is not configured');
  expectV1Refusal(await post(`/api/store/${book.slug}/pay`, { phone_number: PHONE, provider: 'iotec' }), 'PROVIDER_ERROR', 'Provider iotec is not configured');
  expect(sent()).toEqual([]);
});

test('the Dukuzi dialect collects by the first that takes the amount, of the product that is sold', async () => {
  const { malipo, shop, providers, post, sent } = await shopWith('relworx', 'dukuzi', 'dgateway');
  const { kitabu } = await stock(malipo, shop);
  const body = { phone_number: TANZANIAN, amount: 499, product_id: kitabu.id };
  expect((await post('/create-payment', body)).statusCode).toBe(200);
  expect(sent()).toEqual(['dukuzi']);
  Object.assign(providers[1]!, { priceOf: (item: string) => (item === kitabu.slug ? 1_000_000 : null) });
  expect((await post('/create-payment', body)).statusCode).toBe(200);
  expect(sent()).toEqual(['dukuzi', 'dgateway']);
  expect((await post('/create-payment', { ...body, amount: 5_000 })).statusCode).toBe(200);
  expect(sent()).toEqual(['relworx', 'dukuzi', 'dgateway']);
});

test('and refuses what none takes', async () => {
  const { malipo, shop, post } = await shopWith('relworx');
  const { kitabu } = await stock(malipo, shop);
  expectDukuziRefusal(await post('/create-payment', { phone_number: TANZANIAN, amount: 499, product_id: kitabu.id }), 400, 'amount must be at least 500 TZS with relworx');
});

test('money out is taken from the wallet of its currency’s provider, whatever another would take', async () => {
  const { post, sent } = await shopWith('iotec', 'dgateway');
  expectV1Refusal(await post('/v1/payments/disburse', { amount: 499, currency: 'UGX', phone_number: PHONE }), 'VALIDATION_ERROR', 'amount must be at least 500 UGX with iotec');
  expectV1Refusal(
    await post('/v1/withdrawals', { amount: 499, currency: 'UGX', method: 'mobile_money', destination: PHONE }),
    'VALIDATION_ERROR',
    'amount must be at least 500 UGX with iotec',
  );
  expect(sent()).toEqual([]);
});
