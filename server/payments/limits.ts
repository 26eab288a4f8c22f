/**
 * What a provider takes at once, checked before anything is written or sent: a buyer who is told the least amount by us
 * is not told "provider error" by somebody else.
 */
import { type Clock, SECOND_MS } from '../core/clock.ts';
import { ApiError } from '../core/errors.ts';
import type { Mode } from '../core/mode.ts';
import { type Currency, toMajor } from '../core/money.ts';
import { statement, type Transaction } from '../db/store.ts';
import { capabilitiesOf, limitsMinor, type ProviderSlug } from '../providers/capabilities.ts';
import { isSandbox, type Route } from '../providers/routing.ts';

export interface Sized {
  currency: Currency;
  amountMinor: number;
  route: Route;
  /** What is bought, where it is something. */
  item?: { slug: string } | undefined;
}

/** Throws VALIDATION_ERROR for an amount outside what the provider takes. */
export function insistWithinLimits(sized: Sized): void {
  const problem = problemOf(sized);
  if (problem !== null) throw new ApiError('VALIDATION_ERROR', problem);
}

export function isWithinLimits(sized: Sized): boolean {
  return problemOf(sized) === null;
}

/** Null where the provider takes the amount. The sandbox takes any in its place. */
function problemOf({ currency, amountMinor, route, item }: Sized): string | null {
  if (isSandbox(route)) return null;
  const priceMinor = item === undefined ? null : (route.provider.priceOf?.(item.slug) ?? null);
  if (priceMinor !== null && amountMinor !== priceMinor) return `amount must be ${toMajor(priceMinor)} ${currency} with ${route.slug}, which sells ${item!.slug} at that price`;
  const { leastMinor, mostMinor, stepMinor } = limitsMinor(route.slug, currency, route.method);
  if (amountMinor < leastMinor) return `amount must be at least ${toMajor(leastMinor)} ${currency} with ${route.slug}`;
  if (amountMinor > mostMinor) return `amount must be at most ${toMajor(mostMinor)} ${currency} with ${route.slug}`;
  return amountMinor % stepMinor === 0 ? null : `amount must be a whole number of ${currency} with ${route.slug}`;
}

// Named here, not bound: a partial index is used only where the query says that its condition holds.
const promptsSince = statement<{ prompts: number; first: number | null }>(`
  SELECT CAST(count(*) AS BIGINT) AS prompts, min(created_at) AS first FROM payments
  WHERE provider = 'relworx' AND phone = :phone AND direction = 'collect' AND mode = 'live' AND created_at > :since`);

/**
 * Throws RATE_LIMIT for a number that its provider would refuse to ask again so soon, in the commit that would make the
 * payment, and under a lock: of two servers that ask at once only one may be the fifth.
 */
export async function insistOnPromptsIn(tx: Transaction, { provider, phone, mode }: { provider: ProviderSlug; phone: string; mode: Mode }, clock: Clock): Promise<void> {
  const { prompts: limit } = capabilitiesOf(provider);
  if (limit === undefined || mode === 'test' || phone === '') return;
  await tx.lock(`prompts:${provider}:${phone}`);
  const { prompts, first } = (await tx.get(promptsSince, { phone, since: clock.now() - limit.withinMs }))!;
  if (prompts < limit.most) return;
  const retryAfter = Math.ceil(((first ?? 0) + limit.withinMs - clock.now()) / SECOND_MS);
  throw new ApiError('RATE_LIMIT', `This number was asked ${limit.most} times; ${provider} asks it no more for some minutes`, { retryAfter: Math.max(1, retryAfter) });
}
