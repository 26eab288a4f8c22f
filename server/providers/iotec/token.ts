/**
 * ioTec's access token, by client credentials. It lives for 300 s (OpenAPI, "Getting Started"); it is kept for less and
 * fetched once, however many payments want it at that moment.
 */
import type { Config } from '../../config.ts';
import { type Clock, SECOND_MS } from '../../core/clock.ts';
import { isPage, jsonOf, type SendHttp } from '../http.ts';

/** A token is not used in its last minute: a request that waits on the way must not arrive with a dead one. */
const SPARED_MS = 60 * SECOND_MS;

/** When the answer does not say how long it lives, or not so that it could be read. */
const LIFE_DEFAULT_SECONDS = 300;

/** The client id or secret is wrong: nothing can be asked until the operator mends it. */
export class CredentialsError extends Error {
  override name = 'CredentialsError';
}

export class IotecToken {
  readonly #config: NonNullable<Config['providers']['iotec']>;
  readonly #http: SendHttp;
  readonly #clock: Clock;
  #token: { value: string; until: number } | null = null;
  #fetching: Promise<string> | null = null;

  constructor(config: NonNullable<Config['providers']['iotec']>, { http, clock }: { http: SendHttp; clock: Clock }) {
    this.#config = config;
    this.#http = http;
    this.#clock = clock;
  }

  /** A token that is valid now. Throws `CredentialsError`, or `NoAnswerError` when there is no answer. */
  async get(): Promise<string> {
    if (this.#token !== null && this.#clock.now() < this.#token.until) return this.#token.value;
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetching = null;
    });
    return this.#fetching;
  }

  /** The API did not take this token: the next request fetches another, unless somebody has done so already. */
  drop(value: string): void {
    if (this.#token?.value === value) this.#token = null;
  }

  async #fetch(): Promise<string> {
    const { authUrl, clientId, clientSecret } = this.#config;
    const answer = await this.#http({
      method: 'POST',
      url: authUrl,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams({ client_id: clientId, client_secret: clientSecret.reveal(), grant_type: 'client_credentials' }).toString(),
    });
    const { access_token: value, expires_in } = (jsonOf(answer) ?? {}) as { access_token?: unknown; expires_in?: unknown };
    // RFC 6749 5.2: invalid_client comes as 400 or 401, and as JSON.
    if ((answer.status === 400 || answer.status === 401) && !isPage(answer)) throw new CredentialsError(`the token endpoint answered ${answer.status}`);
    if (answer.status !== 200 || typeof value !== 'string' || value === '') throw new Error(`the token endpoint answered ${answer.status} without a token`);
    const seconds = Number(expires_in) > 0 ? Number(expires_in) : LIFE_DEFAULT_SECONDS;
    this.#token = { value, until: this.#clock.now() + Math.max(0, seconds * SECOND_MS - SPARED_MS) };
    return value;
  }
}
