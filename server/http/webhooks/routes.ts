/**
 * Where providers call us back. The raw body is what they signed, so it is taken as text. There is no rate limit: all
 * of a provider's callbacks come from a few addresses, and a busy minute must not cost one. What floods in unsigned
 * costs a signature check and is not written; the same callback over and over is one row, and so is whatever is said of
 * one payment where the provider signs nothing.
 */
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { ApiError } from '../../core/errors.ts';
import { StoreUnavailableError } from '../../db/store.ts';
import type { InboundCallbacks } from '../../webhooks/inbound.ts';
import { errorHandler, v1Dialect } from '../errors.ts';
import { errorAnswers } from '../v1/schemas.ts';

/** Seconds after which a provider should call again when we could not store its callback. */
const RETRY_AFTER = 30;

const params = z.object({ provider: z.string() });
const receivedAnswer = z.object({ received: z.literal(true) });

export async function providerWebhookRoutes(app: FastifyInstance, { inbound }: { inbound: InboundCallbacks }): Promise<void> {
  app.setErrorHandler(errorHandler(v1Dialect));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));

  app.post<{ Params: z.infer<typeof params>; Body: string | undefined }>(
    '/:provider',
    {
      schema: { summary: 'Receive a provider’s callback', tags: ['Providers'], params, response: { 200: receivedAnswer, ...errorAnswers } },
    },
    async (request) => {
      try {
        await inbound.receive(request.params.provider, request.headers, request.body ?? '');
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error;
        throw new ApiError('UNAVAILABLE', 'The callback could not be stored; call again', { retryAfter: RETRY_AFTER, cause: error });
      }
      return { received: true };
    },
  );
}
