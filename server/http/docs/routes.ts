/** What integrators read: the document, its viewer, the two texts for assistants, and the button's own page. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { documentOf, openApiRoute } from './openapi.ts';
import type { WidgetScripts } from '../pages/widget-script.ts';
import { docsViewer } from './viewer.ts';

export interface DocsServices {
  /** Where clients reach this server, without a trailing slash. */
  publicUrl: (request: FastifyRequest) => string;
  widget: WidgetScripts;
}

export async function docsRoutes(app: FastifyInstance, { publicUrl, widget }: DocsServices): Promise<void> {
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

  app.get('/docs/widget', { schema: { hide: true } }, async (request, reply) => {
    const { PAGE_POLICY, widgetPage } = await import('./widget/page.ts');
    const page = widgetPage({ baseUrl: publicUrl(request), pinned: await widget.pinned() });
    return reply.header('Content-Security-Policy', PAGE_POLICY).header('Cache-Control', 'no-cache').type('text/html; charset=utf-8').send(page);
  });
  app.get('/docs/widget.md', { schema: { hide: true } }, async (request, reply) => {
    const { widgetMarkdown } = await import('./widget/page.ts');
    return sendText(reply, 'text/markdown', widgetMarkdown({ baseUrl: publicUrl(request), pinned: await widget.pinned() }));
  });
}

function sendText(reply: FastifyReply, type: string, text: string): FastifyReply {
  return reply.header('Access-Control-Allow-Origin', '*').header('Cache-Control', 'public, max-age=300').type(`${type}; charset=utf-8`).send(text);
}
