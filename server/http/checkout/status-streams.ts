/**
 * The status resource as a stream of server-sent events: each a full snapshot with a rising id, so that a lost
 * one does no harm; a heartbeat that EventSource can hear, for its watchdog; ended after a terminal status.
 *
 * A snapshot is printed once, however many watch the payment. There is one timer for all streams.
 */
import type { ServerResponse } from 'node:http';
import { type Clock, SECOND_MS } from '../../core/clock.ts';
import { ApiError } from '../../core/errors.ts';
import type { StatusHub } from '../../events/status-hub.ts';
import type { Payment } from '../../payments/payment.ts';
import { EventReader } from './event-reader.ts';

/** Well below the 30 to 60 s after which proxies and carriers cut a silent connection. */
const HEARTBEAT_MS = 15 * SECOND_MS;

/** What a browser waits before it reconnects by itself: each another time, so that not all come at once to a server that has just started. */
const RECONNECT_MS = 1_500;
const RECONNECT_SPREAD_MS = 3_000;

/**
 * Streams open at once. From one address: a carrier puts thousands of its phones behind one, of which each pays for a
 * minute or two; who is refused here polls instead. In all: at about 15 kB each they take less than a gigabyte, and a
 * process that may open the usual 65,536 files keeps some for everything else.
 */
const STREAMS_PER_ADDRESS = 1_000;
const STREAMS_MAX = 50_000;

/** When it is worth trying again, in seconds: payments that others watch end all the time. */
const RETRY_AFTER = 10;

/** In small letters, as Fastify keeps those of the answer, whose place they take: written otherwise they would be sent beside them. */
const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  // nginx would otherwise collect events until its buffer is full.
  'x-accel-buffering': 'no',
};

const HEARTBEAT = Buffer.from('event: heartbeat\ndata: {}\n\n');

export interface WatchedPayment {
  reference: string;
  /** The address that watches. */
  address: string;
  /** Called after subscribing, so that no change falls between. */
  read: () => Promise<Payment>;
  /** Prints a snapshot as JSON text. */
  show: (payment: Payment) => string;
}

/** A snapshot as it is sent. */
interface Frame {
  version: number;
  isLast: boolean;
  bytes: Buffer;
}

/** A payment that somebody watches. */
interface Watch {
  readers: Map<EventReader, number>;
  /** The newest snapshot that was printed. */
  frame: Frame | null;
  show: WatchedPayment['show'];
  unsubscribe: () => void;
}

export class StatusStreams {
  readonly #hub: StatusHub<Payment>;
  readonly #clock: Clock;
  readonly #perAddress: number;
  readonly #watches = new Map<string, Watch>();
  readonly #readers = new Set<EventReader>();
  readonly #addresses = new Map<string, number>();
  #cancelHeartbeat: (() => void) | null = null;
  #closing = false;

  /** `limitFactor` multiplies what one address may open; 0 is no limit. */
  constructor({ hub, clock, limitFactor = 1 }: { hub: StatusHub<Payment>; clock: Clock; limitFactor?: number }) {
    this.#hub = hub;
    this.#clock = clock;
    this.#perAddress = limitFactor === 0 ? Infinity : Math.max(1, Math.round(STREAMS_PER_ADDRESS * limitFactor));
  }

  get open(): number {
    return this.#readers.size;
  }

  /** Throws RATE_LIMIT or UNAVAILABLE where there is no room for another stream: call before the answer has begun. */
  admit(address: string): void {
    if (this.#readers.size >= STREAMS_MAX) throw new ApiError('UNAVAILABLE', 'Too many streams are open; ask again instead', { retryAfter: RETRY_AFTER });
    if ((this.#addresses.get(address) ?? 0) < this.#perAddress) return;
    throw new ApiError('RATE_LIMIT', 'Too many streams are open from this address; ask again instead', { retryAfter: RETRY_AFTER });
  }

  /** Streams one payment until it has ended or the reader has gone. */
  async stream(response: ServerResponse, headers: Record<string, string | string[] | number | undefined>, watched: WatchedPayment): Promise<void> {
    // Left, or answered with something else, while this was looked up: no event would ever end it.
    if (response.closed || response.writableEnded) return;
    const reader = new EventReader(response);
    const watch = this.#begin(reader, watched);
    response.on('close', () => this.#forget(reader, watched));
    response.writeHead(200, { ...headers, ...HEADERS });
    response.write(retry());
    this.#beat();
    try {
      this.#tell(reader, watch, frameOf(watch, await watched.read()));
      if (this.#closing) reader.end(retry());
    } catch (error) {
      reader.cut();
      throw error;
    }
  }

  /** Ends every stream, telling browsers to come back: to the next server, or to this one restarted. */
  closeAll(): void {
    this.#closing = true;
    for (const reader of this.#readers) reader.end(retry());
    this.#cancelHeartbeat?.();
  }

  #begin(reader: EventReader, { reference, address, show }: WatchedPayment): Watch {
    const watch = this.#watches.get(reference) ?? this.#watch(reference, show);
    watch.readers.set(reader, 0);
    this.#readers.add(reader);
    this.#addresses.set(address, (this.#addresses.get(address) ?? 0) + 1);
    return watch;
  }

  #watch(reference: string, show: WatchedPayment['show']): Watch {
    const unsubscribe = this.#hub.subscribe(reference, (payment) => {
      const frame = frameOf(watch, payment);
      for (const reader of [...watch.readers.keys()]) this.#tell(reader, watch, frame);
    });
    const watch: Watch = { readers: new Map(), frame: null, show, unsubscribe };
    this.#watches.set(reference, watch);
    return watch;
  }

  /** What a reader has been told, or what is older, it is not told again. */
  #tell(reader: EventReader, watch: Watch, { version, isLast, bytes }: Frame): void {
    const told = watch.readers.get(reader);
    if (told === undefined || told >= version) return;
    watch.readers.set(reader, version);
    if (isLast) reader.end(bytes);
    else reader.snapshot(bytes);
  }

  /** One timer for all streams, running while there are any. */
  #beat(): void {
    this.#cancelHeartbeat ??= this.#clock.after(HEARTBEAT_MS, () => {
      this.#cancelHeartbeat = null;
      for (const reader of this.#readers) reader.beat(HEARTBEAT);
      if (this.#readers.size > 0) this.#beat();
    });
  }

  #forget(reader: EventReader, { reference, address }: WatchedPayment): void {
    if (!this.#readers.delete(reader)) return;
    const left = this.#addresses.get(address)! - 1;
    if (left === 0) this.#addresses.delete(address);
    else this.#addresses.set(address, left);
    const watch = this.#watches.get(reference)!;
    watch.readers.delete(reader);
    if (watch.readers.size > 0) return;
    watch.unsubscribe();
    this.#watches.delete(reference);
  }
}

/** The newest of what was printed and what is told: printed only when it is news. */
function frameOf(watch: Watch, payment: Payment): Frame {
  if (watch.frame === null || payment.version > watch.frame.version) {
    const { version, status } = payment;
    watch.frame = { version, isLast: status !== 'pending', bytes: Buffer.from(`id: ${version}\ndata: ${watch.show(payment)}\n\n`) };
  }
  return watch.frame;
}

function retry(): Buffer {
  return Buffer.from(`retry: ${Math.round(RECONNECT_MS + Math.random() * RECONNECT_SPREAD_MS)}\n\n`);
}
