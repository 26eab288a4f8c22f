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
  transaction_type: z.string().nullish(),
});
export type Request = z.infer<typeof request>;

/** The list of the last thirty days; the rows are read one by one. */
export const transactions = z.object({ success: z.literal(true), transactions: z.array(z.unknown()) });

export const balance = z.object({ success: z.literal(true), balance: amount });

export const name = z.object({ success: z.literal(true), customer_name: z.string().nullish() });

const MEANING = { pending: 'pending', processing: 'pending', success: 'completed', failed: 'failed' } as const satisfies Record<string, HistoryEntry['status']>;

type Meaning = (typeof MEANING)[keyof typeof MEANING];

export function meaningOf({ status, request_status }: Request): Meaning | undefined {
  // `status` is of the request in some answers and of the call in others; where both stand, they must not disagree about money.
  const said = request_status ?? status ?? '';
  const isContradicted = request_status === 'success' && status === 'failed';
  return !isContradicted && Object.hasOwn(MEANING, said) ? MEANING[said as keyof typeof MEANING] : undefined;
}

/** Times without a zone are taken for UTC: they order payments and decide nothing. */
export function endedAt({ completed_at, created_at }: Request): number | null {
  return firstTime(completed_at, created_at);
}

export function statusOf(found: Request, now: number): ProviderStatus {
  const providerRef = found.internal_reference;
  const meaning = meaningOf(found);
  switch (meaning) {
    case 'pending':
      return { kind: 'pending', providerRef };
    case 'failed':
      return { kind: 'failed', providerRef, ...failureOf(found.message, 'The network did not say why') };
    case 'completed': {
      const amountMinor = minorOfMajor(found.amount);
      // `completed_at` is newer than the first documentation: without it, now is when we learnt of it.
      const at = endedAt(found) ?? now;
      if (amountMinor === null || !found.currency) return { kind: 'unknown', reason: 'success without a readable amount and currency' };
      return { kind: 'completed', providerRef, amountMinor, currency: found.currency, at };
    }
    case undefined:
      return { kind: 'unknown', reason: 'a status that Relworx does not document' };
    default:
      return meaning satisfies never;
  }
}
