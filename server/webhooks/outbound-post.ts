/**
 * One POST to a stranger's server: only to addresses the guard lets through, no redirects, a limit on time and on
 * what is read. Both http and https are called; which of them is worth trusting is the merchant's choice, and
 * the signature protects what is said over either.
 */
import type { ClientRequest, IncomingMessage } from 'node:http';
import { type Clock, SECOND_MS } from '../core/clock.ts';
import { http, https } from '../core/node-http.ts';
import type { AddressGuard } from './address-guard.ts';

/** For everything together: name, connection, TLS, and the answer. */
const DEADLINE_MS = 15 * SECOND_MS;

/** What is read of an answer before hanging up; its status counts all the same. */
const READ_BYTES_MAX = 65_536;

/** What is kept of an answer for the log. */
const KEPT_BYTES_MAX = 2_048;

/** How long answers are waited for when the server stops. */
const LAST_ANSWERS_MS = 2 * SECOND_MS;

/** How long an idle connection is kept for the next delivery: shorter than the time after which servers close theirs. */
const IDLE_CONNECTION_MS = 4 * SECOND_MS;

export type PostOutcome =
  | { kind: 'answered'; status: number; body: string; retryAfter: string | null }
  /** There was no answer. */
  | { kind: 'failed'; error: string }
  /** We hung up ourselves, because the server stops. */
  | { kind: 'interrupted' };

export interface Post {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
}

export class OutboundPosts {
  readonly #clock: Clock;
  readonly #guard: AddressGuard;
  readonly #agents = {
    'http:': new http.Agent({ keepAlive: true, timeout: IDLE_CONNECTION_MS }),
    'https:': new https.Agent({ keepAlive: true, timeout: IDLE_CONNECTION_MS }),
  };
  readonly #interrupts = new Set<() => void>();
  #closed = false;

  constructor({ clock, guard }: { clock: Clock; guard: AddressGuard }) {
    this.#clock = clock;
    this.#guard = guard;
  }

  async post(post: Post): Promise<PostOutcome> {
    if (this.#closed) return { kind: 'interrupted' };
    try {
      const url = webAddress(post.url);
      this.#guard.checkLiteral(url.hostname);
      return await this.#send(url, post);
    } catch (error) {
      return { kind: 'failed', error: reasonOf(error) };
    }
  }

  /** Posts nothing more. Who is being told now may still answer for a moment, and is told again later otherwise. */
  close(): void {
    this.#closed = true;
    for (const agent of Object.values(this.#agents)) agent.maxFreeSockets = 0;
    if (this.#interrupts.size === 0) return;
    this.#clock.after(LAST_ANSWERS_MS, () => {
      for (const interrupt of this.#interrupts) interrupt();
    });
  }

  #send(url: URL, post: Post): Promise<PostOutcome> {
    return new Promise((resolve) => {
      let request: ClientRequest;
      let ended = false;
      const end = (outcome: PostOutcome, hangUp = true) => {
        if (ended) return;
        ended = true;
        cancelDeadline();
        this.#interrupts.delete(interrupt);
        if (hangUp) request.destroy();
        resolve(outcome);
      };
      const interrupt = () => end({ kind: 'interrupted' });
      const cancelDeadline = this.#clock.after(DEADLINE_MS, () => end({ kind: 'failed', error: `no answer within ${DEADLINE_MS / SECOND_MS} s` }));
      this.#interrupts.add(interrupt);

      const start = (onKeptConnection: boolean) => {
        request = this.#request(url, post, onKeptConnection);
        request.on('response', (response) => readAnswer(response, end));
        request.on('upgrade', () => end({ kind: 'failed', error: 'it answered 101 Switching Protocols' }));
        request.on('error', (error: NodeJS.ErrnoException) => {
          // The server closed a kept connection in the moment we used it again: that says nothing of the delivery.
          const wasStale = request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
          if (wasStale && !ended) start(false);
          else end({ kind: 'failed', error: reasonOf(error) });
        });
        request.end(post.body);
      };
      start(true);
    });
  }

  #request(url: URL, { headers, body }: Post, onKeptConnection: boolean): ClientRequest {
    const { protocol } = url as URL & { protocol: 'http:' | 'https:' };
    return (protocol === 'https:' ? https : http).request(url, {
      method: 'POST',
      agent: onKeptConnection ? this.#agents[protocol] : false,
      lookup: this.#guard.lookup,
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    });
  }
}

/** The answer counts from its status on; the body is only for the log. */
function readAnswer(response: IncomingMessage, end: (outcome: PostOutcome, hangUp: boolean) => void): void {
  const kept: Buffer[] = [];
  let bytes = 0;
  const done = (hangUp: boolean) => {
    const body = textOf(Buffer.concat(kept).subarray(0, KEPT_BYTES_MAX));
    end({ kind: 'answered', status: response.statusCode!, body, retryAfter: response.headers['retry-after'] ?? null }, hangUp);
  };
  response.on('data', (chunk: Buffer) => {
    if (bytes < KEPT_BYTES_MAX) kept.push(chunk);
    bytes += chunk.length;
    if (bytes > READ_BYTES_MAX) done(true);
  });
  response.on('end', () => done(false));
  response.on('error', () => done(true));
  response.on('close', () => done(true));
}

/** Text as a database can keep it: no half characters at the cut, no NUL. */
function textOf(bytes: Buffer): string {
  return new TextDecoder().decode(bytes, { stream: true }).replaceAll('\0', '');
}

function webAddress(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) throw new Error(`${text} is not an http:// or https:// address`);
  return url;
}

function reasonOf(error: unknown): string {
  // A host with several addresses fails with all their errors, and no message of its own.
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
