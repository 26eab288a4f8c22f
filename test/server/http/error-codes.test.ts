/** Every way Malipo says no, provoked through its HTTP surfaces: the code, the status, and always JSON. */
import { expect, test } from 'vitest';
import { ERRORS, type ErrorCode } from '../../../server/core/errors.ts';
import { type Store, StoreUnavailableError } from '../../../server/db/store.ts';
import { type Answer, buildMalipo, type Shop, stock, type TestMalipo } from '../support/build-malipo.ts';
import { refuseRows } from '../support/database.ts';
import { COLLECT } from '../support/payments.ts';
import { LineProvider } from '../providers/line-provider.ts';

interface Scene {
  malipo: TestMalipo;
  shop: Shop;
  provider: LineProvider;
  /** From now on nothing can be written. */
  breakStore(with_: Error): void;
}

async function scene(): Promise<Scene> {
  let broken: Error | null = null;
  const provider = new LineProvider();
  const breakable = (store: Store): Store =>
    new Proxy(store, {
      get(target, name) {
        if (name === 'write' && broken !== null) return () => Promise.reject(broken);
        const value = Reflect.get(target, name, target) as unknown;
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  const malipo = await buildMalipo({ live: [provider], wrapStore: breakable });
  return { malipo, provider, shop: await malipo.makeShop({ slug: 'duka', origins: ['https://duka.example'] }), breakStore: (error) => (broken = error) };
}

function collect({ malipo, shop }: Scene, body: object = {}, key = shop.liveKey): Promise<Answer> {
  return malipo.post('/v1/payments/collect', { ...COLLECT, ...body }, { key });
}

/** By code: the status of the DGateway reference's table (of our own where that has none), and what provokes it. */
const PROVOKED: Record<ErrorCode, [status: number, provoke: (scene: Scene) => Promise<Answer>]> = {
  VALIDATION_ERROR: [400, (scene) => collect(scene, { amount: -5 })],
  INVALID_PHONE: [400, (scene) => collect(scene, { phone_number: '12345' })],
  INVALID_CURRENCY: [400, (scene) => collect(scene, { currency: 'XAU' })],
  INVALID_PROVIDER: [400, (scene) => collect(scene, { provider: 'mpesa' })],
  PROVIDER_ERROR: [400, (scene) => collect(scene, { provider: 'relworx' })],
  PROVIDER_LINE_DOWN: [
    503,
    async (scene) => {
      scene.provider.goesDead('mtn');
      for (let count = 0; count < 5; count++) await collect(scene);
      return collect(scene);
    },
  ],
  INSUFFICIENT_BALANCE: [400, ({ malipo, shop }) => malipo.post('/v1/payments/disburse', COLLECT, { key: shop.liveKey })],
  TEST_MODE: [400, (scene) => collect(scene, { provider: 'relworx' }, scene.shop.testKey)],
  TEST_NUMBER_ON_LIVE_KEY: [400, (scene) => collect(scene, { phone_number: '256772100001' })],
  AUTHENTICATION_ERROR: [401, (scene) => collect(scene, {}, 'dgw_live_nobody')],
  ORIGIN_NOT_ALLOWED: [
    403,
    async ({ malipo, shop }) => malipo.get(`/api/store/${(await stock(malipo, shop)).book.slug}`, { headers: { origin: 'https://evil.example' } }),
  ],
  NOT_FOUND: [404, ({ malipo, shop }) => malipo.get('/v1/payments/transactions/dgw_nobody', { key: shop.liveKey })],
  METHOD_NOT_ALLOWED: [405, ({ malipo, shop }) => malipo.get('/v1/payments/collect', { key: shop.liveKey })],
  IDEMPOTENCY_CONFLICT: [
    409,
    async ({ malipo, shop }) => {
      const send = (amount: number) => malipo.post('/v1/payments/collect', { ...COLLECT, amount }, { key: shop.liveKey, idempotencyKey: 'once' });
      await send(1_000);
      return send(2_000);
    },
  ],
  PAYLOAD_TOO_LARGE: [413, (scene) => collect(scene, { description: 'x'.repeat(70_000) })],
  UNSUPPORTED_MEDIA_TYPE: [
    415,
    ({ malipo, shop }) =>
      malipo.inject({ method: 'POST', url: '/v1/payments/collect', payload: '<amount/>', headers: { 'x-api-key': shop.liveKey, 'content-type': 'text/xml' } }),
  ],
  RATE_LIMIT: [
    429,
    async () => {
      const malipo = await buildMalipo({ env: { RATE_LIMIT_FACTOR: '0.001' } });
      await malipo.get('/api/provider-health');
      return malipo.get('/api/provider-health');
    },
  ],
  DB_ERROR: [
    500,
    async (scene) => {
      await refuseRows(scene.malipo.store, 'payments');
      return collect(scene);
    },
  ],
  INTERNAL_ERROR: [
    500,
    (scene) => {
      scene.breakStore(new TypeError('a mistake of ours at /srv/secret/path'));
      return collect(scene);
    },
  ],
  UNAVAILABLE: [
    503,
    (scene) => {
      scene.breakStore(new StoreUnavailableError('disk full'));
      return collect(scene);
    },
  ],
};

test.each(Object.entries(PROVOKED))('%s is answered with its status, its code twice readable, and nothing of ours', async (code, [status, provoke]) => {
  const answer = await provoke(await scene());
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
  const { error, message, ...rest } = answer.json() as { error: { code: string; message: string }; message: string };
  expect([answer.statusCode, error.code, rest], answer.body).toEqual([status, code, {}]);
  expect(error).toEqual({ code, message });
  expect(message).not.toBe('');
  expect(answer.body).not.toMatch(/disk full|no room|secret|\n +at /);
  expect(ERRORS[code as ErrorCode].status).toBe(status);
  expect(answer.headers['retry-after'] !== undefined).toBe([429, 503].includes(status));
});
