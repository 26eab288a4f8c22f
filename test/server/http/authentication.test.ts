/** Requests that arrive together share one look at their key; nobody gets in by somebody else's, or by an old one. */
import { expect, test } from 'vitest';
import { buildMalipo } from '../support/build-malipo.ts';

const UNKNOWN = '/v1/payments/transactions/dgw_unknown';

test('requests of many keys at once are each answered as their own key deserves', async () => {
  const malipo = await buildMalipo();
  const one = await malipo.makeShop({ slug: 'one' });
  const other = await malipo.makeShop({ slug: 'other' });
  const revoked = await malipo.keys.create(one.app.id, 'test');
  await malipo.keys.revoke(revoked.id);
  const { reference } = (
    await malipo.post('/v1/payments/collect', { amount: 500, currency: 'UGX', phone_number: '256772123456' }, { key: one.testKey })
  ).json().data;
  const keys = [one.testKey, other.testKey, revoked.key, one.liveKey, 'nonsense', one.testKey, revoked.key, undefined];
  const answers = await Promise.all(keys.map((key) => malipo.get(`/v1/payments/transactions/${reference}`, { key })));
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 404, 401, 404, 401, 200, 401, 401]);
});

test('a key revoked by another process is refused by the next request, however busy it is', async () => {
  const malipo = await buildMalipo();
  const { testKey, app } = await malipo.makeShop({ slug: 'duka' });
  const { key, id } = await malipo.keys.create(app.id, 'test');
  const other = await buildMalipo({ file: malipo.file, clock: malipo.clock });
  const ask = (asked: string) => Promise.all(Array.from({ length: 20 }, () => malipo.get(UNKNOWN, { key: asked })));
  expect(new Set((await ask(key)).map(({ statusCode }) => statusCode))).toEqual(new Set([404]));
  await other.keys.revoke(id);
  expect(new Set((await ask(key)).map(({ statusCode }) => statusCode))).toEqual(new Set([401]));
  expect(new Set((await ask(testKey)).map(({ statusCode }) => statusCode))).toEqual(new Set([404]));
});
