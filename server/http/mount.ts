/**
 * One Fastify instance below an address of another. The request is handed over before anything of it was read, so
 * that neither's parsers, validators, error handlers, 404s or plugins meet the other's. (Plugins would: two
 * @fastify/cors below each other refuse to load, and a host's @fastify/swagger would print our routes.)
 */
import type { FastifyInstance } from 'fastify';

/** Hands `prefix` and everything below it to the instance, which is asked for with the first request. */
export async function mount(host: FastifyInstance, prefix: string, instance: () => Promise<FastifyInstance>): Promise<void> {
  await host.register(
    async (scope) => {
      scope.addHook('onRequest', async (request, reply) => {
        const { routing } = await instance();
        reply.hijack();
        routing(request.raw, reply.raw);
      });
      const handler = () => undefined;
      const schema = { hide: true };
      if (scope.prefix !== '') scope.all('', { schema }, handler);
      scope.all('/*', { schema }, handler);
    },
    { prefix },
  );
}

/** The address a mounted instance sees: `/payments/v1/wallets` is `/v1/wallets` below `/payments`. */
export function addressBelow(prefix: string, url: string): string {
  if (prefix === '' || !url.startsWith(prefix)) return url;
  const rest = url.slice(prefix.length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}
