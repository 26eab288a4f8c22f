/** A simulator behind a real HTTP server on this machine, with its faults played on real connections. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { FaultyLine } from './faults.ts';
import type { SimulatedRequest, Simulator } from './simulator.ts';

export interface HttpSimulator {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly line: FaultyLine;
  close(): Promise<void>;
}

export async function overHttp(simulator: Simulator, { port = 0 }: { port?: number } = {}): Promise<HttpSimulator> {
  const line = new FaultyLine(simulator);
  const server = http.createServer((request, response) => {
    void simulatedRequest(request).then((asked) => {
      const fate = line.meet(asked);
      switch (fate.kind) {
        case 'silence':
          if (fate.later !== undefined) setTimeout(fate.later.arrive, fate.later.afterMs).unref();
          return;
        case 'reset':
          request.socket.resetAndDestroy();
          return;
        case 'answer': {
          const { status, headers, body } = fate.answer;
          setTimeout(() => response.writeHead(status, headers).end(body), fate.afterMs);
          return;
        }
        default:
          fate satisfies never;
      }
    });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    line,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function simulatedRequest(request: http.IncomingMessage): Promise<SimulatedRequest> {
  const url = new URL(request.url ?? '/', 'http://simulator');
  return {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers as SimulatedRequest['headers'],
    body: await text(request),
  };
}
