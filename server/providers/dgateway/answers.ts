/** What DGateway answers, as far as money depends on it. Source: its API reference of 2026-03-25. */
import * as z from 'zod';
import type { HistoryEntry, ProviderStatus } from '../provider.ts';
import { failureOf, firstTime, minorOfMajor } from '../reading.ts';
import { shortened } from '../writing.ts';

/** Numbers come as numbers, and as text where a database’s decimals are printed as they are. */
const amount = z.union([z.number(), z.string()]);

export const refusal = z.object({ error: z.object({ code: z.string(), message: z.string().nullish() }) });

/** Of a request that was taken; the rest of its answer repeats what was asked for. */
export const taken = z.object({ data: z.object({ reference: z.string().min(1) }) });

/** A row of the list, and the answer about one transaction. Times beside `created_at` are those that clients saw. */
export const transaction = z.object({
  reference: z.string().min(1),
  status: z.string(),
  direction: z.string().nullish(),
  amount: amount.nullish(),
  currency: z.string().nullish(),
  description: z.string().nullish(),
  failure_reason: z.string().nullish(),
  metadata: z.unknown().optional(),
  created_at: z.string().nullish(),
  updated_at: z.string().nullish(),
  completed_at: z.string().nullish(),
});
export type Transaction = z.infer<typeof transaction>;

export const one = z.object({ data: transaction });

/** Verifying answers less than a row does: enough to know whether there is more to ask. */
export const verified = z.object({ data: z.object({ reference: z.string(), status: z.string() }) });

export const page = z.object({ data: z.array(z.unknown()), meta: z.object({ total: z.number(), total_pages: z.number() }) });

export const wallets = z.object({ data: z.array(z.object({ provider: z.string(), currency: z.string(), balance: amount })) });

export const health = z.object({
  data: z.array(z.object({ provider_slug: z.string(), vendor: z.string(), currency: z.string(), is_healthy: z.boolean(), last_error: z.string().nullish() })),
});

/** Of what it posts to us nothing but the reference is used. */
export const callback = z.object({ data: z.object({ reference: z.string() }) });

const MEANING = { pending: 'pending', completed: 'completed', failed: 'failed' } as const satisfies Record<string, HistoryEntry['status']>;

type Meaning = (typeof MEANING)[keyof typeof MEANING];

export function meaningOf(status: string): Meaning | undefined {
  return Object.hasOwn(MEANING, status) ? MEANING[status as keyof typeof MEANING] : undefined;
}

/** How a reference of ours stands in a description: the documented row shows that, and no metadata. */
const MARK = /\[([\x21-\x7e]{8,100})\]$/;

/** The longest description that is taken. */
const DESCRIPTION_LENGTH_MAX = 500;

export function markedDescription(text: string, reference: string): string {
  const mark = `[${reference}]`;
  return `${shortened(text, DESCRIPTION_LENGTH_MAX - mark.length - 1)} ${mark}`.trimStart();
}

/** The reference that we gave a transaction; null where it shows none, undefined where it shows nothing it could stand in. */
export function ourReferenceOf({ metadata, description }: Pick<Transaction, 'metadata' | 'description'>): string | null | undefined {
  const kept = typeof metadata === 'object' && metadata !== null && 'reference' in metadata ? metadata.reference : null;
  if (typeof kept === 'string') return kept;
  if (typeof description !== 'string') return undefined;
  return MARK.exec(description)?.[1] ?? null;
}

/** The documented row has no time of completion: without one, now is when we learnt of it. */
export function statusOf(found: Transaction, now: number): ProviderStatus {
  const providerRef = found.reference;
  const meaning = meaningOf(found.status);
  switch (meaning) {
    case 'pending':
      return { kind: 'pending', providerRef };
    case 'failed':
      return { kind: 'failed', providerRef, ...failureOf(found.failure_reason, 'The network did not say why') };
    case 'completed': {
      const amountMinor = minorOfMajor(found.amount);
      if (amountMinor === null || !found.currency) return { kind: 'unknown', reason: 'completed without a readable amount and currency' };
      return { kind: 'completed', providerRef, amountMinor, currency: found.currency, at: firstTime(found.completed_at, found.updated_at) ?? now };
    }
    case undefined:
      return { kind: 'unknown', reason: 'a status that DGateway does not document' };
    default:
      return meaning satisfies never;
  }
}

/** Throws for a row that cannot be read: a history with holes in it proves nothing. */
export function entryOf(row: Transaction): HistoryEntry {
  const { reference: providerRef, direction, currency } = row;
  const [amountMinor, status, at] = [minorOfMajor(row.amount), meaningOf(row.status), firstTime(row.created_at)];
  if (amountMinor === null || status === undefined || at === null || (direction !== 'collect' && direction !== 'disburse')) {
    throw new Error(`DGateway’s list has a row that cannot be read (${providerRef})`);
  }
  return { direction, providerRef, reference: ourReferenceOf(row) ?? '', status, amountMinor, currency: currency ?? '', at };
}
