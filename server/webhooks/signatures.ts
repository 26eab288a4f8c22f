/** Signatures of a delivery, in both schemes that receivers know. */
import { createHmac } from 'node:crypto';
import type { SignatureForm } from '../access/webhook-settings.ts';

const SECRET_PREFIX = 'whsec_';

export interface Signed {
  /** The event's, the same in every attempt: what receivers recognise a repetition by. */
  id: string;
  /** When this attempt is made, in milliseconds: receivers refuse what is older than a few minutes. */
  at: number;
  body: string;
}

export interface SignWith {
  /** `whsec_` + base64; the newest first. */
  secrets: readonly string[];
  form: SignatureForm;
}

/**
 * Standard Webhooks (github.com/standard-webhooks/standard-webhooks, spec 1.0.0) signs `id.timestamp.body` with the
 * secret's decoded bytes, once for each secret that is valid. `X-DGateway-Signature` signs the body alone with the
 * whole secret as text, as today's clients do; it has room for one signature, which is the newest secret's.
 */
export function signatureHeaders({ id, at, body }: Signed, { secrets, form }: SignWith): Record<string, string> {
  const timestamp = String(Math.floor(at / 1_000));
  const standard = secrets.map((secret) => `v1,${hmac(decoded(secret), `${id}.${timestamp}.${body}`, 'base64')}`);
  const plain = hmac(secrets[0]!, body, 'hex');
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': standard.join(' '),
    'X-DGateway-Signature': form === 'sha256' ? `sha256=${plain}` : plain,
  };
}

function decoded(secret: string): Buffer {
  return Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');
}

function hmac(key: string | Buffer, text: string, encoding: 'hex' | 'base64'): string {
  return createHmac('sha256', key).update(text).digest(encoding);
}
