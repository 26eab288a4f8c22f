/** Words that were promised and that nobody will carry are named by `malipo verify`. */
import { expect, test } from 'vitest';
import { statement } from '../../../server/db/store.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import { buildMalipo } from '../support/build-malipo.ts';
import { callBack, collect } from '../support/payments.ts';
import { ScriptedProvider } from '../support/scripted-provider.ts';

async function afterLosing(jobs: string): Promise<string[]> {
  const provider = new ScriptedProvider();
  const malipo = await buildMalipo({ live: [provider] });
  const { liveKey } = await malipo.makeShop({ slug: 'duka' });
  const reference = await collect(malipo, liveKey, { callback_url: 'https://shop.example.org/paid' });
  provider.saysCompleted(malipo.clock.now(), { amountMinor: 5_000_000 });
  malipo.clock.advance(3_000);
  await malipo.post('/v1/webhooks/verify', { reference }, { key: liveKey });
  await callBack(malipo, reference);
  expect(await verifyBooks(malipo.store.read)).toEqual([]);
  await malipo.store.write((tx) => tx.run(statement('DELETE FROM jobs WHERE kind = :jobs'), { jobs }));
  return verifyBooks(malipo.store.read);
}

test('a webhook that waits and that nobody will send is named', async () => {
  expect(await afterLosing('webhook.deliver')).toEqual(['Webhook delivery 1 to https://shop.example.org/paid is pending and no job will ever make it']);
});

test('a callback that was stored and that nobody will look into is named', async () => {
  expect(await afterLosing('callback.process')).toEqual(['Callback 1 of iotec was stored and no job will ever look into it']);
});
