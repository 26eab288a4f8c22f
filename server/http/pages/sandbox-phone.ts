/** `/sandbox/phone`: a handset for trying payments by hand. Any page may frame it; it only ever moves sandbox money. */
import { readFile } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import type { SandboxPhone } from '../../providers/sandbox/phone.ts';
import { errorHandler, v1Dialect } from '../errors.ts';
import type { Limits } from '../rate-limits.ts';
import { optionalText } from '../validation.ts';

const ASSETS = new URL('./assets/', import.meta.url);
const PAGE_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'";

const promptsQuery = z.object({ reference: z.string().optional(), phone: z.string().optional() });
const promptParams = z.object({ reference: z.string() });
const actBody = z.object({
  action: z.enum(['hold', 'approve', 'decline', 'ignore'], 'must be hold, approve, decline or ignore'),
  pin: optionalText(16),
});

export async function sandboxPhoneRoutes(app: FastifyInstance, { phone, limits }: { phone: SandboxPhone; limits: Limits }): Promise<void> {
  app.setErrorHandler(errorHandler(v1Dialect));
  const page = await readFile(new URL('sandbox-phone.html', ASSETS), 'utf8');

  app.get('/sandbox/phone', { schema: { hide: true } }, async (_request, reply) =>
    reply.header('Content-Security-Policy', PAGE_POLICY).header('Cache-Control', 'no-cache').type('text/html; charset=utf-8').send(page),
  );

  app.get<{ Querystring: z.infer<typeof promptsQuery> }>(
    '/sandbox/phone/prompts',
    { config: limits('publicRead'), schema: { hide: true, querystring: promptsQuery } },
    async (request) => ({ data: await phone.prompts(request.query) }),
  );

  app.post<{ Params: z.infer<typeof promptParams>; Body: z.infer<typeof actBody> }>(
    '/sandbox/phone/prompts/:reference',
    { config: limits('publicRead'), schema: { hide: true, params: promptParams, body: actBody } },
    async (request) => ({ data: await phone.act(request.params.reference, request.body.action, request.body.pin ?? undefined) }),
  );
}
