import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** Names the format and the key, so that a later key or cipher can be told apart. */
const VERSION = 'v1.';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts a secret that must be shown again (AES-256-GCM). `place` says where it is stored, such as
 * `apps/webhook_secret/my-shop`: a sealed text copied to another row does not open there.
 */
export function seal(key: Uint8Array, place: string, text: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(place));
  const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return VERSION + sealed.toString('base64');
}

/** The text again; throws when it was changed, moved, or sealed under another server's secret. */
export function unseal(key: Uint8Array, place: string, sealed: string): string {
  const bytes = Buffer.from(sealed.slice(VERSION.length), 'base64');
  if (!sealed.startsWith(VERSION) || bytes.length < NONCE_BYTES + TAG_BYTES) throw new Error(`Not a sealed text: ${place}`);
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    return decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
  } catch (cause) {
    throw new Error(`${place} does not open with this server's secret: was MALIPO_SECRET changed?`, { cause });
  }
}
