/** Two servers on one database: what one does, the other's buyers and merchants see, once. */
import { expect, test } from 'vitest';
import { MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { SILENT_BELL, type Store } from '../../../server/db/store.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import type { Submission } from '../../../server/providers/provider.ts';
import { buildMalipo, type MalipoOptions } from '../support/build-malipo.ts';
import { rows, someoneWaits, walletBalance } from '../support/database.ts';
import { listening, openStream } from '../support/event-stream.ts';
import { callBack, COLLECT, collect } from '../support/payments.ts';
import { ScriptedProvider } from '../support/scripted-provider.ts';
import { until } from '../support/until.ts';
import { openReceiver } from '../webhooks/receiver.ts';

/** As of a server that dies between its commit and its ring. */
function mute(store: Store): Store {
  const { engine, read } = store;
  return { engine, read, bell: SILENT_BELL, write: (command, sharing) => store.write(command, sharing), backup: (file) => store.backup(file), close: () => store.close() };
}

async function twoServers({ env = {} }: Pick<MalipoOptions, 'env'> = {}) {
  const provider = new ScriptedProvider();
  const one = await buildMalipo({ live: [provider], env });
  const other = await buildMalipo({ live: [provider], env, databaseUrl: one.databaseUrl, clock: one.clock });
  const { app, liveKey, testKey } = await one.makeShop({ slug: 'duka' });
  return { provider, one, other, app, liveKey, testKey };
}

test('a buyer whose stream is open at one server hears of a success that the other was told of', async () => {
  const { provider, one, other, liveKey } = await twoServers();
  const reference = await collect(one, liveKey);
  const stream = await openStream(await listening(other), reference);
  await stream.next(1);
  provider.saysCompleted(one.clock.now(), { amountMinor: 5_000_000 });
  await callBack(one, reference);
  await one.jobs.runDue();
  await until(() => stream.ended());
  expect(stream.events().at(-1)).toMatchObject({ id: '2', data: { data: { status: 'completed' } } });
});

test('a buyer whose server missed the ring hears of it within ten seconds', async () => {
  const { provider, one, other, liveKey } = await twoServers();
  const reference = await collect(one, liveKey);
  const stream = await openStream(await listening(other), reference);
  await stream.next(1);
  provider.saysCompleted(one.clock.now(), { amountMinor: 5_000_000 });
  const third = await buildMalipo({ live: [provider], databaseUrl: one.databaseUrl, clock: one.clock, wrapStore: mute });
  await callBack(third, reference);
  await third.jobs.runDue();
  one.clock.advance(10 * SECOND_MS);
  await until(() => stream.ended());
  expect(stream.events().at(-1)).toMatchObject({ data: { data: { status: 'completed' } } });
});

test('twins at two servers: the one that comes while the first runs is told when to come again, and then answered the same', async () => {
  const { provider, one, other, liveKey } = await twoServers();
  const { promise, resolve } = Promise.withResolvers<Submission>();
  provider.answersCollect(() => promise);
  const send = (server: typeof one) => server.post('/v1/payments/collect', COLLECT, { key: liveKey, idempotencyKey: 'order-1' });
  const first = send(one);
  await until(() => provider.collected.length === 1);
  const early = await send(other);
  expect([early.statusCode, early.headers['retry-after'], early.json().error.code]).toEqual([409, '2', 'IDEMPOTENCY_CONFLICT']);
  resolve({ kind: 'refused', code: 'declined', reason: 'No' });
  const late = await first.then(() => send(other));
  expect(late.body).toBe((await first).body);
  expect(late.headers['idempotent-replayed']).toBe('true');
  expect(provider.collected).toHaveLength(1);
});

test('a key used at both servers in the same moment makes one payment, however often it is tried', async () => {
  const { provider, one, other, liveKey } = await twoServers();
  for (let order = 0; order < 20; order++) {
    const send = (server: typeof one) => server.post('/v1/payments/collect', COLLECT, { key: liveKey, idempotencyKey: `order-${order}` });
    const answers = await Promise.all([send(one), send(other), send(one), send(other)]);
    expect(answers.filter(({ statusCode }) => statusCode !== 200).every(({ statusCode }) => statusCode === 409)).toBe(true);
    const made = answers.filter(({ statusCode }) => statusCode === 200).map((answer) => answer.body);
    expect(new Set(made).size).toBe(1);
  }
  expect(provider.collected).toHaveLength(20);
  expect(await rows(one.store, 'SELECT count(*) AS payments FROM payments')).toEqual([{ payments: 20 }]);
});

test('a first request that never ends is given up by the other server after a while, and both hear one answer', async () => {
  const { provider, one, other, liveKey } = await twoServers();
  const { promise, resolve } = Promise.withResolvers<Submission>();
  provider.answersCollect(() => promise);
  const send = (server: typeof one) => server.post('/v1/payments/collect', COLLECT, { key: liveKey, idempotencyKey: 'order-1' });
  const first = send(one);
  await until(() => provider.collected.length === 1);
  // The other server's clock alone goes on: the first one stands still, as a machine that was paused does.
  const awake = await buildMalipo({ live: [provider], databaseUrl: one.databaseUrl });
  awake.clock.advance(MINUTE_MS);
  const given = await send(awake);
  expect(given.json().data).toMatchObject({ reference: provider.collected[0]!.reference, status: 'pending' });
  resolve({ kind: 'refused', code: 'declined', reason: 'No' });
  expect((await first).body).toBe(given.body);
  expect((await send(other)).body).toBe(given.body);
});

test('callbacks and polls at both servers, all at once, credit each payment once', async () => {
  const { provider, one, other, app, liveKey } = await twoServers();
  const references = await Promise.all(Array.from({ length: 10 }, () => collect(one, liveKey)));
  provider.saysCompleted(one.clock.now(), { amountMinor: 5_000_000 });
  one.clock.advance(MINUTE_MS);
  await Promise.all(references.flatMap((reference) => [callBack(one, reference), callBack(other, reference, { again: true })]));
  await Promise.all([one.jobs.runDue(), other.jobs.runDue(), ...references.map((reference) => other.post('/v1/webhooks/verify', { reference }, { key: liveKey }))]);
  expect(await walletBalance(one.store, { appId: app.id, mode: 'live' })).toBe(10 * 46_000);
  expect(await verifyBooks(other.store.read)).toEqual([]);
});

test('each due job is run by one of two servers, and a recurring one once for each of its times', async () => {
  const { one, other } = await twoServers();
  const ran: string[] = [];
  // Neither is done with its first before the other has one.
  const { promise: bothAreAtWork, resolve: bothWork } = Promise.withResolvers<void>();
  const atWork = new Set<string>();
  for (const [name, server] of Object.entries({ one, other })) {
    server.jobs.handle('test', async ({ subject }) => {
      ran.push(`${subject} at ${name}`);
      if (atWork.add(name).size === 2) bothWork();
      await bothAreAtWork;
      return 'done';
    });
  }
  const jobs = Array.from({ length: 200 }, (_, subject) => ({ kind: 'test', subject: String(subject), runAt: one.clock.now() }));
  await one.store.write(async (tx) => {
    for (const job of jobs) await one.queue.enqueue(tx, job, one.clock.now());
  });
  await Promise.all([one.jobs.runDue(), other.jobs.runDue()]);
  expect(ran.map((each) => each.split(' ')[0]).sort()).toEqual(jobs.map(({ subject }) => subject).sort());
  expect(new Set(ran.map((each) => each.split(' ')[2]))).toEqual(new Set(['one', 'other']));
  expect(await rows(one.store, `SELECT count(*) AS recurring FROM jobs WHERE kind = 'ledger.fold'`)).toEqual([{ recurring: 1 }]);
});

test('a caller who spreads requests over two servers is held to one limit', async () => {
  const { one, other, liveKey } = await twoServers({ env: { RATE_LIMIT_FACTOR: '1' } });
  const get = (server: typeof one) => server.get('/v1/wallets', { key: liveKey });
  for (let request = 0; request < 90; request++) expect((await get(one)).statusCode).toBe(200);
  const { promise: told, resolve: tells } = Promise.withResolvers<void>();
  // Heard after the server has, which listened before.
  other.store.bell.listen('requests', { heard: () => tells(), missed: () => undefined });
  one.clock.advance(SECOND_MS);
  await told;
  let allowed = 0;
  while ((await get(other)).statusCode === 200) allowed++;
  expect(allowed).toBe(10);
});

/** As of a server that stands still just before its COMMIT: once `stopsAt` says so, until `goesOn`. */
function stoppingAtCommit(stopsAt: () => boolean, goesOn: Promise<void>) {
  return (store: Store): Store => ({
    ...mute(store),
    bell: store.bell,
    write: (command) =>
      store.write(async (tx) => {
        const answer = await command(tx);
        if (stopsAt()) await goesOn;
        return answer;
      }),
  });
}

test('an event that comes while another server has not yet committed that the one before it was told, is told after it', async () => {
  const provider = new ScriptedProvider();
  const receiver = await openReceiver();
  const env = { OUTBOUND_ALLOW_CIDRS: '127.0.0.0/8' };
  const { promise: goesOn, resolve: goOn } = Promise.withResolvers<void>();
  const one = await buildMalipo({ live: [provider], env, wrapStore: stoppingAtCommit(() => receiver.heard.length === 1, goesOn) });
  const other = await buildMalipo({ live: [provider], env, databaseUrl: one.databaseUrl, clock: one.clock });
  const { liveKey } = await one.makeShop({ slug: 'duka' });
  const reference = await collect(one, liveKey, { callback_url: receiver.url });
  provider.answersStatus(() => ({ kind: 'failed', code: 'declined', reason: 'No' }));
  await callBack(one, reference, { first: true });
  const telling = one.jobs.runDue();
  await receiver.hears(1);
  provider.saysCompleted(one.clock.now(), { amountMinor: 5_000_000 });
  await callBack(other, reference);
  const later = other.jobs.runDue();
  await Promise.race([later, until(() => someoneWaits(other.store))]);
  goOn();
  await Promise.all([telling, later]);
  await other.jobs.runDue();
  expect(receiver.heard.map(({ body }) => body.status)).toEqual(['failed', 'completed']);
});
