/**
 * Tells the operator what to mend before a provider can be used: a key that it does not take, an address that it does not
 * let in. It is found out at every asking, and once says it: the log of a night would else be nothing but that. What is
 * counted and shown of the provider is not; see signals.ts and lines/.
 */
import { type Clock, HOUR_MS } from '../core/clock.ts';
import type { ProviderLog } from './live.ts';

const SAID_AGAIN_AFTER_MS = HOUR_MS;

/** Reasons that are remembered; forgetting them costs a line each, nothing else. */
const REMEMBERED_MAX = 100;

export interface Trouble {
  status?: number;
  /** The provider's own words. */
  said?: string;
}

export type TellToMend = (trouble: Trouble, message: string) => void;

/** Says each trouble when it is new, or other than before, and again after an hour. */
export function tellingToMend({ slug, clock, log }: { slug: string; clock: Clock; log: ProviderLog }): TellToMend {
  const saidAt = new Map<string, number>();
  return (trouble, message) => {
    const now = clock.monotonic();
    const which = `${trouble.status ?? ''} ${message} ${lasting(trouble.said ?? '')}`;
    if (now - (saidAt.get(which) ?? -Infinity) < SAID_AGAIN_AFTER_MS) return;
    if (saidAt.size >= REMEMBERED_MAX) saidAt.clear();
    saidAt.set(which, now);
    log.error({ provider: slug, ...trouble }, message);
  };
}

/** What differs at each asking, a time or a request's number, makes no other trouble. */
function lasting(said: string): string {
  return said.replace(/\S*\d\S*/g, '#');
}
