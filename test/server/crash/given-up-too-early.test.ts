import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../server/core/clock.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import type { Submission } from '../../../server/providers/provider.ts';
import { buildMalipo } from '../support/build-malipo.ts';
import { rows, walletBalance } from '../support/database.ts';
import { callBack, COLLECT, transaction } from '../support/payments.ts';
import { ScriptedProvider } from '../support/scripted-provider.ts';
import { until } from '../support/until.ts';

test('a payment given up as never sent while its answer was on its way is followed again, and a late success is credited', async () => {
  const { promise: answer, resolve: accept } = Promise.withResolvers<Submission>();
  const provider = new ScriptedProvider().answersCollect(() => answer).answersStatus(() => ({ kind: 'not_found' }));
  const malipo = await buildMalipo({ live: [provider] });
  const { app, liveKey } = await malipo.makeShop({ slug: 'duka' });
  const asking = malipo.post('/v1/payments/collect', COLLECT, { key: liveKey });
  await until(() => provider.collected.length === 1);
  const { reference } = provider.collected[0]!;
  provider.notFoundIsFinalAfterMs = 0;
  await callBack(malipo, reference);
  await malipo.jobs.runDue();
  expect(await rows(malipo.store, 'SELECT status, submission FROM payments')).toEqual([{ status: 'failed', submission: 'unknown' }]);

  accept({ kind: 'accepted', providerRef: 'theirs' });
  await asking;
  expect(await rows(malipo.store, 'SELECT status, submission FROM payments')).toEqual([{ status: 'failed', submission: 'sent' }]);
  provider.saysCompleted(malipo.clock.now(), { amountMinor: 5_000_000 });
  await malipo.pass(5 * HOUR_MS);
  expect((await transaction(malipo, liveKey, reference)).status).toBe('completed');
  expect(await walletBalance(malipo.store, { appId: app.id, mode: 'live' })).toBe(46_000);
  expect(await verifyBooks(malipo.store.read)).toEqual([]);
});
