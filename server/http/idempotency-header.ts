import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Mode } from '../core/mode.ts';
import { hashRequest, type IdempotencyScope, readIdempotencyKey } from '../payments/idempotency.ts';
import type { Answered } from '../payments/once-only.ts';

/** The scope of a request's Idempotency-Key, or undefined when it has none. A surface that takes the key in the body says so. */
export function idempotencyOf(
  request: FastifyRequest,
  appId: number,
  mode: Mode,
  inBody: { key?: string | null | undefined; body: unknown } = { body: request.body },
): IdempotencyScope | undefined {
  const key = readIdempotencyKey(request.headers['idempotency-key'] ?? inBody.key ?? undefined);
  if (key === undefined) return undefined;
  const path = request.url.split('?', 1)[0]!;
  return { appId, mode, method: request.method, path, key, requestHash: hashRequest(inBody.body) };
}

/** Sends the answer, saying so when it is an earlier request's. */
export function sendAnswer(reply: FastifyReply, { answer, replayed }: Pick<Answered, 'answer' | 'replayed'>): FastifyReply {
  if (replayed) reply.header('Idempotent-Replayed', 'true');
  return reply.status(answer.status).send(answer.body);
}
