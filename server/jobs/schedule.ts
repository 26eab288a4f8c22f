import { Cron } from 'croner';
import type { Clock } from '../core/clock.ts';
import { statement, type Store } from '../db/store.ts';
import type { JobQueue } from './queue.ts';
import type { JobRunner } from './runner.ts';

/**
 * Recurring work, as jobs that put themselves back for their next time: the lease makes each tick run once
 * however many servers there are, and a tick that was missed while no server ran is made up once, at the start.
 */
export interface RecurringWork {
  kind: string;
  /** A cron expression, in UTC. */
  cron: string;
  run(): Promise<void>;
}

const SUBJECT = 'schedule';

const exists = statement<{ id: number }>('SELECT id FROM jobs WHERE kind = :kind AND subject = :subject');

/** A clock that ran ahead for a while left it later than its rule ever puts it. */
const bringForward = statement('UPDATE jobs SET run_at = :next WHERE kind = :kind AND subject = :subject AND lease IS NULL AND run_at > :next');

export async function schedule(
  works: RecurringWork[],
  { store, queue, runner, clock }: { store: Store; queue: JobQueue; runner: JobRunner; clock: Clock },
): Promise<void> {
  const rules = works.map(({ kind, cron, run }) => {
    // By its offset: by the name of a time zone, Intl makes a calendar of it for every start (16 ms, 2026-11).
    const rule = new Cron(cron, { utcOffset: 0 });
    const next = () => rule.nextRun(new Date(clock.now()))!.getTime();
    runner.handle(kind, async () => {
      await run();
      return { runAgainAt: next() };
    });
    return { kind, next };
  });
  await store.write(async (tx) => {
    for (const { kind, next } of rules) {
      if ((await tx.get(exists, { kind, subject: SUBJECT })) === undefined) await queue.enqueue(tx, { kind, subject: SUBJECT, runAt: next() }, clock.now());
      else tx.later(bringForward, { kind, subject: SUBJECT, next: next() });
    }
  });
}
