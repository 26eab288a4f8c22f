/** What is no HTTP reaches no route: it is answered on the bare socket, in JSON like everything else. */
import type { Socket } from 'node:net';
import { ApiError } from '../core/errors.ts';
import { http } from '../core/node-http.ts';
import { v1Dialect } from './errors.ts';

/** Node's codes for them; anything else is 400. */
const REFUSALS: Readonly<Record<string, [status: number, message: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request took too long to arrive'],
  HPE_HEADER_OVERFLOW: [431, 'The request’s headers are too large'],
};

export function answerMalformedRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const [status, message] = REFUSALS[error.code ?? ''] ?? [400, 'The request is not valid HTTP'];
  const body = JSON.stringify(v1Dialect(new ApiError('VALIDATION_ERROR', message)).body);
  const head = [
    `HTTP/1.1 ${status} ${http.STATUS_CODES[status]}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  if (socket.writable) socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  else socket.destroy();
}
