/** Unknown addresses: 404, or 405 with `Allow` where the address exists for another method. Always JSON. */
import type { FastifyInstance } from 'fastify';
import { ApiError } from '../core/errors.ts';
import { type ErrorDialect, errorHandler } from './errors.ts';

interface KnownRoute {
  pattern: RegExp;
  methods: string[];
}

/** Call before any route is registered: it listens to what is. `dialectOf` picks the dialect by path. */
export function answerUnknownRoutes(app: FastifyInstance, dialectOf: (path: string) => ErrorDialect): void {
  const known = new Map<string, KnownRoute>();
  app.addHook('onRoute', ({ url, method }) => {
    if (url.endsWith('*')) return;
    const route = known.get(url) ?? { pattern: patternOf(url), methods: [] };
    route.methods.push(...[method].flat());
    known.set(url, route);
  });

  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0]!;
    const allowed = [...known.values()].filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods);
    const answer = errorHandler(dialectOf(path));
    if (allowed.length === 0) return answer(new ApiError('NOT_FOUND', 'There is nothing at this address'), request, reply);
    reply.header('Allow', [...new Set(allowed)].join(', '));
    return answer(new ApiError('METHOD_NOT_ALLOWED'), request, reply);
  });
}

/** `/v1/payments/transactions/:reference` as a regular expression. */
function patternOf(url: string): RegExp {
  const source = url
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    .join('/');
  return new RegExp(`^${source}$`);
}
