import swagger from '@fastify/swagger';
import { createJsonSchemaTransform } from '@fastify/type-provider-zod';
import type { FastifyInstance } from 'fastify';

/** `/openapi.json`: every documented route, from the schemas that also check its requests. */
export async function openApi(app: FastifyInstance, { version }: { version: string }): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Malipo',
        version,
        description:
          'Mobile money and card payments for East Africa. Speaks the DGateway (v1) and Dukuzi dialects, and the public checkout that `<pay-button>` uses. Amounts are in major units, times in UTC unless said otherwise.',
      },
      components: {
        securitySchemes: { apiKey: { type: 'apiKey', in: 'header', name: 'X-Api-Key', description: '`dgw_live_…` or `dgw_test_…`' } },
      },
    },
    transform: createJsonSchemaTransform({}),
  });
}

export async function openApiRoute(app: FastifyInstance): Promise<void> {
  app.get('/openapi.json', { schema: { hide: true } }, async (_request, reply) => {
    reply.header('Access-Control-Allow-Origin', '*').header('Cache-Control', 'public, max-age=300');
    return app.swagger();
  });
}
