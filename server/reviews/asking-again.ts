/**
 * Before anything is credited to a customer's payment, or taken of one that completed, its provider is asked once more: what
 * a review says of it may be days old.
 */
import type { Clock } from '../core/clock.ts';
import { ApiError } from '../core/errors.ts';
import type { Store } from '../db/store.ts';
import type { Payment } from '../payments/payment.ts';
import { askProvider } from '../payments/provider-calls.ts';
import { goneBy } from '../payments/reversal.ts';
import type { ProviderStatus } from '../providers/provider.ts';
import type { ProviderRouting } from '../providers/routing.ts';
import { unbookedOf } from '../refunds/left.ts';
import type { Report, Resolution, ReviewKind } from './reviews.ts';

export type Completed = ProviderStatus & { kind: 'completed' };

/** What a provider says now: in the terms of the review, or that nothing is to be decided. */
export type Said = { reports: Report } | { stands: Completed };

/** Whether a provider must say once more what a person is about to decide. Not the sandbox: its books are ours. */
export function mustBeAsked(kind: ReviewKind, resolution: Resolution, { mode, direction, status }: Payment): boolean {
  if (mode === 'test') return false;
  if (kind === 'amount_mismatch') return resolution === 'credit' && direction === 'collect';
  return kind === 'reversal_mismatch' && resolution === 'accept' && (direction === 'collect' || status === 'completed');
}

/** Throws PROVIDER_ERROR where it does not say, VALIDATION_ERROR where that is nothing to decide such a thing by. */
export async function askAgain(kind: ReviewKind, payment: Payment, { store, routing, clock }: { store: Store; routing: ProviderRouting; clock: Clock }): Promise<Said> {
  const provider = routing.adapterOf(payment);
  const { provider: slug, currency } = payment;
  const isReversal = kind === 'reversal_mismatch';
  const what = isReversal ? 'became of it' : 'it received';
  if (provider === undefined) throw new ApiError('PROVIDER_ERROR', `${slug} is not configured here, and must be asked again what ${what}`);
  const said = await askProvider(provider, payment, clock);
  if (said.kind === 'unknown') throw new ApiError('PROVIDER_ERROR', `${slug} does not answer what ${what}: try again`);
  const unbookedMinor = said.kind === 'completed' || said.kind === 'reversed' ? await unbookedOf(store.read, payment, said.refunds) : 0;
  if (said.kind === 'completed') {
    const gone = goneBy(payment, said, unbookedMinor);
    if (isReversal) return gone.amountMinor === 0 && gone.currency === currency ? { stands: said } : { reports: reportOf({ ...said, ...gone }) };
    // What was given back of it is a refund of it; unless that is all of it, and nothing is left to credit.
    const hasMinor = unbookedMinor >= said.amountMinor ? 0 : said.amountMinor;
    return hasMinor === payment.amountMinor && said.currency === currency ? { stands: said } : { reports: reportOf({ ...said, amountMinor: hasMinor }) };
  }
  if (isReversal && said.kind === 'reversed') return { reports: reportOf({ ...said, amountMinor: said.amountMinor + unbookedMinor }) };
  if (isReversal && said.kind === 'failed') return { reports: reportOf({ amountMinor: 0, currency, providerRef: said.providerRef ?? '', at: clock.now() }) };
  throw new ApiError('VALIDATION_ERROR', `${slug} now says that the payment is ${said.kind.replace('_', ' ')}: there is nothing to ${isReversal ? 'accept' : 'credit'}`);
}

function reportOf({ amountMinor, currency, providerRef, at }: Pick<Completed, 'amountMinor' | 'currency' | 'providerRef' | 'at'>): Report {
  return { amount_minor: amountMinor, currency, provider_ref: providerRef, at };
}
