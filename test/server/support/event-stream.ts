import { type IncomingHttpHeaders, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { TestMalipo } from './build-malipo.ts';
import { until } from './until.ts';

export interface StreamEvent {
  id?: string;
  event?: string;
  data?: Record<string, unknown>;
}

export interface EventStream {
  status: number;
  headers: IncomingHttpHeaders;
  /** Everything that has arrived, as text. */
  text(): string;
  /** The events that have arrived; `retry:` lines and comments are not events. */
  events(): StreamEvent[];
  /** The events, once there are this many. */
  next(count: number): Promise<StreamEvent[]>;
  ended(): boolean;
  close(): void;
}

/** Listens on a free port of this machine and answers the address. */
export async function listening(malipo: TestMalipo): Promise<string> {
  await malipo.app.listen({ port: 0, host: '127.0.0.1' });
  return `http://127.0.0.1:${(malipo.app.server.address() as AddressInfo).port}`;
}

/** The same for a server of a test's own, closed when that has finished. */
export async function listeningServer(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  onTestFinished(() => server.closeAllConnections());
  onTestFinished(() => void server.close());
  await until(() => server.listening);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Opens a status stream on a real socket. */
export async function openStream(address: string, reference: string, headers: Record<string, string> = {}): Promise<EventStream> {
  const sent = request(`${address}/api/store/status/${reference}`, { agent: false, headers: { accept: 'text/event-stream', ...headers } });
  sent.end();
  onTestFinished(() => void sent.destroy());
  const response = await new Promise<IncomingMessage>((resolve, reject) => sent.on('response', resolve).on('error', reject));
  let text = '';
  let ended = false;
  response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  response.on('end', () => (ended = true)).on('error', () => undefined);
  const events = () =>
    text
      .split('\n\n')
      .slice(0, -1)
      .map(parse)
      .filter((event) => event.data !== undefined);
  return {
    status: response.statusCode!,
    headers: response.headers,
    text: () => text,
    events,
    next: async (count) => {
      await until(() => events().length >= count);
      return events();
    },
    ended: () => ended,
    close: () => void sent.destroy(),
  };
}

function parse(block: string): StreamEvent {
  const event: StreamEvent = {};
  for (const line of block.split('\n')) {
    const [field, value] = [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()];
    if (field === 'data') event.data = JSON.parse(value) as Record<string, unknown>;
    else if (field === 'id' || field === 'event') event[field] = value;
  }
  return event;
}
