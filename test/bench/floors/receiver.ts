/**
 * A merchant's server that accepts every webhook at once, except at /hang, where it never answers. GET / tells what it
 * has heard: how many different events, and in how many milliseconds the second half of `?of=` expected ones came.
 */
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** A hundred shops that begin to hang together must not crowd out the one that is measured. */
const BACKLOG = 4_096;

const ids = new Set<string>();
const heardAt: number[] = [];

const server = http.createServer((request, response) => {
  if (request.method === 'GET') {
    const of = Number(new URL(request.url!, 'http://localhost').searchParams.get('of'));
    const done = heardAt.length >= of;
    response.end(JSON.stringify({ heard: ids.size, calls: heardAt.length, secondHalfMs: done ? heardAt[of - 1]! - heardAt[of >> 1]! : null }));
    return;
  }
  request.resume().on('end', () => {
    if (request.url!.startsWith('/hang')) return;
    ids.add(request.headers['webhook-id'] as string);
    heardAt.push(performance.now());
    response.end();
  });
});
server.listen({ port: 0, host: '127.0.0.1', backlog: BACKLOG }, () => {
  console.log(`The receiver is running at http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.on('SIGTERM', () => process.exit(0));
