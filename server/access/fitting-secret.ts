/**
 * The secret that a database was made with, where MALIPO_SECRET can mean two. It is taken as it stands; but of a shop that
 * had its secret in a file beside its database, and has moved from there, it is what that file holds: bytes in base64.
 */
import { type Reader } from '../db/store.ts';
import { opensApps } from './apps.ts';
import { bytesOfSecretFile, deriveKey } from './server-secret.ts';

/** Of both readings the one that opens what is in this database; as it stands where neither does, or nothing is there yet. */
export async function fittingSecret(reader: Reader, secret: Buffer): Promise<Buffer> {
  const inFile = bytesOfSecretFile(secret.toString('utf8'));
  if (inFile === null || (await opensApps(reader, deriveKey(secret, 'webhook-secrets')))) return secret;
  return (await opensApps(reader, deriveKey(inFile, 'webhook-secrets'))) ? inFile : secret;
}
