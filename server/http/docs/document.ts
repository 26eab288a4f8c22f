/** Completes the document that the routes' schemas make: names, examples, each error by its code, headers, streams, webhooks. */
import * as z from 'zod';
import { ApiError, type ErrorCode, ERRORS } from '../../core/errors.ts';
import { dukuziDialect } from '../dukuzi/resources.ts';
import { type ErrorDialect, v1Dialect } from '../errors.ts';
import type { Examples, OperationText } from './operation.ts';
import { OPERATIONS } from './operations/all.ts';
import { DELIVERY_HEADERS, dukuziEvent, EVENTS, type EventText, transactionEvent } from './webhook-events.ts';

/** As much of OpenAPI 3.1 as is touched here. */
export interface Document {
  openapi: string;
  info: object;
  servers?: { url: string; description?: string }[];
  paths: Record<string, Record<string, Operation>>;
  webhooks?: Record<string, { post: Operation }>;
  components: { schemas?: Record<string, object>; securitySchemes?: object };
}

export interface Operation {
  operationId?: string;
  summary?: string;
  description?: string;
  tags?: string[];
  security?: object[];
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Record<string, MediaType> };
  responses: Record<string, Answer>;
}

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema: object;
}

interface MediaType {
  schema: object;
  examples?: Examples;
}

interface Answer {
  description: string;
  headers?: Record<string, { description: string; schema: object }>;
  content?: Record<string, MediaType>;
}

const JSON_TYPE = 'application/json';

/** Errors after which the caller may try again, and is told when. */
const RETRIED: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['IDEMPOTENCY_CONFLICT', 'RATE_LIMIT', 'UNAVAILABLE']);

export function completeDocument(raw: Document): Document {
  const paths: Document['paths'] = {};
  for (const [path, operations] of Object.entries(raw.paths)) {
    paths[path] = Object.fromEntries(
      Object.entries(operations).map(([method, operation]) => [method, completed(operation, OPERATIONS[`${method.toUpperCase()} ${path}`])]),
    );
  }
  return {
    ...raw,
    paths,
    webhooks: Object.fromEntries(Object.entries(EVENTS).map(([name, event]) => [name, { post: delivery(event) }])),
    components: { ...raw.components, schemas: { ...raw.components.schemas, ...sharedSchemas() } },
  };
}

function sharedSchemas(): Record<string, object> {
  return {
    ErrorCode: { type: 'string', enum: Object.keys(ERRORS), description: 'What went wrong, for programs' },
    Error: {
      type: 'object',
      description: 'Every refusal. `message` is the same text twice: clients look for it in both places.',
      properties: {
        error: {
          type: 'object',
          properties: { code: { $ref: '#/components/schemas/ErrorCode' }, message: { type: 'string' } },
          required: ['code', 'message'],
        },
        message: { type: 'string' },
      },
      required: ['error', 'message'],
    },
    DukuziError: { type: 'object', properties: { error: { type: 'string' } }, required: ['error'] },
    TransactionEvent: jsonSchema(transactionEvent),
    DukuziEvent: jsonSchema(dukuziEvent),
  };
}

function jsonSchema(schema: z.ZodType): object {
  const made = z.toJSONSchema(schema);
  delete made.$schema;
  return made;
}

function completed(operation: Operation, text: OperationText | undefined): Operation {
  if (text === undefined) return operation;
  const description = text.description ?? operation.description;
  return {
    operationId: text.id,
    ...operation,
    ...(description === undefined ? {} : { description }),
    ...(operation.parameters === undefined ? {} : { parameters: operation.parameters.map(asWritten) }),
    ...(operation.requestBody === undefined ? {} : { requestBody: withExamples(operation.requestBody, text.request) }),
    responses: { ...answers(operation, text), ...refusals(operation, text) },
  };
}

/** Node knows headers in lower case; people write them as their specification does. */
function asWritten(parameter: Parameter): Parameter {
  return parameter.name === 'idempotency-key' ? { ...parameter, name: 'Idempotency-Key' } : parameter;
}

function withExamples<Body extends { content?: Record<string, MediaType> }>(body: Body, examples: Examples | undefined): Body {
  const json = body.content?.[JSON_TYPE];
  if (json === undefined || examples === undefined) return body;
  return { ...body, content: { ...body.content, [JSON_TYPE]: { ...json, examples } } };
}

/** The answers of success: the statuses the route names itself. */
function answers(operation: Operation, text: OperationText): Record<string, Answer> {
  const made: Record<string, Answer> = {};
  for (const [status, answer] of Object.entries(operation.responses)) {
    if (!status.startsWith('2')) continue;
    const shown = withExamples({ ...answer, description: Object.values(text.answer)[0]!.summary }, text.answer);
    if (isIdempotent(operation)) shown.headers = { 'Idempotent-Replayed': header('`true` when this is an earlier request’s answer again', { const: 'true' }) };
    if (text.stream !== undefined) shown.content = { ...shown.content, 'text/event-stream': streamed(text.stream) };
    made[status] = shown;
  }
  return made;
}

function streamed(stream: string): MediaType {
  return { schema: { type: 'string', description: 'Server-sent events' }, examples: { stream: { summary: 'A payment that is approved', value: stream } } };
}

/** One answer for each HTTP status, with an example of every code that comes with it. */
function refusals(operation: Operation, text: OperationText): Record<string, Answer> {
  const isDukuzi = operation.tags?.includes('Dukuzi') ?? false;
  const dialect: ErrorDialect = isDukuzi ? dukuziDialect : v1Dialect;
  const schema = { $ref: `#/components/schemas/${isDukuzi ? 'DukuziError' : 'Error'}` };
  const byStatus = Map.groupBy(codesOf(operation, text), (code) => dialect(new ApiError(code)).status);
  const made: Record<string, Answer> = {};
  for (const [status, codes] of [...byStatus].sort(([one], [other]) => one - other)) {
    const examples = Object.fromEntries(codes.map((code) => [code, { summary: ERRORS[code].message, value: dialect(new ApiError(code)).body }]));
    made[status] = {
      description: codes.map((code) => `\`${code}\`: ${ERRORS[code].message}.`).join('  \n'),
      ...(codes.some((code) => RETRIED.has(code)) ? { headers: { 'Retry-After': header('Seconds after which to try again', { type: 'integer', minimum: 1 }) } } : {}),
      content: { [JSON_TYPE]: { schema, examples } },
    };
  }
  made.default = { description: 'Any other refusal, in the same shape', content: { [JSON_TYPE]: { schema } } };
  return made;
}

/** The operation's own codes, and those that follow from its nature. */
export function codesOf(operation: Operation, text: OperationText): ErrorCode[] {
  const codes = new Set<ErrorCode>();
  const takesInput = operation.requestBody !== undefined || operation.parameters?.some((parameter) => parameter.in === 'query') === true;
  if (takesInput) codes.add('VALIDATION_ERROR');
  for (const code of text.codes) codes.add(code);
  if (operation.security !== undefined) codes.add('AUTHENTICATION_ERROR');
  if (isIdempotent(operation)) codes.add('IDEMPOTENCY_CONFLICT');
  if (operation.requestBody !== undefined) codes.add('PAYLOAD_TOO_LARGE').add('UNSUPPORTED_MEDIA_TYPE').add('DB_ERROR');
  return [...codes.add('RATE_LIMIT').add('INTERNAL_ERROR').add('UNAVAILABLE')];
}

function isIdempotent(operation: Operation): boolean {
  return operation.parameters?.some(({ name }) => name.toLowerCase() === 'idempotency-key') ?? false;
}

function header(description: string, schema: object) {
  return { description, schema };
}

function delivery({ id, summary, description, schema, examples }: EventText): Operation {
  return {
    operationId: id,
    summary,
    description,
    tags: ['Webhooks'],
    parameters: Object.entries(DELIVERY_HEADERS).map(([name, about]) => ({
      name,
      in: 'header',
      required: true,
      description: about,
      schema: { type: 'string' },
    })),
    requestBody: { required: true, content: { [JSON_TYPE]: { schema: { $ref: `#/components/schemas/${schema}` }, examples } } },
    responses: { '2XX': { description: 'Taken; it is not sent again' }, '410': { description: 'Gone: no further event is sent to this address' } },
  };
}
