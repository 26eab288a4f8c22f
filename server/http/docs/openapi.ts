/** `/openapi.json`: every documented route, from the schemas that also check its requests. */
import swagger from '@fastify/swagger';
import { createJsonSchemaTransform } from '@fastify/type-provider-zod';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Document } from './document.ts';

const TAGS = [
  { name: 'Payments', description: 'Collect money from customers, send money to phones, and see what became of both. The DGateway dialect; needs an API key.' },
  { name: 'Wallets', description: 'What an app has, and how it takes it out.' },
  { name: 'Providers', description: 'How the lines to the networks are, and where providers call back.' },
  { name: 'Checkout', description: 'What `<pay-button>` and the hosted pages call. Public: no key, and no price is taken from the browser.' },
  { name: 'Dukuzi', description: 'The Dukuzi dialect over the same payments: integer ids, TZS, flat errors, East Africa Time.' },
  { name: 'Webhooks', description: 'What Malipo sends to an app’s own server.' },
];

export async function openApi(app: FastifyInstance, { version }: { version: string }): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Malipo',
        version,
        summary: 'Mobile money and card payments for East Africa',
        license: { name: 'MIT', identifier: 'MIT' },
        description:
          'Mobile money and card payments for East Africa. Speaks the DGateway (v1) and Dukuzi dialects, and the public checkout that `<pay-button>` uses.\n\n' +
          'Amounts are in major units (whole for UGX and RWF), times in UTC unless said otherwise. A key that begins with `dgw_test_` moves sandbox money only: ' +
          'try everything with it, on the sandbox’s phone numbers.',
      },
      tags: TAGS,
      components: {
        securitySchemes: {
          apiKey: { type: 'apiKey', in: 'header', name: 'X-Api-Key', description: '`dgw_live_…` or `dgw_test_…`; a secret, so never in a page that buyers see' },
        },
      },
    },
    transform: createJsonSchemaTransform({}),
  });
}

/** The whole document, made when it is first asked for: its texts and examples cost every start otherwise. */
export function documentOf(app: FastifyInstance): () => Promise<Document> {
  let made: Promise<Document> | undefined;
  return () => (made ??= import('./document.ts').then(({ completeDocument }) => completeDocument(app.swagger() as unknown as Document)));
}

export interface DocumentRoute {
  document: () => Promise<Document>;
  /** Where clients reach this server, without a trailing slash. */
  publicUrl: (request: FastifyRequest) => string;
}

export async function openApiRoute(app: FastifyInstance, { document, publicUrl }: DocumentRoute): Promise<void> {
  app.get('/openapi.json', { schema: { hide: true } }, async (request, reply) => {
    reply.header('Access-Control-Allow-Origin', '*').header('Cache-Control', 'public, max-age=300');
    const { openapi, info, ...rest } = await document();
    return { openapi, info, servers: [{ url: publicUrl(request) }], ...rest };
  });
}
