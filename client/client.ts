/**
 * `malipo/client`: a typed client of a Malipo server, for Node and every runtime that has `fetch`.
 * See README.md beside this file.
 */
import createFetchClient, { type Client, type Middleware } from 'openapi-fetch';
import type { components, paths } from './api.ts';

export type { components, operations, paths } from './api.ts';
export { verifyWebhook, WebhookError, type WebhookEvent, type WebhookHeaders } from './webhook.ts';

/** A payment or payout, as lists, single reads and `verify` answer it. */
export type Transaction = paths['/v1/payments/transactions/{reference}']['get']['responses']['200']['content']['application/json']['data'];

/** What a refusal looks like; branch on `error.code`. */
export type Refusal = components['schemas']['Error'];
export type ErrorCode = components['schemas']['ErrorCode'];

export interface MalipoClientOptions {
  /** Where the server is, with the prefix it is mounted at if it has one: `https://pay.example.org`. */
  baseUrl: string;
  /** `dgw_live_…` or `dgw_test_…`; leave it out for the public checkout alone. */
  apiKey?: string;
  /** Sends the requests; the runtime's own when absent. */
  fetch?: (request: Request) => Promise<Response>;
}

/**
 * `GET`, `POST` and so on, typed by path. An answer is `{data}` or `{error}`, with the `response` it came from; only
 * a network that fails throws. Every POST that creates something carries an `Idempotency-Key`: give your own (the
 * order's) where you might ask again after a failure, or two requests are two payments.
 */
export type MalipoClient = Client<paths>;

export function createMalipo({ baseUrl, apiKey, fetch }: MalipoClientOptions): MalipoClient {
  const client = createFetchClient<paths>({
    baseUrl: baseUrl.replace(/\/+$/, ''),
    ...(fetch === undefined ? {} : { fetch }),
    headers: apiKey === undefined ? {} : { 'X-Api-Key': apiKey },
  });
  client.use(idempotent);
  return client;
}

/** Paths whose POST takes an Idempotency-Key. */
type Creating = { [Path in keyof paths]: paths[Path] extends { post: { parameters: { header?: infer Header } } } ? (HasKey<Header> extends true ? Path : never) : never }[keyof paths];

type HasKey<Header> = [NonNullable<Header>] extends [never] ? false : 'Idempotency-Key' extends keyof NonNullable<Header> ? true : false;

/** The types above are gone when this runs; the compiler sees that none is missing here. */
const CREATING: Readonly<Record<Creating, true>> = {
  '/v1/payments/collect': true,
  '/v1/payments/disburse': true,
  '/v1/withdrawals': true,
  '/v1/checkout/sessions': true,
  '/api/store/{slug}/pay': true,
  '/create-payment': true,
  '/api-proxy.php/create-payment': true,
};

const KEY = 'Idempotency-Key';

const idempotent: Middleware = {
  onRequest({ request, schemaPath }) {
    if (request.method === 'POST' && schemaPath in CREATING && !request.headers.has(KEY)) request.headers.set(KEY, crypto.randomUUID());
    return request;
  },
};
