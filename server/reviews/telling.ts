/** What waits for a person is said in the log of the server that found it, once its commit stands; a command has no log, and a person before it. */
import type { Store, Transaction } from '../db/store.ts';
import type { Review } from './reviews.ts';
import { named } from './subject.ts';

interface Log {
  warn(details: object, message: string): void;
}

/** By a process's key of its database: reviews are opened in many places, and told in one. */
const logs = new WeakMap<object, Log>();

/** From now on what this process opens in the database is told there. */
export async function tellReviewsTo(log: Log, store: Store): Promise<void> {
  await store.write((tx) => void logs.set(tx.database, log));
}

/** Tells a new review after its commit: by references, which no log needs to hide. */
export async function tellIn(tx: Transaction, review: Review): Promise<void> {
  const log = logs.get(tx.database);
  if (log === undefined) return;
  const { id, kind, subject, reference } = await named(tx, review);
  tx.afterCommit(() => log.warn({ review: id, kind, subject, reference }, `a review waits for a person: malipo review show ${id}`));
}
