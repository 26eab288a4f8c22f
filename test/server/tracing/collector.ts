/** A collector as OpenTelemetry's protocol describes it (OTLP/HTTP, JSON): takes spans, and keeps what it was sent. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

type Value = { stringValue?: string; intValue?: number | string; doubleValue?: number };

interface WireSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: { key: string; value: Value }[];
  status: { code?: number };
}

interface Export {
  resourceSpans: { resource: { attributes: { key: string; value: Value }[] }; scopeSpans: { spans: WireSpan[] }[] }[];
}

export interface CollectedSpan extends Omit<WireSpan, 'attributes'> {
  attributes: Record<string, string | number>;
  service: Record<string, string | number>;
}

const plain = (attributes: { key: string; value: Value }[]) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue ?? value.doubleValue)]));

export interface Collector {
  /** As OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly url: string;
  /** What was sent, word by word. */
  readonly bodies: string[];
  readonly requests: { url: string; headers: IncomingHttpHeaders }[];
  spans(): CollectedSpan[];
}

/** @param answers whether it answers at all */
export async function openCollector({ answers = true } = {}): Promise<Collector> {
  const bodies: string[] = [];
  const requests: Collector['requests'] = [];
  const server = createServer((request, response) => {
    requests.push({ url: `${request.method} ${request.url}`, headers: request.headers });
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      bodies.push(body);
      if (answers) response.writeHead(200, { 'content-type': 'application/json' }).end('{"partialSuccess":{}}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    requests,
    spans: () =>
      bodies.flatMap((body) =>
        (JSON.parse(body) as Export).resourceSpans.flatMap(({ resource, scopeSpans }) =>
          scopeSpans.flatMap(({ spans }) => spans.map((span) => ({ ...span, attributes: plain(span.attributes), service: plain(resource.attributes) }))),
        ),
      ),
  };
}
