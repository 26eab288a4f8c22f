/**
 * The status resource as a stream of server-sent events: each a full snapshot with a rising id, so that a lost
 * one does no harm; a heartbeat that EventSource can hear, for its watchdog; ended after a terminal status.
 */
import type { ServerResponse } from 'node:http';
import { type Clock, SECOND_MS } from '../../core/clock.ts';
import type { StatusHub } from '../../events/status-hub.ts';
import type { Payment } from '../../payments/payment.ts';

/** Well below the 30 to 60 s after which proxies and carriers cut a silent connection. */
const HEARTBEAT_MS = 15 * SECOND_MS;

/** What a browser waits before it reconnects by itself. */
const RECONNECT_MS = 2 * SECOND_MS;

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-cache, no-transform',
  // nginx would otherwise collect events until its buffer is full.
  'X-Accel-Buffering': 'no',
};

export class StatusStreams {
  readonly #hub: StatusHub<Payment>;
  readonly #clock: Clock;
  readonly #open = new Map<ServerResponse, () => void>();
  #cancelHeartbeat: (() => void) | null = null;
  #closing = false;

  constructor({ hub, clock }: { hub: StatusHub<Payment>; clock: Clock }) {
    this.#hub = hub;
    this.#clock = clock;
  }

  /**
   * Streams one payment. `read` is called after subscribing, so that no change falls between; `show` prints a
   * snapshot as JSON text.
   */
  async stream(
    response: ServerResponse,
    headers: Record<string, string | string[] | number | undefined>,
    { reference, read, show }: { reference: string; read: () => Promise<Payment>; show: (payment: Payment) => string },
  ): Promise<void> {
    let lastVersion = 0;
    const send = (payment: Payment) => {
      if (payment.version <= lastVersion || response.writableEnded) return;
      lastVersion = payment.version;
      response.write(`id: ${payment.version}\ndata: ${show(payment)}\n\n`);
      if (payment.status !== 'pending') this.#end(response);
    };
    const unsubscribe = this.#hub.subscribe(reference, send);
    this.#open.set(response, unsubscribe);
    response.on('close', () => this.#forget(response));
    response.writeHead(200, { ...headers, ...HEADERS });
    response.write(`retry: ${RECONNECT_MS}\n\n`);
    this.#beat();
    try {
      send(await read());
      if (this.#closing) this.#end(response);
    } catch (error) {
      this.#end(response);
      throw error;
    }
  }

  /** Ends every stream, telling browsers to come back: to the next server, or to this one restarted. */
  closeAll(): void {
    this.#closing = true;
    for (const response of [...this.#open.keys()]) this.#end(response);
    this.#cancelHeartbeat?.();
  }

  get open(): number {
    return this.#open.size;
  }

  /** One timer for all streams, running while there are any. */
  #beat(): void {
    this.#cancelHeartbeat ??= this.#clock.after(HEARTBEAT_MS, () => {
      this.#cancelHeartbeat = null;
      for (const response of this.#open.keys()) response.write('event: heartbeat\ndata: {}\n\n');
      if (this.#open.size > 0) this.#beat();
    });
  }

  #end(response: ServerResponse): void {
    this.#forget(response);
    response.end();
  }

  #forget(response: ServerResponse): void {
    this.#open.get(response)?.();
    this.#open.delete(response);
  }
}
