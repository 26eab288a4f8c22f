/** The official SDK over our own HTTP: its connections, its deadline and its faults are then those of every adapter. */
import Stripe from 'stripe';
import type { Config } from '../../config.ts';
import type { HttpAnswer, SendHttp } from '../http.ts';

/** The version these answers were read by; a newer SDK brings its own, and the account's default must not matter. */
const API_VERSION = '2026-10-28.endive';

/** Ours ends first, and says so; the SDK's own is never reached. */
const NEVER_REACHED_MS = 60_000;

type StripeConfig = NonNullable<Config['providers']['stripe']>;
type HttpClient = NonNullable<NonNullable<ConstructorParameters<typeof Stripe>[1]>['httpClient']>;

/**
 * Without retries: a request whose answer was lost is `unknown`, and found again by our reference. Without telemetry,
 * which would write a file into the operator's home and time our requests for Stripe.
 */
export function stripeClient({ secretKey, baseUrl }: StripeConfig, http: SendHttp): Stripe {
  return new Stripe(secretKey.reveal(), {
    apiVersion: API_VERSION,
    httpClient: clientOver(http, baseUrl),
    maxNetworkRetries: 0,
    telemetry: false,
    timeout: NEVER_REACHED_MS,
  });
}

function clientOver(http: SendHttp, baseUrl: string): HttpClient {
  return {
    getClientName: () => 'malipo',
    async makeRequest(_host, _port, path, method, headers, body) {
      const request = { method: method as 'GET' | 'POST', url: baseUrl + path, headers: textHeaders(headers) };
      return responseOf(await http(body ? { ...request, body: String(body) } : request));
    },
  } as HttpClient;
}

/** The length is said by whoever sends. */
function textHeaders(headers: object): Record<string, string> {
  const given = Object.entries(headers).filter(([name, value]) => value !== undefined && value !== null && name.toLowerCase() !== 'content-length');
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}

function responseOf({ status, headers, body }: HttpAnswer) {
  return {
    getStatusCode: () => status,
    getHeaders: () => headers,
    // The SDK writes the request's id into it.
    getRawResponse: () => ({}),
    toStream: () => {
      throw new Error('Nothing of Stripe’s is streamed here');
    },
    toJSON: async () => objectOf(body),
  };
}

/** Anything but an object the SDK would write into, and throw where nobody catches: a proxy's `"busy"` would end the process. */
function objectOf(body: string): object {
  const parsed = JSON.parse(body) as unknown;
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  throw new SyntaxError('not an object');
}
