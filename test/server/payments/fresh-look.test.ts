/** A buyer who looks: the provider is asked for them, after they looked, and no more often than it bears. */
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, SECOND_MS } from '../../../server/core/clock.ts';
import type { ProviderStatus } from '../../../server/providers/provider.ts';
import { LookAllowance } from '../../../server/payments/look-allowance.ts';
import { buildMalipo } from '../support/build-malipo.ts';
import { listening, openStream } from '../support/event-stream.ts';
import { FailingStore } from '../support/failing-store.ts';
import { COLLECT, collect } from '../support/payments.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { expectV1Refusal } from '../support/refusals.ts';
import { ScriptedProvider } from '../support/scripted-provider.ts';
import { until } from '../support/until.ts';

const AGREED_MINOR = 5_000_000;

/** A shop whose buyers all look at once. */
async function aCrowd(of: number, { slug = 'iotec' } = {}) {
  const provider = new ScriptedProvider(slug);
  const malipo = await buildMalipo({ live: [provider], env: { RATE_LIMIT_FACTOR: '0' } });
  const { liveKey } = await malipo.makeShop({ slug: 'duka' });
  const references = await Promise.all(Array.from({ length: of }, () => collect(malipo, liveKey, { provider: slug })));
  const look = async (reference: string) => (await malipo.get(`/api/store/status/${reference}?fresh=true`)).json().data.status as string;
  return { malipo, provider, clock: malipo.clock, references, look, lookAll: () => Promise.all(references.map(look)) };
}

async function aPayment() {
  const provider = new ScriptedProvider();
  let store!: FailingStore;
  const malipo = await buildMalipo({ live: [provider], wrapStore: (inner) => (store = new FailingStore(inner)) });
  const { liveKey } = await malipo.makeShop({ slug: 'duka' });
  const reference = await collect(malipo, liveKey);
  const read = async (query = '') => (await malipo.get(`/api/store/status/${reference}${query}`)).json().data as { status: string };
  return { malipo, store, clock: malipo.clock, provider, reference, read, look: () => read('?fresh=true'), pays: () => provider.saysCompleted(malipo.clock.now(), { amountMinor: AGREED_MINOR }) };
}

test('a look is answered with what the provider says now; a mere read asks nobody', async () => {
  const { provider, read, look, pays } = await aPayment();
  pays();
  for (const query of ['', '?fresh=false']) expect((await read(query)).status).toBe('pending');
  expect(provider.asked).toHaveLength(0);
  expect((await look()).status).toBe('completed');
  expect((await look()).status).toBe('completed');
  expect(provider.asked).toHaveLength(1);
});

test('what a look learns is told to the stream', async () => {
  const { malipo, reference, look, pays } = await aPayment();
  const stream = await openStream(await listening(malipo), reference);
  await stream.next(1);
  pays();
  await look();
  await until(() => stream.ended());
  expect(stream.events().at(-1)).toMatchObject({ data: { data: { status: 'completed' } } });
});

test('a stream that is opened to look tells what the provider says; one that connects again by itself asks nobody', async () => {
  const { malipo, provider, reference, pays } = await aPayment();
  const address = await listening(malipo);
  pays();
  const again = await openStream(address, `${reference}?fresh=true`, { 'last-event-id': '1' });
  await again.next(1);
  expect(provider.asked).toHaveLength(0);
  const stream = await openStream(address, `${reference}?fresh=true`);
  await until(() => stream.ended());
  expect(stream.events()).toMatchObject([{ id: '1' }, { id: '2', data: { data: { status: 'completed' } } }]);
});

test('all who look share one question, two seconds after the one before; it begins after they looked', async () => {
  const { clock, provider, look, pays } = await aPayment();
  expect((await look()).status).toBe('pending');
  const waiting = clock.waiting;
  const looks = [look(), look(), look()];
  // Each has its own patience, and all one pause.
  await until(() => clock.waiting === waiting + 4);
  pays();
  clock.advance(2 * SECOND_MS - 1);
  expect(provider.asked).toHaveLength(1);
  clock.advance(1);
  expect((await Promise.all(looks)).map(({ status }) => status)).toEqual(['completed', 'completed', 'completed']);
  expect(provider.asked).toHaveLength(2);
});

test('a provider that hangs keeps a look for six seconds, and its late answer still counts', async () => {
  const { clock, provider, read, look } = await aPayment();
  const late = Promise.withResolvers<ProviderStatus>();
  provider.answersStatus(() => late.promise);
  const waiting = clock.waiting;
  const looked = look();
  await until(() => clock.waiting === waiting + 2);
  clock.advance(6 * SECOND_MS);
  expect((await looked).status).toBe('pending');
  late.resolve({ kind: 'completed', providerRef: 'theirs', amountMinor: AGREED_MINOR, currency: 'UGX', at: clock.now() });
  await until(async () => (await read()).status === 'completed');
});

test('a failed payment is looked at too, before anybody pays again; what nobody looks back at any more is not', async () => {
  const { malipo, provider, look, pays } = await aPayment();
  provider.answersStatus(() => ({ kind: 'failed', code: 'declined', reason: 'No' }));
  expect((await look()).status).toBe('failed');
  pays();
  malipo.clock.advance(2 * SECOND_MS);
  expect((await look()).status).toBe('completed');

  const old = await aPayment();
  await old.malipo.pass(4 * HOUR_MS);
  await old.malipo.pass(7 * DAY_MS);
  const known = old.provider.asked.length;
  expect((await old.look()).status).toBe('expired');
  expect(old.provider.asked).toHaveLength(known);
});

test('a payment that its provider refused is not asked about', async () => {
  const provider = new ScriptedProvider().answersCollect(() => ({ kind: 'refused', code: 'provider_refused', reason: 'No' }));
  const malipo = await buildMalipo({ live: [provider] });
  const { liveKey } = await malipo.makeShop({ slug: 'duka' });
  await malipo.post('/v1/payments/collect', COLLECT, { key: liveKey });
  const { reference } = provider.collected[0]!;
  expect((await malipo.get(`/api/store/status/${reference}?fresh=true`)).json().data.status).toBe('failed');
  expect(provider.asked).toEqual([]);
});

test('anything but true and false is refused', async () => {
  const { malipo, reference } = await aPayment();
  expectV1Refusal(await malipo.get(`/api/store/status/${reference}?fresh=maybe`), 'VALIDATION_ERROR');
});

test('a look whose news cannot be written is answered with what stands', async () => {
  const { store, clock, look, pays } = await aPayment();
  pays();
  store.failing = 'writing';
  expect((await look()).status).toBe('pending');
  store.failing = 'nothing';
  clock.advance(2 * SECOND_MS);
  expect((await look()).status).toBe('completed');
});

test('a crowd of buyers asks a provider so often a minute and no more; the others are shown what stands, at once', async () => {
  const { provider, clock, references, look, lookAll } = await aCrowd(100);
  const answers = await lookAll();
  expect(new Set(answers)).toEqual(new Set(['pending']));
  expect(provider.asked.length).toBeGreaterThan(0);
  expect(provider.asked.length).toBeLessThanOrEqual(60);
  for (let second = 0; second < 60; second += 2) {
    clock.advance(2 * SECOND_MS);
    for (const reference of references.slice(0, 30)) await look(reference);
  }
  expect(provider.asked.length).toBeGreaterThan(500);
  expect(provider.asked.length).toBeLessThanOrEqual(660);
});

test('a gateway that takes a hundred calls a minute is left most of them for payments', async () => {
  const { provider, clock, references, look } = await aCrowd(5, { slug: 'dgateway' });
  for (let second = 0; second < 60; second += 2) {
    clock.advance(2 * SECOND_MS);
    for (const reference of references) await look(reference);
  }
  expect(provider.asked.length).toBeGreaterThan(20);
  expect(provider.asked.length).toBeLessThanOrEqual(28);
});

test('processes beside each other share what a provider takes', async () => {
  const clock = new ManualClock();
  const allowance = new LookAllowance('dgateway', { clock, processes: 5 });
  const asked = async () => (await allowance.spend(() => Promise.resolve(1))) ?? 0;
  let inAMinute = 0;
  for (let second = 0; second < 60; second++) {
    inAMinute += await asked();
    clock.advance(SECOND_MS);
  }
  expect(inAMinute).toBe(5);
});

test('a provider that hangs has few buyers waiting for it, and what it says then is still heard', async () => {
  const { provider, clock, look, references, lookAll } = await aCrowd(40);
  const late = Promise.withResolvers<ProviderStatus>();
  provider.answersStatus(() => late.promise);
  const looks = lookAll();
  await until(() => provider.asked.length > 0);
  expect(await look(references.at(-1)!)).toBe('pending');
  expect(provider.asked.length).toBeLessThanOrEqual(8);
  late.resolve({ kind: 'completed', providerRef: 'theirs', amountMinor: AGREED_MINOR, currency: 'UGX', at: clock.now() });
  expect((await looks).filter((status) => status === 'completed')).toHaveLength(provider.asked.length);
  clock.advance(SECOND_MS);
  expect(await look(references.at(-1)!)).toBe('completed');
});
