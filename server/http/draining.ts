/**
 * Closing without dropping anybody: no new connections, every request under way is answered, and what then only
 * waits on an open connection is let go. Fastify either cuts requests off or waits for kept-alive connections.
 */
import type { FastifyInstance } from 'fastify';

/** How often a closing server looks whether anybody still waits for an answer. */
const LOOK_MS = 25;

/** Longer than any answer takes: the slowest waits ten seconds for a provider. */
const PATIENCE_MS = 15_000;

/** Call before the server listens. Answers whether it is closing. */
export function drainOnClose(app: FastifyInstance): () => boolean {
  let draining = false;
  let underWay = 0;
  app.server.on('request', (_request, response) => {
    underWay++;
    response.once('close', () => underWay--);
  });

  app.addHook('preClose', async () => {
    draining = true;
    const { server } = app;
    if (!server.listening) return;
    const givesUpAt = performance.now() + PATIENCE_MS;
    const looking = setInterval(() => {
      if (underWay === 0 || performance.now() > givesUpAt) server.closeAllConnections();
    }, LOOK_MS);
    server.once('close', () => clearInterval(looking));
  });
  return () => draining;
}
