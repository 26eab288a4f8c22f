/**
 * Tells the operator that a provider gives no answer: its address may be mistyped, this machine off line, the provider down.
 * What was sent meanwhile stays pending and is asked about, which may look to a buyer and a merchant as if nothing were wrong.
 */
import { type Clock, MINUTE_MS } from '../core/clock.ts';
import { NoAnswerError, type SendHttp } from './http.ts';
import type { ProviderLog } from './live.ts';

/** While it goes on every payment asks every few seconds: once says it. */
const SAID_AGAIN_AFTER_MS = 5 * MINUTE_MS;

/** Sends as `send` does, and tells when nothing comes back. */
export function tellingWhenUnreachable(send: SendHttp, { slug, clock, log }: { slug: string; clock: Clock; log: ProviderLog }): SendHttp {
  let saidAt = -Infinity;
  return async (request) => {
    try {
      return await send(request);
    } catch (error) {
      const now = clock.monotonic();
      if (error instanceof NoAnswerError && now - saidAt >= SAID_AGAIN_AFTER_MS) {
        saidAt = now;
        const { host } = new URL(request.url);
        log.warn({ provider: slug, host, reason: error.message }, `${slug} gives no answer of any use at ${host}: what was sent is asked about until it does`);
      }
      throw error;
    }
  };
}
