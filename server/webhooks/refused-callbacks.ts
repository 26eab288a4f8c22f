/**
 * Tells the operator of callbacks that were refused. Most such are forged; but where a secret was mistyped all of a
 * provider's own are, payments are only learnt of by asking, and nothing else would say so. Anybody can send one, so it is
 * said seldom.
 */
import { type Clock, HOUR_MS } from '../core/clock.ts';
import type { Provider } from '../providers/provider.ts';

const SAID_AGAIN_AFTER_MS = HOUR_MS;

export interface RefusalLog {
  warn(details: object, message: string): void;
}

export class RefusedCallbacks {
  readonly #clock: Clock;
  readonly #log: RefusalLog;
  readonly #saidAt = new Map<string, number>();

  constructor({ clock, log }: { clock: Clock; log: RefusalLog }) {
    this.#clock = clock;
    this.#log = log;
  }

  tell({ slug, callbacksFit }: Pick<Provider, 'slug' | 'callbacksFit'>): void {
    if (callbacksFit === undefined) return;
    const now = this.#clock.monotonic();
    if (now - (this.#saidAt.get(slug) ?? -Infinity) < SAID_AGAIN_AFTER_MS) return;
    this.#saidAt.set(slug, now);
    this.#log.warn({ provider: slug }, `A callback was refused: it does not fit ${callbacksFit}. Where it was ${slug}’s own, compare these with its settings; its payments are only asked about until then`);
  }
}
