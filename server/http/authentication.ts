import type { FastifyRequest } from 'fastify';
import type { ApiKeys, Credential } from '../access/keys.ts';
import { ApiError } from '../core/errors.ts';
import type { RefusedKeys } from './refused-keys.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is asking; null on public routes. Use `credentialOf` where a key is required. */
    credential: Credential | null;
  }
}

/** An onRequest hook that lets only valid keys pass, before anything is read or counted. */
export function requireApiKey(keys: ApiKeys, refused: RefusedKeys) {
  return async (request: FastifyRequest): Promise<void> => {
    const presented = request.headers['x-api-key'];
    const credential = typeof presented === 'string' ? await keys.authenticate(presented) : null;
    if (credential === null) throw refused.refusal(request.ip);
    request.credential = credential;
  };
}

/** The credential of a request that passed `requireApiKey`. */
export function credentialOf(request: FastifyRequest): Credential {
  if (request.credential === null) throw new ApiError('AUTHENTICATION_ERROR');
  return request.credential;
}
