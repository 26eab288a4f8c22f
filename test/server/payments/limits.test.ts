/** What a provider takes at once, and how often it asks one number: said by us, before anything is written or sent. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { MINUTE_MS } from '../../../server/core/clock.ts';
import { DUKUZI, DukuziSimulator } from '../../simulators/dukuzi/dukuzi.ts';
import { overHttp } from '../../simulators/http-shell.ts';
import { buildMalipo, stock } from '../support/build-malipo.ts';
import { rowCounts } from '../support/database.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { COLLECT, PHONE } from '../support/payments.ts';
import { ScriptedProvider } from '../support/scripted-provider.ts';

async function shopWith(slug: string) {
  const provider = new ScriptedProvider(slug);
  const malipo = await buildMalipo({ live: [provider] });
  return { malipo, provider, ...(await malipo.makeShop({ slug: 'duka' })) };
}

test.each([
  ['iotec', 'UGX', PHONE, 499, 'amount must be at least 500 UGX with iotec'],
  ['relworx', 'KES', '254712345678', 9, 'amount must be at least 10 KES with relworx'],
  ['relworx', 'KES', '254712345678', 70_001, 'amount must be at most 70000 KES with relworx'],
  ['relworx', 'RWF', '250788123456', 5_000_001, 'amount must be at most 5000000 RWF with relworx'],
])('%s in %s: collecting and paying out %3$i is refused before anything is written', async (slug, currency, phone_number, amount, message) => {
  const { malipo, provider, liveKey } = await shopWith(slug);
  const before = await rowCounts(malipo.store);
  for (const path of ['collect', 'disburse']) {
    const answer = await malipo.post(`/v1/payments/${path}`, { amount, currency, phone_number, provider: slug }, { key: liveKey });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error).toEqual({ code: 'VALIDATION_ERROR', message });
  }
  expect(await rowCounts(malipo.store)).toEqual(before);
  expect([...provider.collected, ...provider.disbursed]).toEqual([]);
});

test.each([
  ['UGX', 999_999, 1_000_000],
  ['KES', 999_999.99, 1_000_000],
  ['RWF', 99_999_999, 100_000_000],
  ['USD', 999_999.99, 1_000_000],
])('a card at Stripe takes eight digits of %s in Stripe’s own units: %d, not %d, which is not offered either', async (currency, most, more) => {
  const { malipo, app, liveKey } = await shopWith('stripe');
  const pay = (amount: number) => malipo.post('/v1/payments/collect', { amount, currency, provider: 'stripe' }, { key: liveKey });
  expect((await pay(most)).statusCode).toBe(200);
  expect((await pay(more)).json().message).toBe(`amount must be at most ${most} ${currency} with stripe`);
  const offered = async (amount: number) => {
    const { slug } = await malipo.items.createProduct({ appId: app.id, name: 'Piano', currency, amount });
    return ((await malipo.get(`/api/store/${slug}`)).json().data.methods as { type: string }[]).map(({ type }) => type);
  };
  expect([await offered(most), await offered(more)]).toEqual([['card'], []]);
});

test('Stripe’s own test mode has the limits of its live one', async () => {
  const provider = Object.assign(new ScriptedProvider('stripe'), { mode: 'test' as const });
  const malipo = await buildMalipo({ live: [provider] });
  const { app, testKey } = await malipo.makeShop({ slug: 'duka' });
  const pay = (amount: number) => malipo.post('/v1/payments/collect', { amount, currency: 'USD', provider: 'stripe' }, { key: testKey });
  expect([(await pay(0.5)).statusCode, (await pay(0.49)).statusCode]).toEqual([200, 400]);
  expect(provider.collected).toHaveLength(1);
  const { slug } = await malipo.items.createProduct({ appId: app.id, name: 'Sticker', currency: 'USD', amount: 0.49 });
  expect((await malipo.get(`/api/store/${slug}`)).json().data.methods).toEqual([]);
});

test('the limit itself is taken', async () => {
  const { malipo, liveKey } = await shopWith('relworx');
  for (const amount of [10, 70_000]) {
    const answer = await malipo.post('/v1/payments/collect', { amount, currency: 'KES', phone_number: '254712345678' }, { key: liveKey });
    expect(answer.statusCode, answer.body).toBe(200);
  }
});

test('parts of a shilling are refused for Dukuzi, which takes none, and an item that costs some is not offered by it', async () => {
  const { malipo, provider, app, liveKey } = await shopWith('dukuzi');
  const pay = (amount: number) => malipo.post('/v1/payments/collect', { amount, currency: 'TZS', phone_number: '255754123456', provider: 'dukuzi' }, { key: liveKey });
  const refused = await pay(100.5);
  expect([refused.statusCode, refused.json().message]).toEqual([400, 'amount must be a whole number of TZS with dukuzi']);
  expect((await pay(101)).statusCode).toBe(200);
  expect(provider.collected).toHaveLength(1);
  const { slug } = await malipo.items.createProduct({ appId: app.id, name: 'Sweet', slug: 'sweet', currency: 'TZS', amount: 150.5 });
  expect((await malipo.get(`/api/store/${slug}`)).json().data.methods).toEqual([]);
});

describe('an item whose price Dukuzi fixes', () => {
  const env = { DUKUZI_API_KEY: DUKUZI.apiKey, DUKUZI_PRODUCT_ID: String(DUKUZI.productId), DUKUZI_PRODUCT_IDS: 'course=16@25000,lesson=16@25000,gift=16@25000,bead=12,nothing=12' };

  async function shop() {
    const clock = new ManualClock();
    const { url, line, close } = await overHttp(new DukuziSimulator({ clock }));
    onTestFinished(close);
    const malipo = await buildMalipo({ clock, env: { ...env, DUKUZI_BASE_URL: url } });
    const { app, liveKey } = await malipo.makeShop({ slug: 'duka' });
    for (const [slug, amount] of [['course', 25_000], ['lesson', 20_000], ['bead', 500]] as const) await malipo.items.createProduct({ appId: app.id, name: slug, slug, currency: 'TZS', amount });
    await malipo.items.createLink({ appId: app.id, name: 'Gift', slug: 'gift', currency: 'TZS', minAmount: 1_000 });
    const pay = (slug: string, body: object = {}) => malipo.post(`/api/store/${slug}/pay`, { phone_number: '255754123456', ...body });
    const methods = async (slug: string) => ((await malipo.get(`/api/store/${slug}`)).json().data.methods as { type: string }[]).map(({ type }) => type);
    return { malipo, line, app, liveKey, pay, methods };
  }

  test('is sold at that price and at no other: said before anything is written or sent', async () => {
    const { malipo, line, pay } = await shop();
    expect((await pay('course')).statusCode).toBe(201);
    expect((await pay('gift', { amount: 25_000 })).statusCode).toBe(201);
    expect((await pay('bead', { quantity: 3 })).statusCode).toBe(201);
    expect(line.requests.map(({ body }) => JSON.parse(body) as object)).toMatchObject([{ product_id: 16, amount: 25_000 }, { product_id: 16, amount: 25_000 }, { product_id: 12, amount: 1_500 }]);
    const before = await rowCounts(malipo.store);
    for (const [slug, body] of [['lesson', {}], ['course', { quantity: 2 }], ['gift', { amount: 24_000 }]] as const) {
      const refused = await pay(slug, body);
      expect([refused.statusCode, refused.json().message]).toEqual([400, `amount must be 25000 TZS with dukuzi, which sells ${slug} at that price`]);
    }
    expect(await rowCounts(malipo.store)).toEqual(before);
    expect(line.requests).toHaveLength(3);
  });

  test('is offered by it only where the prices agree', async () => {
    const { methods } = await shop();
    expect(await Promise.all(['course', 'lesson', 'gift', 'bead'].map(methods))).toEqual([['mobile_money'], [], ['mobile_money'], ['mobile_money']]);
  });

  test('is sold through the Dukuzi dialect and by its slug alike; an amount for nothing in particular is the configured product', async () => {
    const { malipo, line, liveKey } = await shop();
    const course = (await malipo.items.bySlug('course'))!;
    const sold = await malipo.post('/create-payment', { phone_number: '255754123456', amount: 25_000, product_id: course.id }, { key: liveKey });
    expect(sold.statusCode, sold.body).toBe(200);
    await malipo.post('/v1/payments/collect', { amount: 1_000, currency: 'TZS', phone_number: '255754123456', provider: 'dukuzi' }, { key: liveKey });
    expect(line.requests.map(({ body }) => (JSON.parse(body) as { product_id: number }).product_id)).toEqual([16, 7]);
  });

  test('the operator hears at the start of what is mapped and does not fit', async () => {
    const at = await shop();
    await at.malipo.items.createProduct({ appId: at.app.id, name: 'Nothing', slug: 'nothing', currency: 'UGX', amount: 1_000 });
    const again = await buildMalipo({ databaseUrl: at.malipo.databaseUrl, env: { ...env, DUKUZI_PRODUCT_IDS: `${env.DUKUZI_PRODUCT_IDS},coarse=16` } });
    const told = again.log.filter((line) => line.includes('DUKUZI_PRODUCT_IDS')).map((line) => (JSON.parse(line) as { msg: string }).msg);
    expect(told).toEqual([
      'DUKUZI_PRODUCT_IDS: lesson costs TZS 20,000 here and TZS 25,000 at Dukuzi, so nobody can buy it there; make the two agree',
      'DUKUZI_PRODUCT_IDS: nothing is sold in UGX, which Dukuzi does not take',
      'DUKUZI_PRODUCT_IDS: there is no item coarse on this server',
    ]);
  });
});

test('the sandbox takes any amount', async () => {
  const { malipo, testKey } = await shopWith('iotec');
  const answer = await malipo.post('/v1/payments/collect', { ...COLLECT, amount: 1 }, { key: testKey });
  expect(answer.statusCode).toBe(200);
});

test('an item is not offered by a provider that does not take its price', async () => {
  const { malipo, app } = await shopWith('relworx');
  const { book } = await stock(malipo, { app, liveKey: '', testKey: '' });
  const dear = await malipo.items.createProduct({ appId: app.id, name: 'Piano', slug: 'piano', currency: 'KES', amount: 90_000 });
  const methods = async (slug: string) => ((await malipo.get(`/api/store/${slug}`)).json().data.methods as { type: string }[]).map(({ type }) => type);
  expect(await methods(book.slug)).toEqual(['mobile_money', 'card']);
  expect(await methods(dear.slug)).toEqual([]);
});

test('an item is sold through the first provider that takes its price', async () => {
  const live = ['stripe', 'relworx', 'dukuzi'].map((slug) => new ScriptedProvider(slug));
  const malipo = await buildMalipo({ live });
  const { app } = await malipo.makeShop({ slug: 'duka' });
  const sell = async (currency: string, amount: number, body: object) => {
    const { slug } = await malipo.items.createProduct({ appId: app.id, name: 'Thing', currency, amount });
    const offered = ((await malipo.get(`/api/store/${slug}`)).json().data.methods as { type: string }[]).map(({ type }) => type);
    const answer = (await malipo.post(`/api/store/${slug}/pay`, body)).json() as { data?: { provider: string }; message: string };
    return [offered.includes('method' in body ? 'card' : 'mobile_money'), answer.data?.provider ?? answer.message];
  };
  const [card, phone] = [{ method: 'card' }, { phone_number: '255754123456' }];
  expect(await sell('UGX', 25_000, card)).toEqual([true, 'stripe']);
  expect(await sell('UGX', 2_000_000, card)).toEqual([true, 'relworx']);
  expect(await sell('UGX', 6_000_000, card)).toEqual([false, 'amount must be at most 999999 UGX with stripe']);
  expect(await sell('TZS', 25_000, phone)).toEqual([true, 'relworx']);
  expect(await sell('TZS', 6_000_000, phone)).toEqual([true, 'dukuzi']);
});

test('a number that Relworx would ask no more is refused by us with the time to wait, and asked again after it', async () => {
  const { malipo, provider, liveKey } = await shopWith('relworx');
  const ask = (phone_number = '254712345678') => malipo.post('/v1/payments/collect', { amount: 500, currency: 'KES', phone_number }, { key: liveKey });
  for (let prompt = 0; prompt < 5; prompt++) {
    expect((await ask()).statusCode).toBe(200);
    malipo.clock.advance(MINUTE_MS);
  }
  const refused = await ask();
  expect(refused.statusCode).toBe(429);
  expect(refused.json().error).toMatchObject({ code: 'RATE_LIMIT', message: 'This number was asked 5 times; relworx asks it no more for some minutes' });
  expect(refused.headers['retry-after']).toBe('300');
  expect((await ask('254712345679')).statusCode).toBe(200);
  expect(provider.collected).toHaveLength(6);
  malipo.clock.advance(5 * MINUTE_MS + 1);
  expect((await ask()).statusCode).toBe(200);
});

test('of requests at once that would be the fifth and sixth, one is asked', async () => {
  const { malipo, provider, liveKey } = await shopWith('relworx');
  const ask = () => malipo.post('/v1/payments/collect', { amount: 500, currency: 'KES', phone_number: '254712345678' }, { key: liveKey });
  const answers = await Promise.all(Array.from({ length: 12 }, ask));
  expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(5);
  expect(answers.filter(({ statusCode }) => statusCode === 429)).toHaveLength(7);
  expect(provider.collected).toHaveLength(5);
});
