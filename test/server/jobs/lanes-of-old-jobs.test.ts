/** Jobs that a release without lanes wrote: after an upgrade they wait in their providers' lanes like all others. */
import { expect, test } from 'vitest';
import { SECOND_MS } from '../../../server/core/clock.ts';
import { loadMigrations } from '../../../server/db/migrate.ts';
import { statement, type Store } from '../../../server/db/store.ts';
import { RefundDesk } from '../../../server/refunds/requesting.ts';
import { rows } from '../support/database.ts';
import { openGateway } from '../support/gateway.ts';
import { TOKEN, TOKEN_HEADER } from '../support/paying-provider.ts';

const ASKING = `kind IN ('payment.check', 'withdrawal.check', 'refund.follow', 'callback.process')`;

/** What migration 0010 does to jobs, on the engine under test. */
async function upgradeJobs(store: Store): Promise<void> {
  const { sql } = loadMigrations(store.engine).find(({ version }) => version === 10)!;
  const steps = sql.replaceAll(/--.*$/gm, '').split(';').map((step) => step.trim());
  for (const step of steps.filter((each) => /^(UPDATE|INSERT INTO) jobs/.test(each))) await store.write((tx) => tx.run(statement(step)));
}

test('an old job of every kind that asks a provider is moved into its lane, and no other job is', async () => {
  const gateway = await openGateway();
  const { store, clock, queue: jobs } = gateway;
  await gateway.earn(92_000);
  const [{ reference }] = (await rows<{ reference: string }>(store, 'SELECT reference FROM payments')) as [{ reference: string }];
  for (const mode of ['live', 'test'] as const) await gateway.post('/v1/payments/collect', { amount: 5_000, currency: 'UGX', phone_number: '256772123456' }, mode);
  await gateway.post('/v1/withdrawals', { amount: 10_000, currency: 'UGX', provider: 'iotec', method: 'mobile_money', destination: '256772123456', destination_name: 'J' });
  await new RefundDesk({ store, clock, jobs }).request({ reference, amount: 1_000, reason: '' });
  await gateway.post('/v1/webhooks/iotec', { reference }, 'live', { [TOKEN_HEADER]: TOKEN });
  const lanes = () => rows<{ kind: string; lane: string }>(store, `SELECT kind, subject, lane FROM jobs ORDER BY kind, subject`);
  const before = await lanes();
  expect(new Set(before.filter(({ lane }) => lane !== '').map(({ kind, lane }) => `${kind} ${lane}`))).toEqual(
    new Set(['callback.process', 'payment.check', 'refund.follow', 'withdrawal.check'].map((kind) => `${kind} provider:live:iotec`).concat('payment.check provider:test:iotec')),
  );
  await store.write((tx) => tx.run(statement(`UPDATE jobs SET lane = '' WHERE ${ASKING}`)));
  await upgradeJobs(store);
  expect(await lanes()).toEqual(before);
});

test('a refund that completed before refunds were looked back at is looked at once', async () => {
  const gateway = await openGateway();
  const { store, clock, queue: jobs } = gateway;
  await gateway.earn(92_000);
  const [{ reference }] = (await rows<{ reference: string }>(store, 'SELECT reference FROM payments')) as [{ reference: string }];
  await new RefundDesk({ store, clock, jobs }).request({ reference, amount: 1_000, reason: '' });
  await gateway.pass(0);
  gateway.provider.paysOut(clock.now());
  await gateway.pass(15 * SECOND_MS);
  await store.write((tx) => tx.run(statement(`DELETE FROM jobs WHERE kind = 'refund.follow'`)));
  await upgradeJobs(store);
  await upgradeJobs(store);
  expect(await rows(store, `SELECT lane FROM jobs WHERE kind = 'refund.follow'`)).toEqual([{ lane: 'provider:live:iotec' }]);
});
