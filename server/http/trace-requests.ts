/** A request as a stretch of a trace: from its first hook to the end of its answer, and whatever it causes inside it. */
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { surfaceOf } from './metrics/surfaces.ts';

export interface RequestTracer {
  begin(request: { method: string; headers: IncomingHttpHeaders; id: string }): RequestTrace;
}

export interface RequestTrace {
  /** Runs what comes next as a part of it. */
  run(next: () => void): void;
  /** `route` is the pattern, `/v1/payments/transactions/:reference`; absent where none was met. */
  end(answer: { method: string; route: string | undefined; status: number }): void;
}

/** Call before any surface is registered. Probes and scrapes are left out: they come every few seconds and tell nothing. */
export function traceRequests(app: FastifyInstance, tracer: RequestTracer): void {
  const traces = new WeakMap<FastifyRequest, RequestTrace>();
  app.addHook('onRequest', (request, _reply, done) => {
    if (surfaceOf(request.routeOptions.url) !== 'health') traces.set(request, tracer.begin(request));
    done();
  });
  // Here and not before: reading the body leaves whatever surrounds it.
  app.addHook('preValidation', (request, _reply, done) => {
    const trace = traces.get(request);
    if (trace === undefined) done();
    else trace.run(done);
  });
  app.addHook('onResponse', (request, reply, done) => {
    traces.get(request)?.end({ method: request.method, route: request.routeOptions.url, status: reply.statusCode });
    done();
  });
}
