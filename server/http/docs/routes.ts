/** What integrators read: the document, its viewer, and the two texts for assistants. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { documentOf, openApiRoute } from './openapi.ts';
import { docsViewer } from './viewer.ts';

export interface DocsServices {
  /** Where clients reach this server, without a trailing slash. */
  publicUrl: (request: FastifyRequest) => string;
}

export async function docsRoutes(app: FastifyInstance, { publicUrl }: DocsServices): Promise<void> {
  const document = documentOf(app);
  await openApiRoute(app, { document, publicUrl });
  await docsViewer(app, { document });

  app.get('/llms.txt', { schema: { hide: true } }, async (request, reply) => {
    const { llmsText } = await import('./llms.ts');
    return sendText(reply, 'text/plain', llmsText(await document(), publicUrl(request)));
  });
  app.get('/skill/SKILL.md', { schema: { hide: true } }, async (request, reply) => {
    const { skillText } = await import('./skill.ts');
    return sendText(reply, 'text/markdown', skillText(publicUrl(request)));
  });
}

function sendText(reply: FastifyReply, type: string, text: string): FastifyReply {
  return reply.header('Access-Control-Allow-Origin', '*').header('Cache-Control', 'public, max-age=300').type(`${type}; charset=utf-8`).send(text);
}
