/** Lines in real traffic: what closes one, who is refused, and how it comes back. */
import { expect, test } from 'vitest';
import { SECOND_MS } from '../../../server/core/clock.ts';
import type { Store, Transaction } from '../../../server/db/store.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import { buildMalipo, type TestMalipo } from '../support/build-malipo.ts';
import { rowCounts, rows } from '../support/database.ts';
import { collect, COLLECT, PHONE } from '../support/payments.ts';
import { never } from '../support/scripted-provider.ts';
import { until } from '../support/until.ts';
import { LineProvider } from './line-provider.ts';

const AIRTEL = '256702123456';
const TRIAL_AFTER_MS = 30 * SECOND_MS;

async function liveShop(provider = new LineProvider()) {
  const malipo = await buildMalipo({ live: [provider] });
  return { malipo, provider, ...(await malipo.makeShop({ slug: 'duka' })) };
}

function tryToCollect(malipo: TestMalipo, key: string, body: object = {}) {
  return malipo.post('/v1/payments/collect', { ...COLLECT, ...body }, { key });
}

/** Five payments whose answer was lost. */
async function takeDown(malipo: TestMalipo, provider: LineProvider, key: string): Promise<void> {
  provider.goesDead('mtn');
  for (let count = 0; count < 5; count++) await collect(malipo, key);
}

function lineRows(malipo: Pick<TestMalipo, 'store'>): Promise<Record<string, unknown>[]> {
  return rows(malipo.store, 'SELECT * FROM provider_lines ORDER BY provider, network, currency');
}

test('five lost answers in a row take the line down; the sixth payment is refused with 503 before anything is written or sent', async () => {
  const { malipo, provider, liveKey } = await liveShop();
  await takeDown(malipo, provider, liveKey);
  const before = [await rowCounts(malipo.store), await lineRows(malipo)];

  const refused = await tryToCollect(malipo, liveKey);

  expect(refused.statusCode).toBe(503);
  expect(refused.headers['retry-after']).toBe('30');
  const message = 'MTN MoMo cannot be reached at the moment; try again later, or a number of another network';
  expect(refused.json()).toEqual({ error: { code: 'PROVIDER_LINE_DOWN', message }, message });
  expect([await rowCounts(malipo.store), await lineRows(malipo)]).toEqual(before);
  expect(provider.collected).toHaveLength(5);
  expect(await verifyBooks(malipo.store.read)).toEqual([]);
});

test('answers that only say to ask later take no line down', async () => {
  const { malipo, provider, liveKey } = await liveShop();
  provider.answersCollect(() => ({ kind: 'unknown', reason: '429', busy: true }));
  for (let count = 0; count < 6; count++) await collect(malipo, liveKey);
  expect(await lineRows(malipo)).toEqual([]);
});

test('a refused request leaves its idempotency key free: sent again when the line is back, it pays', async () => {
  const { malipo, provider, liveKey } = await liveShop();
  await takeDown(malipo, provider, liveKey);
  const again = () => malipo.post('/v1/payments/collect', COLLECT, { key: liveKey, idempotencyKey: 'order-7' });
  expect((await again()).statusCode).toBe(503);
  provider.comesBack('mtn');
  malipo.clock.advance(TRIAL_AFTER_MS);
  const paid = await again();
  expect([paid.statusCode, paid.headers['idempotent-replayed']]).toEqual([200, undefined]);
});

test('an answered request is replayed while its line is down', async () => {
  const { malipo, provider, liveKey } = await liveShop();
  const once = () => malipo.post('/v1/payments/collect', COLLECT, { key: liveKey, idempotencyKey: 'order-7' });
  const first = await once();
  await takeDown(malipo, provider, liveKey);
  const replay = await once();
  expect([replay.statusCode, replay.headers['idempotent-replayed'], replay.body]).toEqual([200, 'true', first.body]);
});

test('other networks, other providers and test payments go on', async () => {
  const [iotec, relworx] = [new LineProvider('iotec'), new LineProvider('relworx')];
  const malipo = await buildMalipo({ live: [iotec, relworx] });
  const { liveKey, testKey } = await malipo.makeShop({ slug: 'duka' });
  await takeDown(malipo, iotec, liveKey);
  await collect(malipo, liveKey, { phone_number: AIRTEL });
  await collect(malipo, liveKey, { provider: 'relworx' });
  await collect(malipo, liveKey, { currency: 'RWF', phone_number: '250782123456' });
  await collect(malipo, testKey);
  await collect(malipo, testKey, { provider: 'iotec' });
  expect((await tryToCollect(malipo, liveKey)).statusCode).toBe(503);
});

test.each<[string, (provider: LineProvider) => unknown]>([
  ['a time-out', (provider) => provider.answersCollect(() => never())],
  ['a reset', (provider) => provider.answersCollect(() => Promise.reject(new Error('ECONNRESET')))],
  ['an adapter that breaks', (provider) => provider.answersCollect(() => { throw new TypeError('undefined is not an object'); })],
])('%s counts as a failure', async (_what, breakIt) => {
  const { malipo, provider, liveKey } = await liveShop();
  breakIt(provider);
  // On PostgreSQL a server looks now and then what it missed of others.
  const idle = malipo.clock.waiting;
  for (let count = 0; count < 5; count++) {
    let isAnswered = false;
    const answer = tryToCollect(malipo, liveKey).finally(() => (isAnswered = true));
    await until(() => {
      // Nobody waits here for anything but the provider.
      if (malipo.clock.waiting > idle) malipo.clock.advance(10 * SECOND_MS);
      return isAnswered;
    });
    expect((await answer).statusCode).toBe(200);
  }
  expect((await lineRows(malipo)).map(({ status }) => status)).toEqual(['down']);
});

test('a provider that refuses because it cannot reach the network itself takes the line down all the same', async () => {
  const { malipo, provider, liveKey } = await liveShop();
  provider.answersCollect(() => ({ kind: 'refused', code: 'provider_refused', reason: 'The mtn line is currently down', lineDown: true }));
  for (let count = 0; count < 5; count++) expect((await tryToCollect(malipo, liveKey)).json().error.code).toBe('PROVIDER_ERROR');
  expect((await tryToCollect(malipo, liveKey)).json().error.code).toBe('PROVIDER_LINE_DOWN');
  expect(provider.collected).toHaveLength(5);
  expect(await verifyBooks(malipo.store.read)).toEqual([]);
});

test('a hundred refusals are a hundred answers: the line stays, and so does a line between its failures', async () => {
  const { malipo, provider, liveKey } = await liveShop();
  provider.answersCollect(() => ({ kind: 'refused', code: 'provider_refused', reason: 'The amount is over the limit' }));
  for (let count = 0; count < 100; count++) expect((await tryToCollect(malipo, liveKey)).json().error.code).toBe('PROVIDER_ERROR');
  expect(await lineRows(malipo)).toEqual([]);

  const answers: ('unknown' | 'refused')[] = ['unknown', 'unknown', 'unknown', 'unknown', 'refused', 'unknown', 'unknown', 'unknown', 'unknown'];
  provider.answersCollect(() => (answers.shift() === 'unknown' ? { kind: 'unknown', reason: '503' } : { kind: 'refused', code: 'provider_refused', reason: 'no' }));
  while (answers.length > 0) await tryToCollect(malipo, liveKey);
  expect(await lineRows(malipo)).toMatchObject([{ status: 'up' }]);
});

test('a request that we refuse ourselves says nothing of the line', async () => {
  const { malipo, liveKey } = await liveShop();
  for (const body of [{ amount: -1 }, { amount: 0.5 }, { phone_number: '12' }, { currency: 'XXX' }, { provider: 'relworx' }]) {
    expect((await tryToCollect(malipo, liveKey, body)).statusCode).toBe(400);
  }
  expect(await lineRows(malipo)).toEqual([]);
});

test('what is wrong with a request is said before that its line is down', async () => {
  const { malipo, provider, liveKey } = await liveShop();
  await takeDown(malipo, provider, liveKey);
  const codes = [];
  for (const body of [{ amount: 'x' }, { phone_number: '12' }, { currency: 'XXX' }, { provider: 'nobody' }, { provider: 'relworx' }, { phone_number: '256772100001' }]) {
    codes.push((await tryToCollect(malipo, liveKey, body)).json().error.code);
  }
  expect(codes).toEqual(['VALIDATION_ERROR', 'INVALID_PHONE', 'INVALID_CURRENCY', 'INVALID_PROVIDER', 'PROVIDER_ERROR', 'TEST_NUMBER_ON_LIVE_KEY']);
});

test('the number whose answer is lost on purpose closes the sandbox to nobody, however often it is tried', async () => {
  const malipo = await buildMalipo();
  const { testKey } = await malipo.makeShop({ slug: 'duka' });
  for (let count = 0; count < 25; count++) await collect(malipo, testKey, { phone_number: '256772100005' });
  await collect(malipo, testKey);
  expect(await lineRows(malipo)).toEqual([]);
});

test('while all is well a payment writes nothing about its line, whether the line was ever seen or not', async () => {
  const written: string[] = [];
  const provider = new LineProvider();
  const malipo = await buildMalipo({ live: [provider], wrapStore: (store) => noting(store, written) });
  const { liveKey } = await malipo.makeShop({ slug: 'duka' });
  const aboutLines = () => written.filter((text) => text.includes('provider_lines'));
  for (let count = 0; count < 30; count++) await collect(malipo, liveKey);
  expect(written.length).toBeGreaterThan(30);
  expect(aboutLines()).toEqual([]);

  provider.goesDead('mtn');
  await collect(malipo, liveKey);
  provider.comesBack('mtn');
  for (let count = 0; count < 20; count++) await collect(malipo, liveKey);
  expect(await lineRows(malipo)).toMatchObject([{ status: 'up', recent: '[]' }]);
  expect(aboutLines()).toHaveLength(21);
  for (let count = 0; count < 30; count++) await collect(malipo, liveKey);
  expect(aboutLines()).toHaveLength(21);
});

test('after 30 seconds one payment is let through to try the line; it works, and the line is back', async () => {
  const { malipo, provider, liveKey } = await liveShop();
  await takeDown(malipo, provider, liveKey);
  provider.comesBack('mtn');
  malipo.clock.advance(TRIAL_AFTER_MS - 1);
  const early = await tryToCollect(malipo, liveKey);
  expect([early.statusCode, early.headers['retry-after']]).toEqual([503, '1']);
  malipo.clock.advance(1);
  await collect(malipo, liveKey);
  await collect(malipo, liveKey);
  expect(provider.collected).toHaveLength(7);
  expect(await lineRows(malipo)).toMatchObject([{ status: 'up', recent: '[]', failing_since: null, last_error: '', trial: '' }]);
});

test('a trial that fails keeps the line down for another 30 seconds, and failing since the first failure', async () => {
  const { malipo, provider, liveKey } = await liveShop();
  const failingSince = malipo.clock.now();
  await takeDown(malipo, provider, liveKey);
  for (let trial = 1; trial <= 3; trial++) {
    malipo.clock.advance(TRIAL_AFTER_MS);
    await collect(malipo, liveKey);
    expect((await tryToCollect(malipo, liveKey)).headers['retry-after']).toBe('30');
    expect(provider.collected).toHaveLength(5 + trial);
  }
  expect(await lineRows(malipo)).toMatchObject([{ status: 'down', failing_since: failingSince }]);
});

test('a definite refusal of the trial is an answer: the line is back', async () => {
  const { malipo, provider, liveKey } = await liveShop();
  await takeDown(malipo, provider, liveKey);
  provider.answersCollect(() => ({ kind: 'refused', code: 'provider_refused', reason: 'Over the limit' }));
  malipo.clock.advance(TRIAL_AFTER_MS);
  expect((await tryToCollect(malipo, liveKey)).json().error.code).toBe('PROVIDER_ERROR');
  expect(await lineRows(malipo)).toMatchObject([{ status: 'up' }]);
});

test('while a trial is on its way everybody else is refused; when it never ends, the next may try', async () => {
  const { malipo, provider, liveKey } = await liveShop();
  await takeDown(malipo, provider, liveKey);
  malipo.clock.advance(TRIAL_AFTER_MS);
  provider.answersCollect(() => never());
  const trial = tryToCollect(malipo, liveKey);
  await until(() => provider.collected.length === 6);
  expect((await tryToCollect(malipo, liveKey)).statusCode).toBe(503);

  // As if the server that holds the trial were gone: nothing is recorded of it, and its time runs out.
  await malipo.store.write((tx) => tx.run({ text: 'UPDATE provider_lines SET next_trial_at = :now' }, { now: malipo.clock.now() }));
  provider.answersCollect(({ reference }) => ({ kind: 'accepted', providerRef: reference }));
  await collect(malipo, liveKey);
  expect(await lineRows(malipo)).toMatchObject([{ status: 'up' }]);

  malipo.clock.advance(10 * SECOND_MS);
  expect((await trial).statusCode).toBe(200);
  expect(await lineRows(malipo)).toMatchObject([{ status: 'up' }]);
});

test('of forty payments on two servers at the same moment exactly one tries the line', async () => {
  const { malipo, provider, liveKey } = await liveShop();
  const other = await buildMalipo({ databaseUrl: malipo.databaseUrl, clock: malipo.clock, live: [provider] });
  await takeDown(malipo, provider, liveKey);
  malipo.clock.advance(TRIAL_AFTER_MS);
  const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => tryToCollect(index % 2 === 0 ? malipo : other, liveKey)));
  expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1);
  expect(answers.filter(({ statusCode }) => statusCode === 503)).toHaveLength(39);
  expect(provider.collected).toHaveLength(6);
});

test('two servers count together and see the same: three failures here and two there take the line down for both', async () => {
  const { malipo, provider, liveKey } = await liveShop();
  const other = await buildMalipo({ databaseUrl: malipo.databaseUrl, clock: malipo.clock, live: [provider] });
  provider.goesDead('mtn');
  for (const server of [malipo, other, malipo, other, malipo]) await collect(server, liveKey);
  expect((await tryToCollect(malipo, liveKey)).statusCode).toBe(503);
  expect((await tryToCollect(other, liveKey)).statusCode).toBe(503);
  provider.comesBack('mtn');
  malipo.clock.advance(TRIAL_AFTER_MS);
  await collect(other, liveKey);
  await collect(malipo, liveKey);
});

test('a success on one server breaks the row of the other', async () => {
  const { malipo, provider, liveKey } = await liveShop();
  const other = await buildMalipo({ databaseUrl: malipo.databaseUrl, clock: malipo.clock, live: [provider] });
  for (let count = 0; count < 8; count++) {
    provider.goesDead('mtn');
    await collect(malipo, liveKey);
    provider.comesBack('mtn');
    await collect(other, liveKey);
  }
  expect(await lineRows(malipo)).toMatchObject([{ status: 'up' }]);
});

test('a restart forgets neither a line that is down nor the failures counted so far', async () => {
  const provider = new LineProvider();
  const first = await buildMalipo({ live: [provider] });
  const { liveKey } = await first.makeShop({ slug: 'duka' });
  provider.goesDead('mtn', 'airtel');
  for (let count = 0; count < 5; count++) await collect(first, liveKey);
  for (let count = 0; count < 4; count++) await collect(first, liveKey, { phone_number: AIRTEL });
  const before = await lineRows(first);
  await first.close();

  const second = await buildMalipo({ databaseUrl: first.databaseUrl, clock: first.clock, live: [provider] });
  expect(await lineRows(second)).toEqual(before);
  expect((await tryToCollect(second, liveKey)).statusCode).toBe(503);
  await collect(second, liveKey, { phone_number: AIRTEL });
  expect((await tryToCollect(second, liveKey, { phone_number: AIRTEL })).statusCode).toBe(503);
});

test('payouts and payments share the line: what one finds out holds for the other', async () => {
  const { malipo, provider, liveKey, testKey } = await liveShop();
  const disburse = (key: string) => malipo.post('/v1/payments/disburse', { amount: 1_000, currency: 'UGX', phone_number: PHONE }, { key });
  await takeDown(malipo, provider, liveKey);
  const before = await rowCounts(malipo.store);
  const refused = await disburse(liveKey);
  expect([refused.statusCode, refused.json().error.code, refused.headers['retry-after']]).toEqual([503, 'PROVIDER_LINE_DOWN', '30']);
  expect(await rowCounts(malipo.store)).toEqual(before);
  expect(provider.disbursed).toEqual([]);
  expect((await disburse(testKey)).statusCode).toBe(200);
});

test('the Dukuzi dialect says 502 of a line that is down, and when to come again', async () => {
  const { malipo, provider, app, liveKey } = await liveShop(new LineProvider('dukuzi'));
  const { id } = await malipo.items.createProduct({ appId: app.id, name: 'Kitabu', currency: 'TZS', amount: 12_000 });
  const create = () => malipo.post('/create-payment', { product_id: id, amount: 12_000, phone_number: '255742123456' }, { key: liveKey });
  provider.goesDead('vodacom');
  for (let count = 0; count < 5; count++) expect((await create()).statusCode).toBe(200);
  const refused = await create();
  expect([refused.statusCode, refused.json(), refused.headers['retry-after']]).toEqual([
    502,
    { error: 'M-Pesa cannot be reached at the moment; try again later, or a number of another network' },
    '30',
  ]);
});

test('cards, and numbers whose network nobody knows, have no line to be down', async () => {
  const { malipo, provider, liveKey } = await liveShop();
  provider.answersCollect(() => ({ kind: 'unknown', reason: '503' }));
  for (let count = 0; count < 8; count++) await collect(malipo, liveKey, { phone_number: '256712123456' });
  expect(await lineRows(malipo)).toEqual([]);
});

/** The store, with the text of every statement that may have written something. */
function noting(store: Store, written: string[]): Store {
  const noted = (tx: Transaction): Transaction =>
    new Proxy(tx, {
      get(target, name) {
        const value = Reflect.get(target, name, target) as unknown;
        if (typeof value !== 'function') return value;
        return (...args: [{ text: string }, ...unknown[]]) => {
          if (/^\s*(INSERT|UPDATE|DELETE)/.test(args[0]?.text ?? '')) written.push(args[0].text);
          return (value as (...args: unknown[]) => unknown).apply(target, args);
        };
      },
    });
  return new Proxy(store, {
    get(target, name) {
      if (name === 'write') return (command: (tx: Transaction) => unknown) => target.write((tx) => command(noted(tx)));
      const value = Reflect.get(target, name, target) as unknown;
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
