/**
 * Traces for OpenTelemetry, sent to a collector as OTLP over HTTP, in JSON. Loaded only where the environment names a
 * collector. What a trace says: which route, which provider and operation, which kind of job, how it went and how long
 * it took. What it never says: numbers, keys, references, bodies, addresses of callers.
 *
 * Spans are handed to the exporter in the background, some thousands at most: while no collector takes them they are
 * dropped, and nobody waits.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { type Context, defaultTextMapGetter, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { setGlobalErrorHandler, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { AlwaysOffSampler, AlwaysOnSampler, BatchSpanProcessor, ParentBasedSampler, type Sampler, TraceIdRatioBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import type { TracingConfig } from '../config.ts';
import { SECOND_MS } from '../core/clock.ts';
import { redacted } from '../core/redaction.ts';
import { committed } from '../core/signals.ts';
import { traceWith } from '../core/tracing.ts';
import type { RequestTracer } from '../http/trace-requests.ts';
import { VERSION } from '../version.ts';

/** How long a server that stops waits for the collector to take the last spans. */
const FLUSH_PATIENCE_MS = 5 * SECOND_MS;

export interface Tracing extends RequestTracer {
  /** Sends what is left, if the collector takes it in time. */
  stop(): Promise<void>;
}

/** The names of `OTEL_TRACES_SAMPLER`, of which the SDK leaves the reading to whoever uses it. */
function samplerOf({ sampler, ratio }: TracingConfig): Sampler {
  const name = sampler.replace('parentbased_', '');
  const root = name === 'always_off' ? new AlwaysOffSampler() : name === 'traceidratio' ? new TraceIdRatioBasedSampler(ratio) : new AlwaysOnSampler();
  return sampler.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root;
}

/**
 * Starts to trace this process. Where the collector is, its headers and the service's name the libraries read of the
 * environment. That it cannot be reached is said once.
 */
export function startTracing(config: TracingConfig, say: (line: string) => void): Tracing {
  sayTroubleOnce(say);
  const processor = new BatchSpanProcessor({ exporter: new OTLPTraceExporter(), scheduledDelayMillis: config.sendEveryMs });
  const self = resourceFromAttributes({ 'service.name': 'malipo', 'service.version': VERSION, 'service.instance.id': randomUUID() });
  const resource = defaultResource().merge(self).merge(detectResources({ detectors: [envDetector] }));
  const provider = new TracerProvider({ resource, sampler: samplerOf(config), spanProcessors: [processor] });
  const tracer = provider.getTracer('malipo', VERSION);
  const propagator = new W3CTraceContextPropagator();
  const current = new AsyncLocalStorage<Context>();

  traceWith({
    async follow(stretch, work, endingOf) {
      const parent = stretch.kind === 'own' ? ROOT_CONTEXT : (current.getStore() ?? ROOT_CONTEXT);
      const kind = stretch.kind === 'own' ? SpanKind.INTERNAL : SpanKind.CLIENT;
      const span = tracer.startSpan(stretch.name, { kind, attributes: { ...stretch.attributes } }, parent);
      const answer = await current.run(trace.setSpan(parent, span), work);
      const { outcome, isTrouble } = endingOf(answer);
      span.setAttribute('malipo.outcome', outcome);
      end(span, isTrouble);
      return answer;
    },
  });
  committed.listen(({ commands, ms }) => {
    const startTime = Date.now() - ms;
    tracer.startSpan('commit', { startTime, attributes: { 'malipo.commit.commands': commands } }, ROOT_CONTEXT).end();
  });

  return {
    begin: ({ method, headers, id }) => {
      const parent = propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
      const span = tracer.startSpan(method, { kind: SpanKind.SERVER, attributes: { 'http.request.method': method, 'malipo.request_id': redacted(id) } }, parent);
      return {
        run: (next) => current.run(trace.setSpan(parent, span), next),
        end: ({ route, status }) => {
          if (route !== undefined) span.updateName(`${method} ${route}`).setAttribute('http.route', route);
          span.setAttribute('http.response.status_code', status);
          end(span, status >= 500);
        },
      };
    },
    stop: async () => {
      const patience = new Promise<void>((resolve) => setTimeout(resolve, FLUSH_PATIENCE_MS).unref());
      await Promise.race([provider.shutdown().catch(() => undefined), patience]);
    },
  };
}

function end(span: Span, isTrouble: boolean): void {
  if (isTrouble) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

/** A collector that is away is worth a line, and not one every few seconds. */
function sayTroubleOnce(say: (line: string) => void): void {
  let said = false;
  setGlobalErrorHandler((error) => {
    if (said) return;
    said = true;
    say(`malipo: traces do not reach the collector: ${error instanceof Error ? error.message : String(error)}`);
  });
}
