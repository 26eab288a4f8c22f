import type { FastifyInstance } from 'fastify';
import { ApiError } from '../core/errors.ts';
import { statement, type Store } from '../db/store.ts';

const probe = statement<{ one: number }>('SELECT 1 AS one');

/** `/healthz`: the process answers. `/readyz`: it can also read its database, and is not shutting down. */
export async function healthRoutes(app: FastifyInstance, { store, isDraining }: { store: Store; isDraining: () => boolean }): Promise<void> {
  app.get('/healthz', { schema: { hide: true } }, async () => ({ status: 'ok' }));
  app.get('/readyz', { schema: { hide: true } }, async () => {
    if (isDraining()) throw new ApiError('UNAVAILABLE', 'The server is shutting down');
    try {
      await store.read.get(probe);
    } catch (cause) {
      throw new ApiError('UNAVAILABLE', 'The database cannot be read', { cause });
    }
    return { status: 'ready' };
  });
}
