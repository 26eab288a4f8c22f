import type { FastifyInstance } from 'fastify';
import type { Clock } from '../core/clock.ts';
import { ApiError } from '../core/errors.ts';
import { Readiness } from '../db/readiness.ts';
import type { Store } from '../db/store.ts';
import { RETRY_AFTER } from './errors.ts';

export interface HealthServices {
  store: Store;
  clock: Clock;
  isDraining: () => boolean;
}

/** `/healthz`: the process answers. `/readyz`: it also reads and writes its database, and is not shutting down. */
export async function healthRoutes(app: FastifyInstance, { store, clock, isDraining }: HealthServices): Promise<void> {
  const readiness = new Readiness({ store, clock });
  app.get('/healthz', { schema: { hide: true } }, async () => ({ status: 'ok' }));
  app.get('/readyz', { schema: { hide: true } }, async () => {
    if (isDraining()) throw new ApiError('UNAVAILABLE', 'The server is shutting down', { retryAfter: RETRY_AFTER });
    const obstacle = await readiness.obstacle();
    if (obstacle !== null) throw new ApiError('UNAVAILABLE', obstacle.reason, { retryAfter: RETRY_AFTER, cause: obstacle.cause });
    return { status: 'ready' };
  });
}
