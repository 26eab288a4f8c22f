/**
 * `/docs`: the document as pages to read and try, by Swagger UI from this server's own files. The viewer is an
 * instance of its own, made when somebody first looks: it costs every start 20 ms otherwise.
 */
import swagger from '@fastify/swagger';
import Fastify, { type FastifyInstance } from 'fastify';
import { mount } from '../mount.ts';
import type { Document } from './document.ts';

const PATH = '/docs';

/** Swagger UI shows its own icons as `data:` images. Nothing inline, nothing from elsewhere. */
const POLICY = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' data:",
  'connect-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
};

const CONFIG = { deepLinking: true, docExpansion: 'list', defaultModelsExpandDepth: -1, displayRequestDuration: true, tryItOutEnabled: false, layout: 'BaseLayout' } as const;

/** Swagger UI's page leaves this out, and phones then show it as wide as a desk. */
const PHONE_SIZED = '<meta charset="UTF-8"><meta name="viewport" content="width=device-width, initial-scale=1">';

export async function docsViewer(app: FastifyInstance, { document }: { document: () => Promise<Document> }): Promise<void> {
  let viewer: Promise<FastifyInstance> | undefined;
  const open = () => (viewer ??= build(document));
  app.addHook('onClose', async () => (await viewer)?.close());
  await mount(app, PATH, open);
}

async function build(document: () => Promise<Document>): Promise<FastifyInstance> {
  const { default: swaggerUi } = await import('@fastify/swagger-ui');
  const viewer = Fastify();
  // Relative to the document's own address, so that it is right under any name and prefix.
  const shown = { ...(await document()), servers: [{ url: '..' }] };
  await viewer.register(swagger, { mode: 'static', specification: { document: shown as never } });
  viewer.addHook('onRequest', async (request, reply) => {
    reply.header('X-Content-Type-Options', 'nosniff').header('Referrer-Policy', 'no-referrer');
    // The page names its files relative to its address, which ends with a slash.
    if (request.url.split('?', 1)[0] === PATH) return reply.redirect('docs/', 308);
  });
  viewer.addHook('onSend', async (_request, _reply, payload) => (typeof payload === 'string' ? payload.replace('<meta charset="UTF-8">', PHONE_SIZED) : payload));
  await viewer.register(swaggerUi, {
    routePrefix: PATH,
    staticCSP: POLICY,
    uiConfig: CONFIG,
    theme: { title: 'Malipo: the API', css: [{ filename: 'malipo.css', content: STYLE }] },
  });
  await viewer.ready();
  return viewer;
}

/** Swagger UI's tables and long addresses are made for wide screens. */
const STYLE = `
body { margin: 0; }
.swagger-ui .info { margin: 24px 0; }
.swagger-ui .servers, .swagger-ui .servers-title, .swagger-ui .response-col_links { display: none; }
.swagger-ui .info hgroup.main { margin: 0; }
.swagger-ui .opblock .opblock-summary-path, .swagger-ui .opblock .opblock-summary-description { overflow-wrap: anywhere; }
@media (max-width: 40rem) {
  .swagger-ui .wrapper { padding: 0 12px; }
  .swagger-ui .opblock-tag { flex-wrap: wrap; }
  .swagger-ui .opblock-tag small { flex-basis: 100%; padding: 4px 0; order: 1; }
  .swagger-ui .opblock .opblock-summary { flex-wrap: wrap; }
  .swagger-ui .opblock .opblock-summary-method { min-width: 60px; }
  .swagger-ui .opblock .opblock-summary-path { max-width: none; }
  .swagger-ui .opblock-body, .swagger-ui .responses-inner { max-width: calc(100vw - 26px); overflow-x: auto; }
  .swagger-ui table.parameters, .swagger-ui .table-container { display: block; overflow-x: auto; }
  .swagger-ui .scheme-container .schemes { padding: 0 12px; }
}
`;
