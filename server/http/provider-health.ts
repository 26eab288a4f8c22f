/** `GET /api/provider-health`: how every line is, for anybody who wants to know before asking for money. */
import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { isoTime } from '../core/clock.ts';
import type { LineState } from '../providers/lines/breaker.ts';
import type { ProviderLines } from '../providers/lines/lines.ts';
import type { NamedLine, ProviderRouting } from '../providers/routing.ts';
import { errorHandler, v1Dialect } from './errors.ts';
import type { Limits } from './rate-limits.ts';
import { errorAnswers } from './v1/schemas.ts';

/** What went wrong may name hosts and ports of ours: the public is told in the reference's words. */
const PUBLIC_ERROR = 'Service temporarily unavailable';

const lineSchema = z.object({
  provider_slug: z.string().meta({ examples: ['iotec'] }),
  vendor: z.enum(['mtn', 'airtel', 'safaricom', 'telkom', 'vodacom', 'yas', 'halotel', 'ttcl']),
  currency: z.string().meta({ examples: ['UGX'] }),
  is_healthy: z.boolean(),
  last_check_at: z.string().nullable().meta({ description: 'The last daily check (06:00 UTC); null until there was one' }),
  last_error: z.string().meta({ description: 'Empty while the line is healthy' }),
  failing_since: z.string().optional().meta({ description: 'Only while the line is not healthy' }),
});

const healthAnswer = z.object({ data: z.array(lineSchema) });

export interface ProviderHealthServices {
  lines: ProviderLines;
  routing: ProviderRouting;
  limits: Limits;
}

export async function providerHealthRoute(app: FastifyInstance, { lines, routing, limits }: ProviderHealthServices): Promise<void> {
  app.setErrorHandler(errorHandler(v1Dialect));
  // Its preflight answers reach as far as its prefix: it needs one of its own.
  await app.register(cors, { origin: '*', methods: ['GET'], strictPreflight: false, maxAge: 86_400 });

  app.get(
    '',
    {
      config: limits('publicRead'),
      schema: {
        summary: 'Check the health of every provider line',
        description:
          'Every network of each configured provider and of the sandbox, which carries all test payments. Where ioTec is not configured its name ' +
          'is the sandbox’s in Uganda, because only test payments can use it. While a line is unhealthy, collect and disburse answer 503 PROVIDER_LINE_DOWN.',
        tags: ['Providers'],
        response: { 200: healthAnswer, ...errorAnswers },
      },
    },
    async (_request, reply) => {
      reply.header('Cache-Control', 'no-store');
      const states = await lines.states();
      return { data: routing.lines().map((line) => lineResource(line, states.of({ ...line, provider: line.carrier.slug }))) };
    },
  );
}

function lineResource({ slug, network, currency }: NamedLine, { status, failingSince, lastCheckAt }: LineState): z.infer<typeof lineSchema> {
  const isHealthy = status === 'up';
  return {
    provider_slug: slug,
    vendor: network,
    currency,
    is_healthy: isHealthy,
    last_check_at: lastCheckAt === null ? null : isoTime(lastCheckAt),
    last_error: isHealthy ? '' : PUBLIC_ERROR,
    ...(failingSince === null ? {} : { failing_since: isoTime(failingSince) }),
  };
}
