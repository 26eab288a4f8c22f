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

test('a revoked key is refused by the next request, however busy it was, and by whatever process it was revoked', async () => {
  const malipo = await buildMalipo();
  const other = await buildMalipo({ databaseUrl: malipo.databaseUrl, clock: malipo.clock });
  const { testKey, app } = await malipo.makeShop({ slug: 'duka' });
  const statusesOf = async (key: string) => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => malipo.get(UNKNOWN, { key })));
    return new Set(answers.map(({ statusCode }) => statusCode));
  };
  for (const revoker of [malipo, other]) {
    const { key, id } = await malipo.keys.create(app.id, 'test');
    expect(await statusesOf(key)).toEqual(new Set([404]));
    await revoker.keys.revoke(id);
    // Another process is never in the middle of our turn.
    if (revoker === other) await new Promise((resolve) => setImmediate(resolve));
    expect(await statusesOf(key)).toEqual(new Set([401]));
  }
  expect(await statusesOf(testKey)).toEqual(new Set([404]));
});
