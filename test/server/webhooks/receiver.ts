/** A merchant's server on this machine, which hears webhooks and answers as the test tells it. */
import { once } from 'node:events';
import http, { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { until } from '../support/until.ts';

export interface Heard {
  headers: IncomingHttpHeaders;
  path: string;
  raw: string;
  body: Record<string, unknown>;
}

export type AnswerWith = (heard: Heard, response: ServerResponse, request: IncomingMessage) => void;

export interface Receiver {
  readonly url: string;
  readonly heard: Heard[];
  /** Connections that were opened to it. */
  readonly connections: () => number;
  answerWith(answer: AnswerWith): void;
  /** Waits until it has heard this many. */
  hears(count: number): Promise<Heard[]>;
}

export function status(code: number, headers: Record<string, string> = {}, body = ''): AnswerWith {
  return (_heard, response) => void response.writeHead(code, headers).end(body);
}

/** Takes the request and never answers. */
export const hang: AnswerWith = () => undefined;

/** A call that finds the queue full comes again only after a second. */
const CALLERS_AT_ONCE = 2_048;

/** Ends with the running test. */
export async function openReceiver(answer: AnswerWith = status(200)): Promise<Receiver> {
  const heard: Heard[] = [];
  let connections = 0;
  const server = http.createServer((request, response) => void hear(request, response));
  server.on('connection', () => connections++);
  server.listen({ port: 0, host: '127.0.0.1', backlog: CALLERS_AT_ONCE });
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });

  async function hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = await text(request);
    const one = { headers: request.headers, path: request.url!, raw, body: JSON.parse(raw) as Record<string, unknown> };
    heard.push(one);
    answer(one, response, request);
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    heard,
    connections: () => connections,
    answerWith: (next) => (answer = next),
    async hears(count) {
      await until(() => heard.length >= count);
      return heard;
    },
  };
}
