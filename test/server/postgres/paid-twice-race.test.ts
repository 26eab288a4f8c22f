/** Two payments of one checkout session that complete in the same moment, at two servers: one of them finds the other. */
import { expect, test } from 'vitest';
import { statement } from '../../../server/db/store.ts';
import type { Provider } from '../../../server/providers/provider.ts';
import { openReviews } from '../../../server/reviews/reviews.ts';
import { buildMalipo, type TestMalipo } from '../support/build-malipo.ts';
import { PHONE, verify } from '../support/payments.ts';
import { ScriptedProvider } from '../support/scripted-provider.ts';
import { until } from '../support/until.ts';

const noEvents = statement('LOCK TABLE webhook_events IN SHARE MODE');

const waiting = statement<{ waiting: number }>(`
  SELECT count(*) AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`);

/** Nobody can end what records an event, until two wait. */
async function whileNobodyEnds({ store }: TestMalipo, work: () => Promise<unknown>): Promise<void> {
  let isHeld = false;
  const goOn = Promise.withResolvers<void>();
  const holding = store.write(async (tx) => {
    await tx.run(noEvents);
    isHeld = true;
    await goOn.promise;
  });
  await until(() => isHeld);
  const working = work();
  await until(async () => (await store.read.get(waiting))!.waiting === 2);
  goOn.resolve();
  await Promise.all([holding, working]);
}

test('of two payments of a session that complete at the same moment, at two servers, one is put before a person', async () => {
  const provider = new ScriptedProvider().answersStatus(() => ({ kind: 'failed', code: 'declined', reason: 'Declined' }));
  const malipo = await buildMalipo({ live: [provider as Provider] });
  const elsewhere = await buildMalipo({ databaseUrl: malipo.databaseUrl, clock: malipo.clock, live: [provider as Provider] });
  const { liveKey: key } = await malipo.makeShop({ slug: 'duka' });
  const newSession = async () => {
    const made = await malipo.post('/v1/checkout/sessions', { amount: 50_000, currency: 'UGX', description: 'Order #1234' }, { key });
    return made.json<{ data: { slug: string } }>().data.slug;
  };
  const pay = async (slug: string, idempotencyKey: string) => {
    const answer = await malipo.post(`/api/store/${slug}/pay`, { phone_number: PHONE }, { idempotencyKey });
    return answer.json<{ data: { reference: string } }>().data.reference;
  };
  const slug = await newSession();
  const first = await pay(slug, 'first');
  await verify(malipo, key, first);
  const second = await pay(slug, 'second');
  expect(second).not.toBe(first);
  provider.saysCompleted(malipo.clock.now(), { amountMinor: 5_000_000 });
  // The first money that an app receives opens its accounts, and whoever comes second waits for that.
  expect(await verify(malipo, key, await pay(await newSession(), 'another'))).toMatchObject({ status: 'completed' });
  await whileNobodyEnds(malipo, () => Promise.all([verify(malipo, key, first), verify(elsewhere, key, second)]));
  const reviews = await openReviews(malipo.store.read);
  expect(reviews.map(({ kind }) => kind)).toEqual(['paid_twice']);
  expect([first, second]).toContain((JSON.parse(reviews[0]!.detail) as { paid_beside: string }).paid_beside);
});
