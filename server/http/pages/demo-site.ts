/**
 * The demo merchant's site: static pages that name their Malipo server as `http://localhost:3000`, as a customer's
 * pages would name theirs; served with that address put right, at `/demo/` and on a second port as another origin.
 */
import { fileURLToPath } from 'node:url';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError } from '../../core/errors.ts';
import { STRIPE } from '../stripe-hosts.ts';
import { textFiles } from './text-files.ts';

const FOLDER = fileURLToPath(new URL('../../../demo/', import.meta.url));
const WRITTEN_ADDRESS = 'http://localhost:3000';

export interface DemoSite {
  malipoUrl: (request: FastifyRequest) => string;
  /** Whether cards are taken by Stripe here, and not by the sandbox. */
  takesStripe: boolean;
}

export async function demoSiteRoutes(app: FastifyInstance, { malipoUrl, takesStripe }: DemoSite): Promise<void> {
  const files = textFiles(FOLDER);
  app.get('/*', { schema: { hide: true } }, async (request, reply) => {
    const path = (request.params as { '*': string })['*'] || 'index.html';
    const file = files.get(path);
    if (file === undefined) throw new ApiError('NOT_FOUND', 'There is no such page');
    const malipo = malipoUrl(request);
    return reply
      .header('Content-Security-Policy', policy(malipo, takesStripe))
      // The cover pictures are shown by the widget on other origins too.
      .header('Cross-Origin-Resource-Policy', 'cross-origin')
      .header('Cache-Control', 'no-cache')
      .type(file.type)
      .send(file.text.replaceAll(WRITTEN_ADDRESS, malipo));
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
