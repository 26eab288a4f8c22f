/** What ioTec answers about a collection or a disbursement, as far as money depends on it. Source: its OpenAPI document. */
import * as z from 'zod';
import { type HistoryEntry, type ProviderStatus } from '../provider.ts';
import { failureOf, firstTime, minorOfMajor } from '../reading.ts';

/** Fields beside these are none of our business; a field of another type makes the whole answer nonsense. */
export const movement = z.object({
  id: z.string().min(1),
  status: z.string(),
  statusMessage: z.string().nullish(),
  externalId: z.string().nullish(),
  amount: z.number().nullish(),
  currency: z.string().nullish(),
  createdAt: z.string().nullish(),
  lastUpdated: z.string().nullish(),
  processedAt: z.string().nullish(),
});

/** Of what it posts to us nothing is used but what names a movement. */
export const callback = movement.pick({ id: true, externalId: true });

export type Movement = z.infer<typeof movement>;

/** Without its totals nobody could tell whether a history was read whole. */
export const page = z.object({ data: z.array(z.unknown()).nullish(), totalPages: z.number(), total: z.number() });

export const balance = z.object({ currency: z.string(), actualBalance: z.number() });

/** Of a 400; every other answer is somebody else's. */
export const refusal = z.object({ message: z.string().nullish(), code: z.string().nullish() });

/**
 * `NotFoundResult` of the document, and nothing else in it: a proxy's 404 about a path says nothing of a payout, whose hold
 * ends by this.
 */
export const notFound = z.strictObject({ statusCode: z.literal(404) });

/** What each of ioTec's statuses is to us. SentToVendor is at the telco: it is no success. */
const MEANING = {
  Pending: 'pending',
  SentToVendor: 'pending',
  AwaitingApproval: 'pending',
  Scheduled: 'pending',
  Success: 'completed',
  Failed: 'failed',
  Cancelled: 'failed',
  Rejected: 'failed',
  RolledBack: 'reversed',
} as const satisfies Record<string, HistoryEntry['status']>;

export function meaningOf(status: string): HistoryEntry['status'] | undefined {
  return Object.hasOwn(MEANING, status) ? MEANING[status as keyof typeof MEANING] : undefined;
}

export function endedAt({ processedAt, lastUpdated, createdAt }: Movement): number | null {
  return firstTime(processedAt, lastUpdated, createdAt);
}

/** ITX, the currency of ioTec's sandbox, is passed on as it is: play money differs from what was agreed and is credited to nobody. */
export function statusOf(found: Movement): ProviderStatus {
  const { id: providerRef, status, statusMessage, amount, currency } = found;
  switch (meaningOf(status)) {
    case 'pending':
      return { kind: 'pending', providerRef };
    case 'failed':
      return { kind: 'failed', providerRef, ...failureOf(statusMessage, `ioTec says ${status}`) };
    case 'completed':
    case 'reversed': {
      const [amountMinor, at] = [minorOfMajor(amount), endedAt(found)];
      if (amountMinor === null || at === null || !currency) return { kind: 'unknown', reason: `${status} without a readable amount, currency or time` };
      const moved = { providerRef, amountMinor, currency, at };
      return meaningOf(status) === 'completed' ? { kind: 'completed', ...moved } : { kind: 'reversed', ...moved, reason: failureOf(statusMessage, 'Rolled back at ioTec').reason };
    }
    case undefined:
      return { kind: 'unknown', reason: 'a status that ioTec does not document' };
  }
}
