/**
 * The durable queue: a job is a row written in the business transaction that wants it, so it exists exactly
 * when that transaction does. There is one job of a kind for each subject; enqueueing it again moves it.
 *
 * A claimed job is leased: `run_at` becomes the lease's end, so a job whose server died comes due again by
 * itself. Every finish names the lease, so a server that lost its lease, or a job that was enqueued again
 * meanwhile, is never finished by the wrong hand. Handlers therefore run at least once and must be idempotent.
 */
import { DAY_MS } from '../core/clock.ts';
import { type Awaitable, FOR_UPDATE_SKIP_LOCKED, type Reader, statement, type Store, type Transaction } from '../db/store.ts';
import { MAIN_LANE } from './lane.ts';

/** The furthest ahead that anything is ever scheduled is the last look-back at a payment, a week after it expired. */
const SCHEDULED_AHEAD_MAX_MS = 8 * DAY_MS;

export interface NewJob {
  kind: string;
  subject: string;
  runAt: number;
  payload?: Record<string, unknown>;
  /** Whose share of the runner it takes; the main lane when absent. */
  lane?: string;
}

export interface Job {
  id: number;
  kind: string;
  subject: string;
  payload: string;
  /** How often it was started, this time included. */
  attempts: number;
  lease: string;
  lane: string;
}

/** What the bell between processes calls jobs. */
const TOPIC = 'jobs';

/** A lane that has jobs, and when the earliest of them is due. */
export interface WaitingLane {
  lane: string;
  runAt: number;
}

const insert = statement(`
  INSERT INTO jobs (kind, subject, payload, lane, run_at, created_at)
  VALUES (:kind, :subject, :payload, :lane, :runAt, :now)
  ON CONFLICT (kind, subject) DO UPDATE
    SET payload = excluded.payload, lane = excluded.lane, run_at = excluded.run_at, lease = NULL, attempts = 0`);

const claim = statement<Job>(`
  UPDATE jobs SET lease = :lease, run_at = :leaseUntil, attempts = attempts + 1
  WHERE id IN (SELECT id FROM jobs WHERE lane = :lane AND run_at <= :now ORDER BY run_at, id LIMIT :limit ${FOR_UPDATE_SKIP_LOCKED})
  RETURNING id, kind, subject, payload, attempts, lease, lane`);

const remove = statement('DELETE FROM jobs WHERE id = :id AND lease = :lease');

const reschedule = statement(`
  UPDATE jobs SET run_at = :runAt, lease = NULL, attempts = :attempts, last_error = :lastError
  WHERE id = :id AND lease = :lease`);

const cancel = statement('DELETE FROM jobs WHERE kind = :kind AND subject = :subject');

const releaseAll = statement('UPDATE jobs SET lease = NULL, run_at = :now WHERE lease IS NOT NULL');

const dueInLane = statement<{ due: number }>(`
  SELECT CAST(count(*) AS BIGINT) AS due FROM (SELECT 1 FROM jobs WHERE lane = :lane AND run_at <= :now LIMIT 10000) due`);

const bringBack = statement('UPDATE jobs SET run_at = :now WHERE run_at > :latest');

/** Steps from lane to lane in the index: the cost is of the lanes, however many jobs wait in each. */
const waitingLanes = statement<WaitingLane>(`
  WITH RECURSIVE lanes (lane) AS (
    SELECT min(lane) FROM jobs
    UNION ALL
    SELECT (SELECT min(lane) FROM jobs WHERE jobs.lane > lanes.lane) FROM lanes WHERE lanes.lane IS NOT NULL)
  SELECT lane, (SELECT min(run_at) FROM jobs WHERE jobs.lane = lanes.lane) AS "runAt" FROM lanes WHERE lane IS NOT NULL`);

export class JobQueue {
  readonly #store: Store;
  readonly #doorbells = new Set<(runAt: number) => void>();
  #stopListening: () => void = () => undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Adds a job, or moves the one that stands for this kind and subject. */
  async enqueue(tx: Transaction, job: NewJob, now: number): Promise<void> {
    tx.later(insert, {
      kind: job.kind,
      subject: job.subject,
      payload: job.payload === undefined ? '{}' : JSON.stringify(job.payload),
      lane: job.lane ?? MAIN_LANE,
      runAt: job.runAt,
      now,
    });
    tx.afterCommit(() => this.#ring(job.runAt));
  }

  async cancel(tx: Transaction, kind: string, subject: string): Promise<void> {
    tx.later(cancel, { kind, subject });
  }

  /** Leases up to `limit` jobs of a lane that are due, the longest waiting first. */
  claim(lease: string, now: number, leaseUntil: number, limit: number, lane = MAIN_LANE): Promise<Job[]> {
    return this.#store.write((tx) => tx.all(claim, { lease, now, leaseUntil, limit, lane }));
  }

  /** Ends a job, and writes what comes with its end: both, or neither where the lease is no longer this one. */
  async finish(job: Job, last: (tx: Transaction) => Awaitable<unknown> = () => undefined): Promise<void> {
    await this.#store.write(async (tx) => {
      if ((await tx.run(remove, { id: job.id, lease: job.lease })) > 0) await last(tx);
    });
  }

  /** Gives a job back for a later run; `failure` is kept for whoever looks into it. */
  async giveBack(job: Job, runAt: number, failure?: { attempts: number; message: string }): Promise<void> {
    await this.#store.write((tx) =>
      tx.run(reschedule, {
        id: job.id,
        lease: job.lease,
        runAt,
        attempts: failure?.attempts ?? 0,
        lastError: failure?.message ?? '',
      }),
    );
    this.#ring(runAt);
  }

  /**
   * Makes every leased job due. Only for a server that knows it is alone (it holds the serve lock): whoever held
   * those leases is dead, and nobody needs to wait for them to run out.
   */
  async releaseAbandoned(now: number): Promise<void> {
    await this.#store.write((tx) => tx.run(releaseAll, { now }));
  }

  /**
   * Makes due what no rule can have scheduled: a clock that ran ahead for a while left it where nobody would see it for
   * years. Run early it does no harm, every handler asks how things stand; answers how many there were.
   */
  async bringBackStranded(now: number): Promise<number> {
    const brought = await this.#store.write((tx) => tx.run(bringBack, { now, latest: now + SCHEDULED_AHEAD_MAX_MS }));
    if (brought > 0) this.#ring(now);
    return brought;
  }

  /** The lanes that have jobs, due or not. */
  async waitingLanes(reader: Reader = this.#store.read): Promise<WaitingLane[]> {
    return reader.all(waitingLanes);
  }

  /** How many jobs of each lane are due and not taken, counted up to ten thousand, and for how long the first of them has been. */
  async due(now: number): Promise<{ lane: string; due: number; ageMs: number }[]> {
    const lanes = (await this.waitingLanes()).filter(({ runAt }) => runAt <= now);
    return Promise.all(lanes.map(async ({ lane, runAt }) => ({ lane, due: (await this.#store.read.get(dueInLane, { lane, now }))!.due, ageMs: now - runAt })));
  }

  /** When the earliest job is due, or null when there is none. */
  async nextRunAt(reader: Reader = this.#store.read): Promise<number | null> {
    const lanes = await this.waitingLanes(reader);
    return lanes.length === 0 ? null : Math.min(...lanes.map(({ runAt }) => runAt));
  }

  /** Calls back with the due time of each job that was committed in this process, or in one that runs none. */
  onDue(doorbell: (runAt: number) => void): () => void {
    // Told nothing for a while, the runner looks by itself.
    if (this.#doorbells.size === 0) this.#stopListening = this.#store.bell.listen(TOPIC, { heard: (runAt) => this.#ring(Number(runAt)), missed: () => undefined });
    this.#doorbells.add(doorbell);
    return () => {
      this.#doorbells.delete(doorbell);
      if (this.#doorbells.size === 0) this.#stopListening();
    };
  }

  /**
   * Whoever writes a job and has a runner runs it. Only what a command writes is told to the servers: told of every
   * job, all of them would come for each, and one would get it. (One that dies leaves its jobs to the others' next look.)
   */
  #ring(runAt: number): void {
    if (this.#doorbells.size === 0) this.#store.bell.ring(TOPIC, String(runAt));
    for (const doorbell of this.#doorbells) doorbell(runAt);
  }
}
