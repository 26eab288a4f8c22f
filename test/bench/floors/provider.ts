/**
 * Two providers that cost next to nothing: ioTec, where every customer pays at once, and Relworx (below /hang), which
 * takes every request and answers none. GET / tells how many requests Relworx holds.
 */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { AMOUNT } from '../payments.ts';

/** Five hundred requests that come at once must not crowd out the provider that is well. */
const BACKLOG = 4_096;

let held = 0;

const server = http.createServer((request, response) => {
  const path = request.url!;
  if (path === '/') {
    response.end(JSON.stringify({ held }));
  } else if (path.startsWith('/hang')) {
    held++;
    request.resume();
    response.on('close', () => held--);
  } else {
    void text(request).then((body) => response.end(JSON.stringify(answer(path, body))));
  }
});
server.listen({ port: 0, host: '127.0.0.1', backlog: BACKLOG }, () => {
  console.log(`The providers are running at http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.on('SIGTERM', () => process.exit(0));

function answer(path: string, body: string): object {
  if (path === '/connect/token') return { access_token: 'a token', expires_in: 3_600 };
  if (path === '/api/collections/collect') return movement((JSON.parse(body) as { externalId: string }).externalId, 'Pending');
  return movement(path.slice(path.lastIndexOf('/') + 1), 'Success');
}

/** Known by our own reference, so that nothing has to be remembered. */
function movement(reference: string, status: string): object {
  const now = new Date().toISOString();
  return { id: reference, externalId: reference, status, amount: AMOUNT, currency: 'UGX', createdAt: now, lastUpdated: now, processedAt: now };
}
