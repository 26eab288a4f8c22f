/**
 * The demo merchant's site: static pages that name their Malipo server as `http://localhost:3000`, as a customer's
 * pages would name theirs; served with that address put right, at `/demo/` and on a second port as another origin.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError } from '../../core/errors.ts';
import { STRIPE } from '../stripe-hosts.ts';

const FOLDER = fileURLToPath(new URL('../../../demo/', import.meta.url));
const WRITTEN_ADDRESS = 'http://localhost:3000';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The files of the demo, by path below the folder, text as written. */
function readSite(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const entry of readdirSync(FOLDER, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || TYPES[extname(entry.name)] === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(path.slice(FOLDER.length).replaceAll('\\', '/'), readFileSync(path, 'utf8'));
  }
  return files;
}

export interface DemoSite {
  malipoUrl: (request: FastifyRequest) => string;
  /** Whether cards are taken by Stripe here, and not by the sandbox. */
  takesStripe: boolean;
}

export async function demoSiteRoutes(app: FastifyInstance, { malipoUrl, takesStripe }: DemoSite): Promise<void> {
  const files = readSite();
  app.get('/*', { schema: { hide: true } }, async (request, reply) => {
    const path = (request.params as { '*': string })['*'] || 'index.html';
    const text = files.get(path);
    if (text === undefined) throw new ApiError('NOT_FOUND', 'There is no such page');
    const malipo = malipoUrl(request);
    return reply
      .header('Content-Security-Policy', policy(malipo, takesStripe))
      // The cover pictures are shown by the widget on other origins too.
      .header('Cross-Origin-Resource-Policy', 'cross-origin')
      .header('Cache-Control', 'no-cache')
      .type(TYPES[extname(path)]!)
      .send(text.replaceAll(WRITTEN_ADDRESS, malipo));
  });
}

/** As strict as a careful merchant's: the demo proves that the widget lives under it. */
function policy(malipo: string, takesStripe: boolean): string {
  const [script, api, frames] = takesStripe ? [` ${STRIPE.script}`, ` ${STRIPE.api}`, ` ${STRIPE.script} ${STRIPE.hooks}`] : ['', '', ''];
  return [
    "default-src 'none'",
    `script-src 'self' ${malipo}${script}`,
    "style-src 'self'",
    `img-src 'self' data: ${malipo}`,
    `connect-src 'self' ${malipo}${api}`,
    `frame-src ${malipo}${frames}`,
    "base-uri 'none'",
    "form-action 'self'",
  ].join('; ');
}
