import { expect, test } from 'vitest';
import { HOUR_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { type Answer, buildMalipo, stock } from '../support/build-malipo.ts';
import { documentOf } from '../support/documented.ts';
import { callBack, COLLECT, collect, PHONE } from '../support/payments.ts';
import { ScriptedProvider } from '../support/scripted-provider.ts';

test('the document is OpenAPI 3.1, and names every public route with its answers', async () => {
  const malipo = await buildMalipo();
  const answer = await malipo.get('/openapi.json');
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
  expect(answer.headers['access-control-allow-origin']).toBe('*');
  const { document } = await documentOf(malipo);
  expect(document).toMatchObject({
    openapi: expect.stringMatching(/^3\.1\.\d+$/) as string,
    info: { title: 'Malipo', version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string },
    components: { securitySchemes: { apiKey: { type: 'apiKey', in: 'header', name: 'X-Api-Key' } } },
  });

  const operations = Object.entries(document.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
  expect(operations).toEqual(
    expect.arrayContaining([
      'POST /v1/payments/collect',
      'GET /v1/payments/transactions/{reference}',
      'POST /v1/webhooks/verify',
      'POST /v1/webhooks/{provider}',
      'GET /api/store/shop/{appSlug}',
      'GET /api/store/{slug}',
      'POST /api/store/{slug}/pay',
      'GET /api/store/status/{reference}',
      'POST /create-payment',
      'GET /transaction/{id}',
      'POST /api-proxy.php/create-payment',
      'GET /api-proxy.php/transaction/{id}',
    ]),
  );
  expect(operations.filter((operation) => /sandbox|healthz|OPTIONS|\*/.test(operation))).toEqual([]);
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const operation of Object.values(methods)) {
      expect(Object.keys(operation.responses).some((status) => status.startsWith('2')), path).toBe(true);
      expect(operation).toMatchObject({ summary: expect.any(String) as string, tags: expect.any(Array) as string[] });
    }
  }
});

test('every kind of answer, of payments in every state, is as documented', async () => {
  const provider = new ScriptedProvider();
  const malipo = await buildMalipo({ live: [provider] });
  const shop = await malipo.makeShop({ slug: 'duka' });
  const items = await stock(malipo, shop);
  const { expectDocumented } = await documentOf(malipo);
  const key = shop.testKey;
  const get = async (url: string, withKey?: string): Promise<Answer> => {
    const answer = await malipo.get(url, { key: withKey });
    expectDocumented('GET', url, answer);
    return answer;
  };
  const post = async (url: string, body: unknown, withKey?: string): Promise<Answer> => {
    const answer = await malipo.post(url, body, { key: withKey });
    expectDocumented('POST', url, answer);
    return answer;
  };

  const references: string[] = [];
  for (const ending of ['00001', '00002', '00003', '00004', '00005', '00006', '00007', '34567']) {
    references.push((await post('/v1/payments/collect', { ...COLLECT, phone_number: `2567721${ending}`, metadata: { a: [1] } }, key)).json().data.reference as string);
  }
  references.push((await post('/v1/payments/collect', { amount: 5.5, currency: 'USD' }, key)).json().data.reference as string);
  // The UGX items are sold live here, the Tanzanian one on the sandbox.
  references.push((await post(`/api/store/${items.book.slug}/pay`, { phone_number: PHONE })).json().data.reference as string);
  references.push((await post(`/api/store/${items.kitabu.slug}/pay`, { phone_number: '255712345678' })).json().data.reference as string);
  const dukuzi = ['', '/api-proxy.php'];
  const ids: number[] = [];
  for (const prefix of dukuzi) {
    ids.push((await post(`${prefix}/create-payment`, { phone_number: '255712345678', amount: 5_000, product_id: items.kitabu.id }, key)).json().transaction_id as number);
  }

  for (const wait of [0, 3 * SECOND_MS, 4 * HOUR_MS, 60 * SECOND_MS]) {
    await malipo.pass(wait);
    for (const reference of references) {
      await get(`/v1/payments/transactions/${reference}`, key);
      await post('/v1/webhooks/verify', { reference }, key);
      await get(`/api/store/status/${reference}`);
    }
    for (const prefix of dukuzi) for (const id of ids) await get(`${prefix}/transaction/${id}`, key);
  }
  for (const item of Object.values(items)) await get(`/api/store/${item.slug}`);
  await get('/api/store/shop/duka');
  const callback = await callBack(malipo, await collect(malipo, shop.liveKey));
  expectDocumented('POST', '/v1/webhooks/iotec', callback);

  // Refusals are documented too.
  await post('/v1/payments/collect', {}, key);
  await post('/v1/payments/collect', COLLECT);
  await post('/v1/webhooks/verify', { reference: 'x' }, key);
  await get('/api/store/nothing');
  await post(`/api/store/${items.book.slug}/pay`, {});
  for (const prefix of dukuzi) {
    await post(`${prefix}/create-payment`, {}, key);
    await get(`${prefix}/transaction/0`, key);
  }
});
