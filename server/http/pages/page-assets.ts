/** Styles and scripts of the server's own pages, at `/assets/`. */
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { ApiError } from '../../core/errors.ts';
import { textFiles } from './text-files.ts';

const FOLDER = fileURLToPath(new URL('./assets/', import.meta.url));

export async function pageAssets(app: FastifyInstance): Promise<void> {
  const files = textFiles(FOLDER);
  app.get<{ Params: { '*': string } }>('/assets/*', { schema: { hide: true } }, async (request, reply) => {
    const file = files.get(request.params['*']);
    if (file === undefined) throw new ApiError('NOT_FOUND', 'There is no such file');
    return reply.header('Cache-Control', 'public, max-age=300').type(file.type).send(file.text);
  });
}
