import { expect, test } from 'vitest';
import { MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import type { Store } from '../../../server/db/store.ts';
import { JobQueue, type NewJob } from '../../../server/jobs/queue.ts';
import { type JobHandler, JobRunner } from '../../../server/jobs/runner.ts';
import { rows } from '../support/database.ts';
import { FailingStore } from '../support/failing-store.ts';
import { ManualClock, TEST_START } from '../support/manual-clock.ts';
import { insertNote, noteParams, notes } from '../support/notes.ts';
import { temporaryStore } from '../support/temporary-store.ts';
import { until } from '../support/until.ts';

const LEASE_MS = 90 * SECOND_MS;

interface Bench {
  store: Store;
  clock: ManualClock;
  queue: JobQueue;
  runner: JobRunner;
  errors: string[];
  enqueue(job: Partial<NewJob>): Promise<void>;
}

function bench(store: Store = temporaryStore().store, clock = new ManualClock()): Bench {
  const errors: string[] = [];
  const queue = new JobQueue(store);
  const runner = new JobRunner({ queue, clock, log: { error: (_details, message) => void errors.push(message) } });
  const enqueue = (job: Partial<NewJob>) =>
    store.write((tx) => queue.enqueue(tx, { kind: 'test', subject: 'a', runAt: clock.now(), ...job }, clock.now()));
  return { store, clock, queue, runner, errors, enqueue };
}

/** A handler that waits until it is let go, and counts how often it was begun. */
function gated(): { handler: JobHandler; begun: () => number; letGo: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  let begun = 0;
  return {
    begun: () => begun,
    letGo: () => resolve(),
    handler: async () => {
      begun++;
      await promise;
      return 'done';
    },
  };
}

test('a job exists exactly when the transaction that wanted it was committed', async () => {
  const { store, queue, clock } = bench();
  const failing = store.write(async (tx) => {
    await queue.enqueue(tx, { kind: 'test', subject: 'a', runAt: clock.now() }, clock.now());
    throw new Error('changed my mind');
  });
  await expect(failing).rejects.toThrow('changed my mind');
  expect(await rows(store, 'SELECT * FROM jobs')).toEqual([]);
});

test('jobs run when they are due, each once', async () => {
  const { runner, clock, enqueue, store } = bench();
  const ran: string[] = [];
  runner.handle('test', async ({ subject }) => {
    ran.push(subject);
    return 'done';
  });
  await enqueue({ subject: 'later', runAt: TEST_START + MINUTE_MS });
  await enqueue({ subject: 'second', runAt: TEST_START - 1 });
  await enqueue({ subject: 'first', runAt: TEST_START - 2 });
  expect(await runner.runDue()).toBe(2);
  expect(ran.sort()).toEqual(['first', 'second']);
  clock.advance(MINUTE_MS);
  expect(await runner.runDue()).toBe(1);
  expect(await runner.runDue()).toBe(0);
  expect(await rows(store, 'SELECT * FROM jobs')).toEqual([]);
});

test('when there is not room for all, the longest waiting is taken', async () => {
  const { queue, clock, enqueue } = bench();
  await enqueue({ subject: 'second', runAt: TEST_START - 1 });
  await enqueue({ subject: 'first', runAt: TEST_START - 2 });
  const claimed = [await queue.claim('x', clock.now(), clock.now() + LEASE_MS, 1), await queue.claim('y', clock.now(), clock.now() + LEASE_MS, 1)];
  expect(claimed.map((jobs) => jobs.map(({ subject }) => subject))).toEqual([['first'], ['second']]);
});

test('there is one job of a kind for a subject: enqueueing it again moves it and renews what it carries', async () => {
  const { runner, enqueue, store } = bench();
  const payloads: string[] = [];
  runner.handle('test', async ({ payload }) => {
    payloads.push(payload);
    return 'done';
  });
  await enqueue({ runAt: TEST_START + MINUTE_MS, payload: { version: 1 } });
  await enqueue({ runAt: TEST_START, payload: { version: 2 } });
  expect(await rows(store, 'SELECT count(*) AS jobs FROM jobs')).toEqual([{ jobs: 1 }]);
  await runner.runDue();
  expect(payloads).toEqual(['{"version":2}']);
});

test('what a job writes with its end is written in the same commit, and not by one that has lost its job', async () => {
  const { runner, enqueue, store } = bench();
  const again = gated();
  runner.handle('test', async ({ subject }) => {
    if (subject === 'taken') await again.handler({} as never);
    return { doneWith: (tx) => tx.run(insertNote, noteParams(subject)) };
  });
  runner.handle('fails', async () => ({
    doneWith: async (tx) => {
      await tx.run(insertNote, noteParams('half'));
      throw new Error('changed my mind');
    },
  }));
  await enqueue({ subject: 'ended' });
  await enqueue({ kind: 'fails' });
  await runner.runDue();
  expect(await notes(store.read)).toEqual(['ended']);
  expect(await rows(store, 'SELECT kind FROM jobs')).toEqual([{ kind: 'fails' }]);

  await enqueue({ subject: 'taken' });
  const running = runner.runDue();
  await until(() => again.begun() === 1);
  await enqueue({ subject: 'taken', runAt: TEST_START + MINUTE_MS });
  again.letGo();
  await running;
  expect(await notes(store.read)).toEqual(['ended']);
});

test('a job that is enqueued again while it runs runs again', async () => {
  const { runner, enqueue } = bench();
  const { handler, begun, letGo } = gated();
  runner.handle('test', handler);
  await enqueue({});
  const running = runner.runDue();
  await until(() => begun() === 1);
  await enqueue({});
  letGo();
  await running;
  expect(begun()).toBe(2);
  expect(await runner.runDue()).toBe(0);
});

test('a cancelled job does not run, and one cancelled while it runs does not come back', async () => {
  const { runner, enqueue, store, queue } = bench();
  const { handler, begun, letGo } = gated();
  runner.handle('test', handler);
  await enqueue({});
  await store.write((tx) => queue.cancel(tx, 'test', 'a'));
  expect(await runner.runDue()).toBe(0);
  await enqueue({});
  const running = runner.runDue();
  await until(() => begun() === 1);
  await store.write((tx) => queue.cancel(tx, 'test', 'a'));
  letGo();
  await running;
  expect(await rows(store, 'SELECT * FROM jobs')).toEqual([]);
});

test('a job whose server died comes back when its lease has run out, and the dead server’s finish does not touch it', async () => {
  const { store, clock, runner, enqueue } = bench();
  const dead = gated();
  runner.handle('test', dead.handler);
  await enqueue({});
  const dying = runner.runDue();
  await until(() => dead.begun() === 1);

  const next = bench(store, clock);
  const alive = gated();
  next.runner.handle('test', alive.handler);
  clock.advance(LEASE_MS - 1);
  expect(await next.runner.runDue()).toBe(0);
  clock.advance(1);
  const running = next.runner.runDue();
  await until(() => alive.begun() === 1);
  dead.letGo();
  await dying;
  expect(await rows(store, 'SELECT attempts FROM jobs')).toEqual([{ attempts: 2 }]);
  alive.letGo();
  await running;
  expect(await rows(store, 'SELECT * FROM jobs')).toEqual([]);
});

test('two servers share the work and never take the same job', async () => {
  const { store, clock, enqueue, runner } = bench();
  const other = bench(store, clock);
  const ran: string[] = [];
  for (const each of [runner, other.runner]) {
    each.handle('test', async ({ subject }) => {
      ran.push(subject);
      return 'done';
    });
  }
  for (let index = 0; index < 200; index++) await enqueue({ subject: String(index) });
  await Promise.all([runner.runDue(), other.runner.runDue()]);
  expect(ran).toHaveLength(200);
  expect(new Set(ran).size).toBe(200);
});

test('a job that fails is tried again after one, two, four seconds … and at least every quarter of an hour, and keeps its reason', async () => {
  const { runner, enqueue, store, clock, errors } = bench();
  runner.handle('test', () => Promise.reject(new Error('no luck')));
  await enqueue({});
  const waits: number[] = [];
  for (let attempt = 1; attempt <= 12; attempt++) {
    expect(await runner.runDue()).toBe(1);
    const [job] = await rows<{ run_at: number; attempts: number; last_error: string }>(store, 'SELECT run_at, attempts, last_error FROM jobs');
    expect(job).toMatchObject({ attempts: attempt, last_error: 'no luck' });
    waits.push((job!.run_at - clock.now()) / SECOND_MS);
    clock.advance(job!.run_at - clock.now());
  }
  for (const [index, wait] of waits.entries()) {
    const nominal = Math.min(2 ** index, 900);
    expect(wait).toBeGreaterThanOrEqual(nominal * 0.8);
    expect(wait).toBeLessThanOrEqual(nominal * 1.2);
  }
  expect(errors).toHaveLength(12);
});

test('a job that succeeds after failures begins anew', async () => {
  const { runner, enqueue, store, clock } = bench();
  let fails = 3;
  runner.handle('test', async () => {
    if (fails-- > 0) throw new Error('not yet');
    return { runAgainAt: clock.now() + MINUTE_MS };
  });
  await enqueue({});
  for (let attempt = 0; attempt < 4; attempt++) {
    await runner.runDue();
    clock.advance(10 * SECOND_MS);
  }
  expect(await rows(store, 'SELECT attempts, last_error, lease FROM jobs')).toEqual([{ attempts: 0, last_error: '', lease: null }]);
});

test('a job of a kind nobody knows is kept and tried again: a newer server may know it', async () => {
  const { store, clock, runner, enqueue } = bench();
  await enqueue({ kind: 'from.the.future' });
  expect(await runner.runDue()).toBe(1);
  expect(await rows(store, 'SELECT kind, last_error FROM jobs')).toEqual([{ kind: 'from.the.future', last_error: 'no handler for jobs of kind from.the.future' }]);

  const newer = bench(store, clock);
  let ran = 0;
  newer.runner.handle('from.the.future', async () => {
    ran++;
    return 'done';
  });
  clock.advance(2 * SECOND_MS);
  await newer.runner.runDue();
  expect(ran).toBe(1);
});

test('a started runner hears of a job at once, and of one that another process wrote within seconds', async () => {
  const { store, clock, runner, enqueue } = bench();
  const ran: string[] = [];
  runner.handle('test', async ({ subject }) => {
    ran.push(subject);
    return 'done';
  });
  runner.start();
  clock.advance(0);
  await until(() => clock.waiting === 1);
  await enqueue({ subject: 'own' });
  clock.advance(0);
  await until(() => ran.length === 1);

  await until(() => clock.waiting === 1);
  await bench(store, clock).enqueue({ subject: 'other' });
  await until(() => {
    // Only while it sleeps: what it does meanwhile takes no time here.
    if (clock.waiting === 1) clock.advance(SECOND_MS);
    return ran.length === 2;
  });
  expect(clock.now() - TEST_START).toBeLessThanOrEqual(20 * SECOND_MS);
  await runner.stop();
});

test('a started runner works through far more jobs than it runs at once', async () => {
  const { clock, runner, enqueue } = bench();
  const most = { now: 0, ever: 0 };
  let ran = 0;
  runner.handle('test', async () => {
    most.ever = Math.max(most.ever, ++most.now);
    await new Promise((resolve) => setImmediate(resolve));
    most.now--;
    ran++;
    return 'done';
  });
  await Promise.all(Array.from({ length: 300 }, (_, index) => enqueue({ subject: String(index) })));
  runner.start();
  await until(() => {
    clock.advance(0);
    return ran === 300;
  });
  expect(most.ever).toBeLessThanOrEqual(64);
  await runner.stop();
});

test('stopping waits for what is in flight and begins nothing more', async () => {
  const { clock, runner, enqueue, store } = bench();
  const { handler, begun, letGo } = gated();
  runner.handle('test', handler);
  await enqueue({});
  runner.start();
  clock.advance(0);
  await until(() => begun() === 1);

  let stopped = false;
  const stopping = runner.stop().then(() => (stopped = true));
  await enqueue({ subject: 'too late' });
  clock.advance(10 * SECOND_MS);
  await new Promise((resolve) => setImmediate(resolve));
  expect(stopped).toBe(false);
  letGo();
  await stopping;
  expect(begun()).toBe(1);
  expect(await rows(store, 'SELECT subject FROM jobs')).toEqual([{ subject: 'too late' }]);
  expect(clock.waiting).toBe(0);
});

test('a runner lives through a database that fails for a while, and loses no job', async () => {
  const disk = new FailingStore(temporaryStore().store);
  const { clock, runner, enqueue, errors } = bench(disk);
  let ran = 0;
  runner.handle('test', async () => {
    ran++;
    return 'done';
  });
  await enqueue({ runAt: TEST_START + SECOND_MS });
  disk.failing = 'everything';
  runner.start();
  await until(() => {
    clock.advance(SECOND_MS);
    return errors.length >= 2;
  });
  expect(ran).toBe(0);
  disk.failing = 'nothing';
  await until(() => {
    clock.advance(SECOND_MS);
    return ran === 1;
  });
  await runner.stop();
});

test('a job whose end cannot be written is run again after its lease', async () => {
  const disk = new FailingStore(temporaryStore().store);
  const { clock, runner, enqueue, store } = bench(disk);
  let ran = 0;
  runner.handle('test', async () => {
    disk.failing = ran++ === 0 ? 'writing' : 'nothing';
    return 'done';
  });
  await enqueue({});
  await runner.runDue().catch(() => undefined);
  disk.failing = 'nothing';
  expect(await runner.runDue()).toBe(0);
  clock.advance(LEASE_MS);
  expect(await runner.runDue()).toBe(1);
  expect(ran).toBe(2);
  expect(await rows(store, 'SELECT * FROM jobs')).toEqual([]);
});

test('a server that is alone takes over at once what a dead one had leased, and touches nothing else', async () => {
  const { store, clock, queue, runner, enqueue } = bench();
  const dead = gated();
  runner.handle('test', dead.handler);
  await enqueue({});
  await enqueue({ subject: 'later', runAt: TEST_START + MINUTE_MS });
  void runner.runDue();
  await until(() => dead.begun() === 1);
  await queue.releaseAbandoned(clock.now());
  expect(await rows(store, 'SELECT subject, run_at, lease FROM jobs ORDER BY id')).toEqual([
    { subject: 'a', run_at: TEST_START, lease: null },
    { subject: 'later', run_at: TEST_START + MINUTE_MS, lease: null },
  ]);
});

test('a job that does not end when the server stops goes back to the queue, and cannot end what the next server makes of it', async () => {
  const { store, clock, runner, queue, enqueue } = bench();
  const { handler, begun, letGo } = gated();
  runner.handle('test', handler);
  await enqueue({});
  runner.start();
  await until(() => {
    clock.advance(0);
    return begun() === 1;
  });
  const stopping = runner.stop();
  clock.advance(12 * SECOND_MS);
  await stopping;
  expect(await rows(store, `SELECT lease, run_at FROM jobs WHERE kind = 'test'`)).toEqual([{ lease: null, run_at: clock.now() }]);
  const [again] = await queue.claim('next', clock.now(), clock.now() + LEASE_MS, 10);
  letGo();
  await store.write(() => undefined);
  expect(await rows(store, `SELECT lease FROM jobs WHERE kind = 'test'`)).toEqual([{ lease: again!.lease }]);
});
