/** Checks what claims to be a webhook of ours: Standard Webhooks 1.0 (github.com/standard-webhooks/standard-webhooks). */
import type { components } from './api.ts';

export type WebhookEvent = components['schemas']['TransactionEvent'];

/** Node's `request.headers`, or a `Headers`. */
export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

/** The request is not from the server that knows the secret, or is too old: answer 400 and do nothing. */
export class WebhookError extends Error {
  override name = 'WebhookError';
}

const SECRET_PREFIX = 'whsec_';

/** How far the clocks of both ends may differ, and how long a copied request stays of use to a thief. */
const TOLERANCE_S = 5 * 60;

/**
 * The event in a request that is genuine; throws a WebhookError otherwise. `rawBody` is the body as it arrived, not
 * parsed and printed again. `Event` is the shape of your app's webhook format: `components['schemas']['DukuziEvent']`
 * for the Dukuzi one.
 */
export async function verifyWebhook<Event = WebhookEvent>(rawBody: string | Uint8Array, headers: WebhookHeaders, secret: string): Promise<Event> {
  const [id, timestamp, signatures] = [header(headers, 'webhook-id'), header(headers, 'webhook-timestamp'), header(headers, 'webhook-signature')];
  const sentAt = Number(timestamp);
  if (!Number.isInteger(sentAt)) throw new WebhookError('webhook-timestamp is not a time');
  if (Math.abs(Date.now() / 1_000 - sentAt) > TOLERANCE_S) throw new WebhookError('The webhook is too old, or a clock is wrong');

  const key = await crypto.subtle.importKey('raw', decodedSecret(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
  const body = typeof rawBody === 'string' ? rawBody : new TextDecoder().decode(rawBody);
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
  // One signature for each secret that is valid: after a rotation there are two for a while.
  for (const signature of signatures.split(' ')) {
    const [version, value = ''] = signature.split(',');
    if (version !== 'v1') continue;
    const bytes = fromBase64(value);
    if (bytes !== null && (await crypto.subtle.verify('HMAC', key, bytes, signed))) return JSON.parse(body) as Event;
  }
  throw new WebhookError('No signature fits the secret');
}

function header(headers: WebhookHeaders, name: string): string {
  const value = headers instanceof Headers ? headers.get(name) : headers[name];
  if (typeof value !== 'string' || value === '') throw new WebhookError(`${name} is missing`);
  return value;
}

function decodedSecret(secret: string): Uint8Array<ArrayBuffer> {
  const bytes = fromBase64(secret.startsWith(SECRET_PREFIX) ? secret.slice(SECRET_PREFIX.length) : secret);
  if (bytes === null || bytes.length === 0) throw new TypeError('The webhook secret must be whsec_ and base64');
  return bytes;
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}
