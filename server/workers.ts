/**
 * `WEB_CONCURRENCY`: several server processes on one machine, behind one port. Each is a whole server; what they share is
 * the database. This process only starts them, starts another for one that dies, and ends when all have ended. Should it
 * die itself, they end too.
 */
import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { SECOND_MS } from './core/clock.ts';
import { StartError } from './running.ts';
import { passCountsOn } from './worker-counts.ts';

/** A worker that dies again and again is not started more often than this. */
const RESTART_AFTER_MS = SECOND_MS;

export function isWorker(): boolean {
  return cluster.isWorker;
}

/** Whether this process speaks for all of them: it stands alone, or was the first. */
export function speaksForAll(): boolean {
  return cluster.worker === undefined || cluster.worker.id === 1;
}

/**
 * Each worker takes connections from the port itself; one that is killed takes along those it has, whose clients see them
 * end and ask again. Rejected: Node's own way, by which this process takes them and hands them to the workers in turn. What
 * is handed to a worker in the moment it dies is neither answered nor ended, ever: at 6 kills under 32 clients who connect
 * for each request 5 hung (2026-11), by ours none at 12; and half as many were answered. Of 64 connections that were opened
 * at once one of two workers got 53 by Node's way, 44 and 47 by this.
 */
cluster.schedulingPolicy = cluster.SCHED_NONE;

/** Starts the workers; throws StartError when one of the first ends before it listens. Answers how to stop all of them. */
export async function startWorkers(count: number): Promise<() => Promise<void>> {
  passCountsOn();
  const running = new Map<Worker, Promise<unknown>>();
  let started = false;
  let stopping = false;

  const start = (): Worker => {
    const worker = cluster.fork();
    running.set(worker, once(worker.process, 'exit').then(() => replace(worker)));
    return worker;
  };
  const replace = (worker: Worker): void => {
    running.delete(worker);
    if (started && !stopping) setTimeout(() => void (stopping || start()), RESTART_AFTER_MS);
  };
  const stop = async (): Promise<void> => {
    stopping = true;
    for (const worker of running.keys()) worker.process.kill('SIGTERM');
    await Promise.all(running.values());
  };

  const listening = Array.from({ length: count }, start).map((worker) => Promise.race([once(worker, 'listening'), once(worker, 'exit').then(endedEarly)]));
  try {
    await Promise.all(listening);
  } catch (error) {
    await stop();
    throw error;
  }
  started = true;
  return stop;
}

function endedEarly(): never {
  throw new StartError('a server process ended before it listened; what it said is above');
}
