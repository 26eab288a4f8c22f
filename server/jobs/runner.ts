import { type Clock, HOUR_MS, MINUTE_MS, SECOND_MS } from '../core/clock.ts';
import { withDeadline } from '../core/deadline.ts';
import { randomBase62 } from '../core/ids.ts';
import { jobRan } from '../core/signals.ts';
import { followed } from '../core/tracing.ts';
import type { Awaitable, Transaction } from '../db/store.ts';
import { Lane } from './lane.ts';
import type { Job, JobQueue, WaitingLane } from './queue.ts';

/** How long a claimed job is ours: longer than any provider call may take, short enough to be missed by nobody. */
const LEASE_MS = 90 * SECOND_MS;

/** The longest sleep: another process may have added a job without ringing here. */
const IDLE_POLL_MS = 5 * SECOND_MS;

/** How often jobs are looked for that a clock left far ahead. */
const RESCUE_EVERY_MS = HOUR_MS;

/** How long a server that stops waits for its jobs: as long as a provider's answer may take, and less than a supervisor waits. */
const STOP_PATIENCE_MS = 12 * SECOND_MS;

const FIRST_RETRY_MS = SECOND_MS;
const LAST_RETRY_MS = 15 * MINUTE_MS;

/**
 * What a handler answers: finished, finished with something to write in the commit that ends the job, or a time to be
 * called again. Throwing means try again with back-off.
 */
export type JobResult = 'done' | { doneWith: (tx: Transaction) => Awaitable<unknown> } | { runAgainAt: number };
export type JobHandler = (job: Job) => Promise<JobResult>;

export interface Log {
  error(details: object, message: string): void;
}

/** Runs due jobs of the queue, each kind by its handler. */
export class JobRunner {
  readonly #queue: JobQueue;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #random: () => number;
  readonly #handlers = new Map<string, JobHandler>();
  readonly #lanes = new Map<string, Lane>();
  readonly #inFlight = new Map<Promise<void>, Job>();
  #cancelTimer: () => void = () => undefined;
  #wakeAt = Infinity;
  #claiming: Promise<void> | null = null;
  #lookAgain = false;
  #running = false;
  #stopListening: () => void = () => undefined;
  #rescueAt = -Infinity;

  /** `random` spreads retries: a number from 0 to 1, `Math.random` where nothing is said. */
  constructor({ queue, clock, log, random = Math.random }: { queue: JobQueue; clock: Clock; log: Log; random?: (() => number) | undefined }) {
    this.#queue = queue;
    this.#clock = clock;
    this.#log = log;
    this.#random = random;
  }

  handle(kind: string, handler: JobHandler): void {
    this.#handlers.set(kind, handler);
  }

  start(): void {
    this.#running = true;
    this.#stopListening = this.#queue.onDue((runAt) => this.#wakeBy(runAt));
    this.#wakeBy(this.#clock.now());
  }

  /** Takes no further jobs and waits for those in flight; one that takes too long goes back to the queue, for the next server. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#stopListening();
    this.#cancelTimer();
    await withDeadline(this.#finishing(), { clock: this.#clock, deadlineMs: STOP_PATIENCE_MS, late: undefined });
    await Promise.all([...this.#inFlight.values()].map((job) => this.#giveBackAtOnce(job)));
  }

  async #finishing(): Promise<void> {
    while (this.#claiming !== null || this.#inFlight.size > 0) {
      await this.#claiming;
      await Promise.all(this.#inFlight.keys());
    }
  }

  /** What its handler still does is done twice at the worst, as after a crash; its lease is gone, so it cannot end the other's. */
  async #giveBackAtOnce(job: Job): Promise<void> {
    try {
      await this.#queue.giveBack(job, this.#clock.now());
    } catch (error) {
      this.#log.error({ err: error, job: job.kind }, 'a job could not be given back; its lease runs out');
    }
  }

  /** Runs everything that is due now, and whatever that makes due, then returns. For tests, which own the clock. */
  async runDue(): Promise<number> {
    let ran = 0;
    for (;;) {
      const jobs = await this.#claimDue();
      if (jobs.length === 0) return ran;
      ran += jobs.length;
      await Promise.all(jobs.map((job) => this.#runInLane(job)));
    }
  }

  #wakeBy(time: number): void {
    if (!this.#running || time >= this.#wakeAt) return;
    this.#cancelTimer();
    this.#wakeAt = time;
    this.#cancelTimer = this.#clock.after(Math.max(0, time - this.#clock.now()), () => {
      this.#wakeAt = Infinity;
      this.#look();
    });
  }

  /** At the start, and now and then: whatever the clock did to them, jobs must not wait for years. */
  async #rescue(): Promise<void> {
    if (this.#clock.monotonic() < this.#rescueAt) return;
    this.#rescueAt = this.#clock.monotonic() + RESCUE_EVERY_MS;
    const brought = await this.#queue.bringBackStranded(this.#clock.now());
    if (brought > 0) this.#log.error({ jobs: brought }, 'the clock has run ahead: jobs that were scheduled by it are run now');
  }

  /** Looks for due jobs; a wake-up that comes meanwhile is honoured afterwards, never dropped. */
  #look(): void {
    if (this.#claiming !== null) {
      this.#lookAgain = true;
      return;
    }
    this.#claiming = this.#fill().finally(() => {
      this.#claiming = null;
      if (!this.#lookAgain) return;
      this.#lookAgain = false;
      this.#wakeBy(this.#clock.now());
    });
  }

  /** Claims as many due jobs as their lanes have room for, and sees to being woken for the next. */
  async #fill(): Promise<void> {
    try {
      await this.#rescue();
      if (this.#running) for (const job of await this.#claimDue()) this.#launch(job);
      const waiting = (await this.#queue.waitingLanes()).filter((each) => this.#lane(each.lane).room > 0);
      this.#wakeBy(Math.min(...waiting.map(({ runAt }) => runAt), this.#clock.now() + IDLE_POLL_MS));
    } catch (error) {
      this.#log.error({ err: error }, 'the job queue could not be read');
      this.#wakeBy(this.#clock.now() + IDLE_POLL_MS);
    }
  }

  async #claimDue(): Promise<Job[]> {
    const due = (await this.#queue.waitingLanes()).filter(({ lane, runAt }) => runAt <= this.#clock.now() && this.#lane(lane).room > 0);
    // Asked for together, the lanes' claims share one commit.
    return (await Promise.all(due.map((each) => this.#claim(each)))).flat();
  }

  #claim({ lane }: WaitingLane): Promise<Job[]> {
    const now = this.#clock.now();
    return this.#queue.claim(randomBase62(16), now, now + LEASE_MS, this.#lane(lane).room, lane);
  }

  #lane(name: string): Lane {
    const lane = this.#lanes.get(name) ?? new Lane(name);
    this.#lanes.set(name, lane);
    return lane;
  }

  #launch(job: Job): void {
    const run = this.#runInLane(job).finally(() => this.#inFlight.delete(run));
    this.#inFlight.set(run, job);
  }

  async #runInLane(job: Job): Promise<void> {
    const lane = this.#lane(job.lane);
    const startedAt = this.#clock.monotonic();
    lane.take();
    await this.#run(job);
    const wasFull = lane.room === 0;
    lane.leave(this.#clock.monotonic() - startedAt);
    // The runner does not look at full lanes: a free place is a reason to look again.
    if (wasFull) this.#wakeBy(this.#clock.now());
  }

  async #run(job: Job): Promise<void> {
    const startedAt = performance.now();
    const stretch = { name: `job ${job.kind}`, kind: 'own', attributes: { 'malipo.job.kind': job.kind } } as const;
    const outcome = await followed(stretch, () => this.#handle(job), (answer) => ({ outcome: answer, isTrouble: answer === 'failed' }));
    jobRan.tell({ kind: job.kind, outcome, ms: performance.now() - startedAt });
  }

  async #handle(job: Job): Promise<'done' | 'again' | 'failed'> {
    try {
      const handler = this.#handlers.get(job.kind);
      if (handler === undefined) throw new Error(`no handler for jobs of kind ${job.kind}`);
      const result = await handler(job);
      if (result !== 'done' && 'runAgainAt' in result) {
        await this.#queue.giveBack(job, result.runAgainAt);
        return 'again';
      }
      await this.#queue.finish(job, result === 'done' ? undefined : result.doneWith);
      return 'done';
    } catch (error) {
      await this.#retryLater(job, error);
      return 'failed';
    }
  }

  async #retryLater(job: Job, error: unknown): Promise<void> {
    this.#log.error({ err: error, job: job.kind, subject: job.subject, attempts: job.attempts }, 'a job failed');
    const runAt = this.#clock.now() + retryDelayMs(job.attempts, this.#random());
    const message = error instanceof Error ? error.message : String(error);
    try {
      await this.#queue.giveBack(job, runAt, { attempts: job.attempts, message });
    } catch (cause) {
      // The database itself is unwell: the lease runs out and brings the job back.
      this.#log.error({ err: cause, job: job.kind }, 'a failed job could not be given back');
    }
  }
}

/** 1 s, 2 s, 4 s … at most 15 min, each shifted by up to a fifth so that failures together do not return together. */
function retryDelayMs(attempts: number, random: number): number {
  const delay = Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), LAST_RETRY_MS);
  return Math.round(delay * (0.9 + random * 0.2));
}
