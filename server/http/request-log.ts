/**
 * The log: a JSON object a line, on standard output, with the id of the request it is about (`reqId`). The same id is in the
 * answer's `X-Request-Id`; a proxy or client that names one keeps it, so that its log and ours can be laid side by side.
 */
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import { randomBase62 } from '../core/ids.ts';
import { redacted } from '../core/redaction.ts';

/** What is taken over from a request: enough for any tracing id, and nothing that could forge a line or a header. */
const REQUEST_ID = /^[\w.:-]{1,128}$/;

const REQUEST_ID_CHARS = 16;

export interface LogLines {
  write(line: string): void;
}

/** Fastify's options for a log of Malipo's own. */
export function logOptions(to: LogLines = process.stdout): FastifyServerOptions['logger'] {
  return { level: 'warn', stream: { write: (line: string) => void to.write(redacted(line)) } };
}

/** Fastify's options for request ids. */
export const requestIds = {
  requestIdHeader: false,
  genReqId: ({ headers }: IncomingMessage) => {
    const given = headers['x-request-id'];
    return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomBase62(REQUEST_ID_CHARS);
  },
} as const;

/** Call before any surface is registered. */
export function answerWithRequestId(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('X-Request-Id', request.id);
    done();
  });
}
