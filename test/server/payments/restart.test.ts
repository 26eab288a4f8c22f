/** A server dies between writing a payment and hearing from its provider. The next one finds out what became of it. */
import { expect, test } from 'vitest';
import { MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { askAboutDoubtfulNow } from '../../../server/payments/statements.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import type { Submission } from '../../../server/providers/provider.ts';
import { buildMalipo, type TestMalipo } from '../support/build-malipo.ts';
import { rows, walletBalance } from '../support/database.ts';
import { COLLECT, transaction } from '../support/payments.ts';
import { never, ScriptedProvider } from '../support/scripted-provider.ts';
import { until } from '../support/until.ts';

/** A payment written and handed to the provider by a server that died before it heard back. */
async function cutOff() {
  const dying = new ScriptedProvider().answersCollect(() => never<Submission>());
  const dead = await buildMalipo({ live: [dying] });
  const { app, liveKey } = await dead.makeShop({ slug: 'duka' });
  void dead.post('/v1/payments/collect', COLLECT, { key: liveKey }).catch(() => undefined);
  await until(() => dying.collected.length === 1);
  expect(await rows(dead.store, 'SELECT status, submission FROM payments')).toEqual([{ status: 'pending', submission: 'sending' }]);
  return { dead, app, liveKey, reference: dying.collected[0]!.reference };
}

/** What the process does when it starts: see takeUpWhereTheLastServerStopped in main.ts. */
async function start(malipo: TestMalipo): Promise<void> {
  const now = malipo.clock.now();
  await malipo.queue.releaseAbandoned(now);
  await malipo.store.write((tx) => tx.run(askAboutDoubtfulNow, { now }));
  await malipo.jobs.runDue();
}

test('what the provider took although we never heard is found by our reference at the start', async () => {
  const { dead, app, liveKey, reference } = await cutOff();
  const provider = new ScriptedProvider().saysCompleted(dead.clock.now(), { amountMinor: 5_000_000 });
  const next = await buildMalipo({ databaseUrl: dead.databaseUrl, clock: dead.clock, live: [provider] });
  await start(next);
  expect(provider.asked).toEqual([reference]);
  expect(provider.collected).toEqual([]);
  expect(await transaction(next, liveKey, reference)).toMatchObject({ status: 'completed', provider_ref: `their-${reference}` });
  expect(await walletBalance(next.store, { appId: app.id, mode: 'live' })).toBe(46_000);
  expect(await verifyBooks(next.store.read)).toEqual([]);
});

test('what the provider still waits for is followed like any other payment', async () => {
  const { dead, liveKey, reference } = await cutOff();
  const provider = new ScriptedProvider().answersStatus(() => ({ kind: 'pending', providerRef: 'found' }));
  const next = await buildMalipo({ databaseUrl: dead.databaseUrl, clock: dead.clock, live: [provider] });
  await start(next);
  expect(await rows(next.store, 'SELECT status, submission FROM payments')).toEqual([{ status: 'pending', submission: 'sent' }]);
  provider.saysCompleted(dead.clock.now(), { amountMinor: 5_000_000 });
  await next.pass(15 * SECOND_MS);
  expect((await transaction(next, liveKey, reference)).status).toBe('completed');
});

test('what the provider never got fails, is not sent again, and its customer is not charged', async () => {
  const { dead, liveKey, reference } = await cutOff();
  const provider = new ScriptedProvider().answersStatus(() => ({ kind: 'not_found' }));
  const next = await buildMalipo({ databaseUrl: dead.databaseUrl, clock: dead.clock, live: [provider] });
  await start(next);
  // The request may still be on its way: not found is not believed at once.
  expect((await transaction(next, liveKey, reference)).status).toBe('pending');
  await next.pass(MINUTE_MS);
  expect(await transaction(next, liveKey, reference)).toMatchObject({ status: 'failed' });
  expect(provider.collected).toEqual([]);
  expect(await verifyBooks(next.store.read)).toEqual([]);
});

test('a job that the dead server had taken is due again as soon as the next one starts', async () => {
  const provider = new ScriptedProvider().answersStatus(() => never());
  const dead = await buildMalipo({ live: [provider] });
  const { liveKey } = await dead.makeShop({ slug: 'duka' });
  const reference = (await dead.post('/v1/payments/collect', COLLECT, { key: liveKey })).json().data.reference as string;
  dead.clock.advance(15 * SECOND_MS);
  const dying = dead.jobs.runDue();
  await until(() => provider.asked.length === 1);

  const alive = new ScriptedProvider().saysCompleted(dead.clock.now(), { amountMinor: 5_000_000 });
  const next = await buildMalipo({ databaseUrl: dead.databaseUrl, clock: dead.clock, live: [alive] });
  expect(await next.jobs.runDue()).toBe(0);
  await start(next);
  expect((await transaction(next, liveKey, reference)).status).toBe('completed');
  // The dead server's own answer comes last and changes nothing.
  dead.clock.advance(10 * SECOND_MS);
  await dying;
  expect((await transaction(next, liveKey, reference)).status).toBe('completed');
});
