import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../server/core/clock.ts';
import type { Store } from '../../../server/db/store.ts';
import { JobQueue } from '../../../server/jobs/queue.ts';
import { JobRunner } from '../../../server/jobs/runner.ts';
import { schedule } from '../../../server/jobs/schedule.ts';
import { rows } from '../support/database.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { temporaryStore } from '../support/temporary-store.ts';

/** A server that works at 02:17 UTC, and notes when it did. */
async function server(store: Store, clock: ManualClock, work: () => Promise<void> = async () => undefined) {
  const queue = new JobQueue(store);
  const runner = new JobRunner({ queue, clock, log: { error: () => undefined } });
  const ran: string[] = [];
  const run = async () => {
    await work();
    ran.push(new Date(clock.now()).toISOString());
  };
  await schedule([{ kind: 'nightly', cron: '17 2 * * *', run }], { store, queue, runner, clock });
  return { runner, ran };
}

test('recurring work runs at its time in UTC, every day', async () => {
  const clock = new ManualClock();
  const { runner, ran } = await server(temporaryStore().store, clock);
  for (let minute = 0; minute < 2 * 24 * 60; minute += 1) {
    clock.advance(MINUTE_MS);
    if (clock.now() % HOUR_MS < 20 * MINUTE_MS) await runner.runDue();
  }
  expect(ran).toEqual(['2026-03-15T02:17:00.000Z', '2026-03-16T02:17:00.000Z']);
});

test('two servers on one database run a tick once', async () => {
  const clock = new ManualClock();
  const { store } = temporaryStore();
  const [one, other] = [await server(store, clock), await server(store, clock)];
  expect(await rows(store, 'SELECT kind FROM jobs')).toHaveLength(1);
  for (let day = 0; day < 3; day++) {
    clock.advance(DAY_MS);
    await Promise.all([one.runner.runDue(), other.runner.runDue()]);
    expect([...one.ran, ...other.ran]).toHaveLength(day + 1);
  }
});

test('ticks missed while no server ran are made up once', async () => {
  const clock = new ManualClock();
  const { store } = temporaryStore();
  await server(store, clock);
  clock.advance(10 * DAY_MS);
  const { runner, ran } = await server(store, clock);
  await runner.runDue();
  expect(ran).toHaveLength(1);
});

test('work that fails is tried again soon and not skipped until tomorrow', async () => {
  const clock = new ManualClock();
  let fails = 2;
  const { runner, ran } = await server(temporaryStore().store, clock, async () => {
    if (fails-- > 0) throw new Error('database is locked');
  });
  clock.advance(DAY_MS);
  for (let minute = 0; minute < 3; minute++) {
    await runner.runDue();
    clock.advance(MINUTE_MS);
  }
  expect(ran).toHaveLength(1);
});
