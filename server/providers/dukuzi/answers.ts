/** What Dukuzi answers, as far as money depends on it. Source: its API reference. Times are East Africa's, without a zone. */
import * as z from 'zod';
import { msOfEastAfricaTime } from '../../core/clock.ts';
import type { ProviderStatus } from '../provider.ts';
import { minorOfMajor } from '../reading.ts';

/** Whole numbers come as numbers, and as text where PHP printed them. */
const id = z.union([z.number().int().positive(), z.string().regex(/^[1-9]\d{0,15}$/)]).transform(String);

export const refusal = z.object({ error: z.string().min(1) });

export const taken = z.object({ success: z.literal(true), transaction_id: id });

export const transaction = z.object({
  transaction_id: id,
  status: z.string(),
  amount: z.union([z.number(), z.string()]).nullish(),
  currency: z.string().nullish(),
  created_at: z.string().nullish(),
  completed_at: z.string().nullish(),
});
export type Transaction = z.infer<typeof transaction>;

/**
 * Of what it posts to us only the number counts; phone and amount, where they can be read, help to find a payment whose
 * number is not known here.
 */
export const callback = z.object({ transaction_id: id, customer_phone: z.string().nullish().catch(null), amount: z.union([z.number(), z.string()]).nullish().catch(null) });

const MEANING = { pending: 'pending', completed: 'completed', failed: 'failed', expired: 'expired' } as const satisfies Record<string, string>;

type Meaning = keyof typeof MEANING;

function meaningOf(status: string): Meaning | undefined {
  return Object.hasOwn(MEANING, status) ? (status as Meaning) : undefined;
}

/** Whether it was made for so much at about this time. */
export function isMadeAt({ amount, currency, created_at }: Transaction, { amountMinor, at, withinMs }: { amountMinor: number; at: number; withinMs: number }): boolean {
  const madeAt = msOfEastAfricaTime(created_at);
  return madeAt !== null && Math.abs(madeAt - at) <= withinMs && minorOfMajor(amount) === amountMinor && currency === 'TZS';
}

/** Dukuzi says that a payment failed, never why. */
export function statusOf(found: Transaction, now: number): ProviderStatus {
  const providerRef = found.transaction_id;
  const meaning = meaningOf(found.status);
  switch (meaning) {
    case 'pending':
      return { kind: 'pending', providerRef };
    case 'failed':
      return { kind: 'failed', providerRef, code: 'failed', reason: 'The payment failed, and nothing was charged' };
    case 'expired':
      return { kind: 'failed', providerRef, code: 'expired', reason: 'The customer did not approve in time' };
    case 'completed': {
      const amountMinor = minorOfMajor(found.amount);
      if (amountMinor === null || !found.currency) return { kind: 'unknown', reason: 'completed without a readable amount and currency' };
      return { kind: 'completed', providerRef, amountMinor, currency: found.currency, at: msOfEastAfricaTime(found.completed_at) ?? now };
    }
    case undefined:
      return { kind: 'unknown', reason: 'a status that Dukuzi does not document' };
    default:
      return meaning satisfies never;
  }
}
