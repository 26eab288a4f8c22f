import type { Socket } from 'node:net';
import type pg from 'pg';

/**
 * What is asked of a connection in one turn of the event loop goes out in one packet. Each packet is a system call for
 * us and one for the server: of what collecting and settling a payment took this process, nearly half was sending them
 * (2026-11). The stream is pg's own, which its types do not name.
 */
export function sendTogether(client: pg.PoolClient): void {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  if (stream.writableCorked > 0) return;
  stream.cork();
  // After the promises that are settled in this turn: whoever continues there may have more to ask.
  process.nextTick(() => stream.uncork());
}
