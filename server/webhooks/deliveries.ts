/** Deliveries: one for each event and address, and the job that makes its attempts. */
import { crc32 } from 'node:zlib';
import { statement, type Transaction } from '../db/store.ts';
import type { JobQueue } from '../jobs/queue.ts';

export const DELIVERY_STATUSES = ['pending', 'delivered', 'failed', 'disabled'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

export const DELIVER_JOB = 'webhook.deliver';

/**
 * Lanes of one app. Its addresses are spread over them by host, so that one of its servers that hangs does not stop
 * the others; a lane for each host would let an app that names a new host with every payment make any number.
 */
const LANES_PER_APP = 16;

const isDisabled = statement<{ yes: number }>(`
  SELECT 1 AS yes FROM webhook_endpoints WHERE app_id = :appId AND url = :url AND disabled_at IS NOT NULL`);

/** An event is told to an address by one delivery, however often it is asked for. */
const upsert = statement<{ id: number }>(`
  INSERT INTO webhook_deliveries (event_id, app_id, url, status, next_attempt_at, created_at, updated_at)
  VALUES (:eventId, :appId, :url, :status, :nextAttemptAt, :now, :now)
  ON CONFLICT (event_id, url) DO UPDATE
    SET status = excluded.status, attempts = 0, next_attempt_at = excluded.next_attempt_at, updated_at = excluded.updated_at
  RETURNING id`);

export interface DeliveryWish {
  eventId: number;
  appId: number;
  url: string;
}

/**
 * Has an event told to an address, from the first attempt on, in the caller's commit. While the address is disabled
 * the delivery is kept for a replay instead.
 */
export async function deliver(tx: Transaction, jobs: JobQueue, wish: DeliveryWish, now: number): Promise<{ id: number; status: DeliveryStatus }> {
  const { appId, url } = wish;
  const status: DeliveryStatus = (await tx.get(isDisabled, { appId, url })) === undefined ? 'pending' : 'disabled';
  const { id } = (await tx.get(upsert, { ...wish, status, nextAttemptAt: status === 'pending' ? now : null, now }))!;
  if (status === 'pending') await enqueueAttempt(tx, jobs, { id, appId, url }, now);
  return { id, status };
}

/** Makes a delivery's job due now. */
export async function enqueueAttempt(tx: Transaction, jobs: JobQueue, { id, appId, url }: { id: number; appId: number; url: string }, now: number): Promise<void> {
  await jobs.enqueue(tx, { kind: DELIVER_JOB, subject: `delivery:${id}`, lane: laneOf(appId, url), runAt: now }, now);
}

export function laneOf(appId: number, url: string): string {
  return `webhooks:${appId}:${crc32(URL.parse(url)?.host ?? '') % LANES_PER_APP}`;
}
