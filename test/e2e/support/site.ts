/** Another merchant's site, of an origin of its own: pages and scripts as a test writes them. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { onTestFinished } from 'vitest';

const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8' };

/** The address of a site with these files by path, until the running test ends. Every page is under the `policy`. */
export async function serveSite(files: Readonly<Record<string, string>>, policy = ''): Promise<string> {
  const server = createServer((request, response) => {
    const { pathname: path } = new URL(request.url ?? '', 'http://site');
    const text = files[path];
    // Browsers ask for it by themselves.
    if (text === undefined) return response.writeHead(path === '/favicon.ico' ? 204 : 404).end();
    response.writeHead(200, { 'content-type': TYPES[extname(path)]!, ...(policy === '' ? {} : { 'content-security-policy': policy }) });
    return response.end(text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}
