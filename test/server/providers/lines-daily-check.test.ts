/** The look at every line at six in the morning, UTC. */
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { buildMalipo, type TestMalipo } from '../support/build-malipo.ts';
import { rows } from '../support/database.ts';
import { collect, COLLECT } from '../support/payments.ts';
import { never, ScriptedProvider } from '../support/scripted-provider.ts';
import { until } from '../support/until.ts';
import { LineProvider } from './line-provider.ts';

/** Tests begin at noon. */
const UNTIL_SIX_MS = 18 * HOUR_MS;

const UGANDA = ['mtn UGX', 'airtel UGX'];

function lineRows(malipo: TestMalipo, provider = 'iotec'): Promise<{ network: string; status: string; last_check_at: number | null; last_error: string }[]> {
  return rows(malipo.store, 'SELECT * FROM provider_lines WHERE provider = :provider ORDER BY network', { provider });
}

async function closedLine() {
  const provider = new LineProvider();
  const malipo = await buildMalipo({ live: [provider] });
  const { liveKey } = await malipo.makeShop({ slug: 'duka' });
  provider.goesDead('mtn');
  for (let count = 0; count < 5; count++) await collect(malipo, liveKey);
  return { malipo, provider, liveKey };
}

test('runs at 06:00 UTC and not before, every day, once for each line', async () => {
  const provider = new LineProvider();
  const malipo = await buildMalipo({ live: [provider] });
  await malipo.pass(UNTIL_SIX_MS - 1);
  expect(provider.checked).toEqual([]);
  await malipo.pass(1);
  expect(provider.checked).toEqual(UGANDA);
  const at = malipo.clock.now();
  expect(new Date(at).toISOString()).toBe('2026-03-15T06:00:00.000Z');
  expect(await lineRows(malipo)).toMatchObject([{ network: 'airtel', status: 'up', last_check_at: at }, { network: 'mtn', status: 'up', last_check_at: at }]);
  expect(await lineRows(malipo, 'sandbox')).toHaveLength(12);
  await malipo.pass(DAY_MS);
  expect(provider.checked).toEqual([...UGANDA, ...UGANDA]);
});

test('runs once however many servers there are', async () => {
  const provider = new LineProvider();
  const malipo = await buildMalipo({ live: [provider] });
  const other = await buildMalipo({ databaseUrl: malipo.databaseUrl, clock: malipo.clock, live: [provider] });
  malipo.clock.advance(UNTIL_SIX_MS);
  await Promise.all([malipo.jobs.runDue(), other.jobs.runDue()]);
  expect(provider.checked).toEqual(UGANDA);
});

test('puts a line that works again back into service without a trial', async () => {
  const { malipo, provider, liveKey } = await closedLine();
  provider.comesBack('mtn');
  await malipo.pass(UNTIL_SIX_MS);
  await collect(malipo, liveKey);
  await collect(malipo, liveKey);
  expect(await lineRows(malipo)).toMatchObject([{ network: 'airtel', status: 'up' }, { network: 'mtn', status: 'up' }]);
});

test('takes out of service what says that it is down, and a trial brings that back', async () => {
  const provider = new LineProvider().answersCheck((network) => (network === 'mtn' ? { down: 'maintenance until nine' } : 'up'));
  const malipo = await buildMalipo({ live: [provider] });
  const { liveKey } = await malipo.makeShop({ slug: 'duka' });
  await malipo.pass(UNTIL_SIX_MS);
  expect(await lineRows(malipo)).toMatchObject([{ status: 'up' }, { status: 'down', last_error: 'maintenance until nine' }]);
  expect((await malipo.post('/v1/payments/collect', COLLECT, { key: liveKey })).statusCode).toBe(503);
  malipo.clock.advance(30 * SECOND_MS);
  await collect(malipo, liveKey);
  expect(await lineRows(malipo)).toMatchObject([{ status: 'up' }, { status: 'up' }]);
});

test('takes one check without an answer for one failure, and lets no provider hold up another', async () => {
  const [iotec, relworx] = [new LineProvider('iotec').answersCheck(() => never()), new LineProvider('relworx').answersCheck(() => Promise.reject(new Error('ECONNRESET')))];
  const malipo = await buildMalipo({ live: [iotec, relworx] });
  malipo.clock.advance(UNTIL_SIX_MS);
  const running = malipo.jobs.runDue();
  await until(() => malipo.clock.waiting > 0 && relworx.checked.length > 0);
  malipo.clock.advance(10 * SECOND_MS);
  await running;
  const at = malipo.clock.now();
  expect(await lineRows(malipo)).toMatchObject(Array(2).fill({ status: 'up', last_check_at: at, last_error: 'The check was not answered in time' }));
  expect(await lineRows(malipo, 'relworx')).toMatchObject(Array(10).fill({ status: 'up', last_error: 'ECONNRESET' }));
});

test('leaves a line alone whose provider cannot be asked, and one that its operator holds', async () => {
  const scripted = new ScriptedProvider('relworx');
  const iotec = new LineProvider('iotec');
  const malipo = await buildMalipo({ live: [iotec, scripted] });
  await malipo.store.write((tx) =>
    tx.run({
      text: `INSERT INTO provider_lines (provider, network, currency, status, recent, failing_since, last_error, opened_at, trial)
        VALUES ('iotec', 'mtn', 'UGX', 'held', '[]', 1, 'their maintenance', 1, '')`,
    }),
  );
  await malipo.pass(UNTIL_SIX_MS);
  expect(await lineRows(malipo, 'relworx')).toEqual([]);
  expect(await lineRows(malipo)).toMatchObject([{ network: 'airtel', status: 'up' }, { network: 'mtn', status: 'held', last_error: 'their maintenance', last_check_at: malipo.clock.now() }]);
});

test('a day that was missed while no server ran is made up at the start', async () => {
  const provider = new LineProvider();
  const first = await buildMalipo({ live: [provider] });
  await first.close();
  first.clock.advance(3 * DAY_MS);
  const second = await buildMalipo({ databaseUrl: first.databaseUrl, clock: first.clock, live: [provider] });
  await second.jobs.runDue();
  expect(provider.checked).toEqual(UGANDA);
});
