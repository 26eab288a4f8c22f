/** The published document: valid, whole, and every example in it true to its own schema. */
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { FastifyInstance } from 'fastify';
import { beforeAll, expect, test } from 'vitest';
import { ERRORS } from '../../../server/core/errors.ts';
import type { Document, Operation } from '../../../server/http/docs/document.ts';
import { OPERATIONS } from '../../../server/http/docs/operations/all.ts';
import { dukuziEvent, transactionEvent } from '../../../server/http/docs/webhook-events.ts';
import { payload, type ToldEvent } from '../../../server/webhooks/payloads.ts';
import { malipoForFile } from '../support/build-malipo.ts';

let document: Document;
let app: FastifyInstance;

beforeAll(async () => {
  const malipo = await malipoForFile({ env: { RATE_LIMIT_FACTOR: '1' } });
  app = malipo.app;
  document = (await malipo.get('/openapi.json', { headers: { host: 'pay.example.org' } })).json();
});

/** `GET /v1/wallets` and what it answers, for every path and every webhook. */
function operations(): [name: string, operation: Operation][] {
  const paths = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [`${method.toUpperCase()} ${path}`, operation]),
  );
  return [...paths, ...Object.entries(document.webhooks!).map(([name, { post }]): [string, Operation] => [name, post])];
}

test('it is a valid OpenAPI 3.1 document', async () => {
  const validator = new Validator();
  expect(await validator.validate(structuredClone(document) as never)).toEqual({ valid: true });
  expect(validator.version).toBe('3.1');
});

test('it names the server it came from, and describes every tag', () => {
  expect(document.servers).toEqual([{ url: 'http://pay.example.org' }]);
  const described = new Set((document as unknown as { tags: { name: string; description: string }[] }).tags.map(({ name }) => name));
  for (const [name, { tags = [] }] of operations()) {
    expect(tags, name).toHaveLength(1);
    expect(described, name).toContain(tags[0]);
  }
});

test('every route of the public API is in it, and nothing else', () => {
  const isOurs = (path: string) => !/^\/($|docs|assets|sandbox|demo|pay|shop|return|healthz|readyz|metrics|openapi|llms|skill|admin)/.test(path);
  const documented = Object.entries(document.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
  const served = routesOf(app).filter(({ method, path }) => isOurs(path) && !['HEAD', 'OPTIONS'].includes(method));
  expect(documented.sort()).toEqual(served.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`).sort());
});

/** From Fastify's own printout of its routes, one a line: `/v1/wallets (GET, HEAD)`. */
function routesOf(app: FastifyInstance): { method: string; path: string }[] {
  const tree = app.printRoutes({ commonPrefix: false });
  const parents: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const found = /^([│├└─\s]*)(\S*)(?: \(([A-Z, ]+)\))?$/.exec(line);
    if (found === null || found[2] === '') return [];
    const [, indent = '', part = '', methods = ''] = found;
    const depth = indent.length / 4;
    parents.length = depth;
    const path = parents.join('') + part;
    parents[depth] = part;
    return methods === '' ? [] : methods.split(', ').map((method) => ({ method, path }));
  });
}

test('every operation has a text of its own, and no text is left over', () => {
  const documented = Object.entries(document.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
  expect(Object.keys(OPERATIONS).sort()).toEqual(documented.sort());
  const ids = operations().map(([, { operationId }]) => operationId);
  expect(ids).not.toContain(undefined);
  expect(new Set(ids).size).toBe(ids.length);
});

test('every operation says what it takes and answers, by examples that fit its own schemas', () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  let checked = 0;
  const check = (where: string, content: Operation['responses'][string]['content'] = {}) => {
    for (const [type, { schema, examples = {} }] of Object.entries(content)) {
      const validate = ajv.compile({ ...schema, components: document.components });
      for (const [name, { value, summary }] of Object.entries(examples)) {
        expect(summary, where).toBeTruthy();
        expect(validate(value), `${where} ${type} ${name}: ${ajv.errorsText(validate.errors)}`).toBe(true);
        checked++;
      }
    }
  };
  for (const [name, operation] of operations()) {
    if (operation.requestBody !== undefined) {
      expect(Object.keys(operation.requestBody.content['application/json']?.examples ?? {}), name).not.toEqual([]);
      check(`the request of ${name}`, operation.requestBody.content);
    }
    for (const [status, answer] of Object.entries(operation.responses)) {
      const isExplained = status === 'default' || answer.content === undefined || Object.keys(answer.content['application/json']?.examples ?? {}).length > 0;
      expect(isExplained, `${status} of ${name}`).toBe(true);
      check(`${status} of ${name}`, answer.content);
    }
  }
  expect(checked).toBeGreaterThan(100);
});

test('each refusal stands under its own HTTP status', () => {
  for (const [name, { responses, tags }] of operations()) {
    for (const [status, { content = {} }] of Object.entries(responses)) {
      for (const code of Object.keys(content['application/json']?.examples ?? {}).filter((code) => code in ERRORS)) {
        const expected = tags?.includes('Dukuzi') && code.startsWith('PROVIDER_') ? 502 : ERRORS[code as keyof typeof ERRORS].status;
        expect(Number(status), `${code} of ${name}`).toBe(expected);
      }
    }
  }
});

test('headers are documented where they are sent: keys of idempotency, replays, and when to come back', () => {
  const collect = document.paths['/v1/payments/collect']!.post!;
  expect(collect.parameters).toContainEqual(expect.objectContaining({ name: 'Idempotency-Key', in: 'header' }));
  expect(collect.responses['200']!.headers).toHaveProperty('Idempotent-Replayed');
  for (const status of ['409', '429']) expect(collect.responses[status]!.headers).toHaveProperty('Retry-After');
  const stream = document.paths['/api/store/status/{reference}']!.get!.responses['200']!.content!['text/event-stream']!;
  expect(stream.examples!.stream!.value).toMatch(/^retry: \d+\n\nid: 1\ndata: \{/);
});

test('the webhooks it shows are those that are sent', () => {
  const facts: ToldEvent['facts'] = {
    id: 123,
    reference: 'dgw_abc123xyz',
    status: 'expired',
    direction: 'collect',
    provider: 'iotec',
    providerRef: '',
    amountMinor: 500_000,
    currency: 'UGX',
    phone: '256771234567',
    failureReason: 'expired',
    completedAt: null,
    metadata: { order_id: '123' },
  };
  for (const status of ['completed', 'failed', 'expired'] as const) {
    const event = { facts: { ...facts, status, completedAt: status === 'completed' ? 1 : null }, at: 2 };
    // Strict, so that a field that is sent and not shown is noticed too.
    expect(transactionEvent.strict().parse(payload('dgateway', event))).toEqual(payload('dgateway', event));
    expect(transactionEvent.shape.data.strict().parse((payload('dgateway', event) as { data: unknown }).data)).toBeDefined();
    expect(dukuziEvent.strict().parse(payload('dukuzi', event))).toEqual(payload('dukuzi', event));
  }
});
