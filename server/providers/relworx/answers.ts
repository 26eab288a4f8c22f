/** What Relworx answers, as far as money depends on it. Source: its documentation of 2023 and a digest of that of 2026. */
import * as z from 'zod';
import type { HistoryEntry, ProviderStatus } from '../provider.ts';
import { failureOf, firstTime, minorOfMajor } from '../reading.ts';

/** Numbers come as numbers, and as text where clients saw that. */
const amount = z.union([z.number(), z.string()]);

/** `success: false` and a message is how Relworx says no, whatever the HTTP status. */
export const refusal = z.object({ success: z.literal(false), message: z.string().nullish(), error_code: z.string().nullish() });

export const taken = z.object({ success: z.literal(true), internal_reference: z.string().min(1) });

export const session = z.object({ success: z.literal(true), payment_url: z.url({ protocol: /^https?$/ }), internal_reference: z.string().nullish() });

export const request = z.object({
  status: z.string().nullish(),
  request_status: z.string().nullish(),
  message: z.string().nullish(),
  customer_reference: z.string().nullish(),
  internal_reference: z.string().min(1),
  amount: amount.nullish(),
  currency: z.string().nullish(),
  completed_at: z.string().nullish(),
  created_at: z.string().nullish(),
});

/**
 * A row of the list. Its clients know it with our reference, both kinds of status in one, amount, currency, `created_at`
 * and `transaction_type`, and without Relworx's own reference (those seen in November 2026).
 */
export const row = request.extend({ internal_reference: z.string().nullish(), transaction_type: z.string().nullish() });
export type Row = z.infer<typeof row>;

/** The list of the last thirty days; the rows are read one by one. */
export const transactions = z.object({ success: z.literal(true), transactions: z.array(z.unknown()) });

export const balance = z.object({ success: z.literal(true), balance: amount });

export const name = z.object({ success: z.literal(true), customer_name: z.string().nullish() });

const MEANING = { pending: 'pending', processing: 'pending', success: 'completed', failed: 'failed' } as const satisfies Record<string, HistoryEntry['status']>;

type Meaning = (typeof MEANING)[keyof typeof MEANING];

/** `status` is of the request in some answers and of the call in others: a success of the request is one that it does not deny. */
export function meaningOf({ status, request_status }: Pick<Row, 'status' | 'request_status'>): Meaning | undefined {
  const said = request_status ?? status ?? '';
  const isDenied = request_status === 'success' && status != null && status !== 'success';
  return !isDenied && Object.hasOwn(MEANING, said) ? MEANING[said as keyof typeof MEANING] : undefined;
}

export function statusOf(found: Row, now: number): ProviderStatus {
  const providerRef = found.internal_reference ?? '';
  const meaning = meaningOf(found);
  switch (meaning) {
    case 'pending':
      return { kind: 'pending', providerRef };
    case 'failed':
      return { kind: 'failed', providerRef, ...failureOf(found.message, 'The network did not say why') };
    case 'completed': {
      const amountMinor = minorOfMajor(found.amount);
      // `completed_at` is newer than the first documentation: without it, now is when we learnt of it.
      const at = firstTime(found.completed_at, found.created_at) ?? now;
      if (amountMinor === null || !found.currency) return { kind: 'unknown', reason: 'success without a readable amount and currency' };
      return { kind: 'completed', providerRef, amountMinor, currency: found.currency, at };
    }
    case undefined:
      return { kind: 'unknown', reason: 'a status that Relworx does not document' };
    default:
      return meaning satisfies never;
  }
}

/** Throws for a row that cannot be read: a history with holes in it proves nothing. Times without a zone are taken for UTC. */
export function entryOf(row: Row): HistoryEntry {
  const reference = row.customer_reference ?? '';
  const [amountMinor, status, at] = [minorOfMajor(row.amount), meaningOf(row), firstTime(row.created_at, row.completed_at)];
  if (amountMinor === null || status === undefined || at === null) throw new Error(`Relworx’s list has a row that cannot be read (${reference})`);
  return {
    direction: row.transaction_type === 'payout' ? 'disburse' : 'collect',
    providerRef: row.internal_reference ?? '',
    reference,
    status,
    amountMinor,
    currency: row.currency ?? '',
    at,
  };
}
