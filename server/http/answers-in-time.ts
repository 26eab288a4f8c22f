/**
 * Every request is answered in time, whatever keeps the answer waiting: a database that says nothing may do so for longer
 * than any client waits, statement after statement. What was asked goes on behind the answer; whoever asks again with the
 * same Idempotency-Key meets it there, and nothing is done twice.
 */
import type { FastifyInstance } from 'fastify';
import { SECOND_MS } from '../core/clock.ts';
import { ApiError } from '../core/errors.ts';
import { SUBMIT_DEADLINE_MS } from '../payments/provider-calls.ts';
import { RETRY_AFTER } from './errors.ts';

/** A second for everything but the provider. The shortest client time-out seen in the field is 15 s. */
export const ANSWER_WITHIN_MS = SUBMIT_DEADLINE_MS + SECOND_MS;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** In milliseconds, for a route that asks a provider more than once. */
    answerWithinMs?: number;
  }
}

/** By the time that passes for clients, not by a clock that is passed in: nothing of the business depends on it. */
export function answerInTime(app: FastifyInstance, { withinMs }: { withinMs: number }): void {
  app.addHook('onRequest', (request, reply, done) => {
    const timer = setTimeout(() => {
      // A body that is being sent, or a stream of events, takes as long as it takes.
      if (reply.sent || reply.raw.headersSent) return;
      void reply.send(new ApiError('UNAVAILABLE', 'No answer could be given in time; try again in a few seconds, with the same Idempotency-Key', { retryAfter: RETRY_AFTER }));
      // What the route answers later is nobody's, and no mistake of its own that Fastify would have to log.
      reply.hijack();
      reply.send = () => reply;
    }, request.routeOptions.config.answerWithinMs ?? withinMs).unref();
    reply.raw.once('close', () => clearTimeout(timer));
    done();
  });
}
