/** A provider that takes every question and answers none keeps its own payments waiting, and nobody else's. */
import { expect, onTestFinished, test } from 'vitest';
import { SECOND_MS } from '../../../server/core/clock.ts';
import type { ProviderStatus } from '../../../server/providers/provider.ts';
import { buildMalipo } from '../support/build-malipo.ts';
import { callBack, collect, transaction } from '../support/payments.ts';
import { ScriptedProvider } from '../support/scripted-provider.ts';
import { until } from '../support/until.ts';

/** More than all the places that the runner has for its own jobs. */
const HUNG_PAYMENTS = 100;

/** As many as one lane holds of jobs that do not end. */
const HELD_BY_ONE = 8;

const FIRST_ASKED_AFTER_MS = 15 * SECOND_MS;

/** Answers no question before the test is over. */
function hangs(provider: ScriptedProvider): void {
  const end = Promise.withResolvers<ProviderStatus>();
  provider.answersStatus(() => end.promise);
  onTestFinished(() => end.resolve({ kind: 'unknown', reason: 'the test is over' }));
}

test('payments of another provider are asked about, and settled by its callbacks, while a hundred questions hang', async () => {
  const hung = new ScriptedProvider('relworx');
  const well = new ScriptedProvider('iotec');
  const malipo = await buildMalipo({ live: [hung, well] });
  hangs(hung);
  const { liveKey } = await malipo.makeShop({ slug: 'duka' });
  for (let index = 0; index < HUNG_PAYMENTS; index++) {
    await collect(malipo, liveKey, { amount: 500, currency: 'KES', phone_number: `254712${String(index).padStart(3, '0')}345`, provider: 'relworx' });
  }
  const [polled, calledBack] = [await collect(malipo, liveKey), await collect(malipo, liveKey)];
  malipo.jobs.start();
  malipo.clock.advance(FIRST_ASKED_AFTER_MS);
  await until(() => hung.asked.length === HELD_BY_ONE && well.asked.includes(polled));

  well.saysCompleted(malipo.clock.now(), { amountMinor: 5_000_000 });
  await callBack(malipo, calledBack);
  await until(async () => (malipo.clock.advance(0), (await transaction(malipo, liveKey, calledBack)).status === 'completed'));
  expect(hung.asked).toHaveLength(HELD_BY_ONE);
});

test('a live provider that hangs does not keep its test payments waiting, which the sandbox answers', async () => {
  const hung = new ScriptedProvider('iotec');
  const malipo = await buildMalipo({ live: [hung] });
  hangs(hung);
  const { liveKey, testKey } = await malipo.makeShop({ slug: 'duka' });
  for (let index = 0; index < HUNG_PAYMENTS; index++) await collect(malipo, liveKey);
  malipo.jobs.start();
  malipo.clock.advance(FIRST_ASKED_AFTER_MS);
  await until(() => hung.asked.length === HELD_BY_ONE);

  const reference = await collect(malipo, testKey);
  malipo.clock.advance(3 * SECOND_MS);
  await until(async () => (malipo.clock.advance(0), (await transaction(malipo, testKey, reference)).status === 'completed'));
  expect(hung.asked).toHaveLength(HELD_BY_ONE);
});
