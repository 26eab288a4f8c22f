import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Clock, MINUTE_MS } from '../core/clock.ts';
import { ApiError } from '../core/errors.ts';
import type { Bell } from '../db/store.ts';
import { callerAddress } from './caller-address.ts';
import { rateCounters } from './rate-counters.ts';

/**
 * Requests a minute for each key and address. Collect, disburse and the default are the DGateway reference's. Verify has a
 * bucket of its own: a merchant with twenty open payments who polls every five seconds must not run dry. Public
 * reads are counted by address alone, and thousands of buyers may share a carrier's address.
 */
export const PER_MINUTE = { default: 100, collect: 60, disburse: 30, verify: 600, publicRead: 600, publicPay: 60 } as const;

export type LimitName = keyof typeof PER_MINUTE;

/** A route's `config`: which bucket its requests are counted in. */
export type LimitConfig = { rateLimit: { max: number; groupId: string } | false };

export type Limits = (name: LimitName) => LimitConfig;

/** `factor` multiplies every limit; 0 turns them off. */
export async function registerRateLimits(app: FastifyInstance, { factor, clock, bell }: { factor: number; clock: Clock; bell: Bell }): Promise<Limits> {
  if (factor === 0) return () => ({ rateLimit: false });
  await app.register(rateLimit, {
    global: false,
    timeWindow: MINUTE_MS,
    store: rateCounters({ clock, bell, topic: 'requests' }),
    keyGenerator: (request: FastifyRequest) => `${request.credential?.keyId ?? 'public'}:${callerAddress(request.ip)}`,
    errorResponseBuilder: (_request, { ttl }) =>
      new ApiError('RATE_LIMIT', undefined, { retryAfter: Math.max(1, Math.ceil(ttl / 1_000)) }),
  });
  return (name) => ({ rateLimit: { max: Math.max(1, Math.round(PER_MINUTE[name] * factor)), groupId: name } });
}
