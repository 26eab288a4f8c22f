/**
 * How Relworx signs its callbacks: `Relworx-Signature: t=<unix seconds>,v=<HMAC-SHA256>` over the address exactly as it
 * is set in its dashboard, then t, then each of three fields' name and value in alphabetical order, with nothing in
 * between. Its text says hex, its sample header looks like base64: either is taken. The amount is not signed.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** How far its clock and ours, and the way, may be apart, in seconds; as its documented clients allow. */
const TOLERANCE_SECONDS = 300;

export interface SignedFields {
  customer_reference: string;
  internal_reference: string;
  status: string;
}

export interface SignedCallback {
  /** Where it was sent, with every slash and parameter. */
  url: string;
  key: string;
  fields: SignedFields;
}

/** The header as Relworx sends it, at this time (milliseconds): also for those who test a receiver. */
export function relworxSignature(callback: SignedCallback, now: number): string {
  const t = String(Math.floor(now / 1_000));
  return `t=${t},v=${hmac(callback, t).toString('hex')}`;
}

export function isSignedByRelworx(callback: SignedCallback, header: unknown, now: number): boolean {
  const [, t, v] = (typeof header === 'string' && /^t=(\d{1,12}),\s*v=([\w+/=-]+)$/.exec(header)) || [];
  if (t === undefined || v === undefined || Math.abs(now / 1_000 - Number(t)) > TOLERANCE_SECONDS) return false;
  const expected = hmac(callback, t);
  return [Buffer.from(v, 'hex'), Buffer.from(v, 'base64')].some((given) => given.length === expected.length && timingSafeEqual(given, expected));
}

function hmac({ url, key, fields }: SignedCallback, t: string): Buffer {
  const { customer_reference, internal_reference, status } = fields;
  const signed = `${url}${t}customer_reference${customer_reference}internal_reference${internal_reference}status${status}`;
  return createHmac('sha256', key).update(signed).digest();
}
