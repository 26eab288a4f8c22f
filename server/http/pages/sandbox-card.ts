/** `/sandbox/card/:reference`: where the widget's sandbox card form sends a test number. Any page may hold that form. */
import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import type { SandboxCard } from '../../providers/sandbox/card.ts';
import { errorHandler, v1Dialect } from '../errors.ts';
import type { Limits } from '../rate-limits.ts';

const params = z.object({ reference: z.string() });
const body = z.object({
  client_secret: z.string().max(200),
  number: z.string().max(40),
  challenge: z.enum(['passed', 'failed'], 'must be passed or failed').optional(),
});

export async function sandboxCardRoutes(app: FastifyInstance, { card, limits }: { card: SandboxCard; limits: Limits }): Promise<void> {
  app.setErrorHandler(errorHandler(v1Dialect));
  await app.register(cors, { origin: true, methods: ['POST'], allowedHeaders: ['Content-Type'], strictPreflight: false, maxAge: 86_400 });

  app.post<{ Params: z.infer<typeof params>; Body: z.infer<typeof body> }>(
    '/:reference',
    { config: limits('publicPay'), schema: { hide: true, params, body } },
    async ({ params: { reference }, body: { client_secret, number, challenge } }) => ({
      data: { result: await card.confirm(reference, { clientSecret: client_secret, number, challenge }) },
    }),
  );
}
