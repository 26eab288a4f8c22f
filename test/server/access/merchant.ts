import { type App, Apps } from '../../../server/access/apps.ts';
import { ApiKeys } from '../../../server/access/keys.ts';
import { deriveKey } from '../../../server/access/server-secret.ts';
import type { Clock } from '../../../server/core/clock.ts';
import type { Store } from '../../../server/db/store.ts';
import { temporaryStore } from '../support/temporary-store.ts';

/** A clock that stands still until it is told the time. */
export class StoppedClock implements Clock {
  #now: number;

  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  after(): () => void {
    throw new Error('Nothing here waits');
  }

  advance(ms: number): void {
    this.#now += ms;
  }
}

export const SECRET = Buffer.from('a secret for tests only');

/** Apps and keys on a store that is there already, as another process of the same server would have them. */
export function accessTo(store: Store, secret: Uint8Array = SECRET) {
  const clock = new StoppedClock();
  return {
    store,
    clock,
    apps: new Apps({ store, clock, encryptionKey: deriveKey(secret, 'webhook-secrets') }),
    apiKeys: new ApiKeys({ store, clock, secretKey: deriveKey(secret, 'api-keys') }),
  };
}

/** A store of its own with one app in it. */
export async function merchant(name = 'Duka'): Promise<ReturnType<typeof accessTo> & { databaseUrl: string; app: App; webhookSecret: string }> {
  const { store, databaseUrl } = temporaryStore();
  const access = accessTo(store);
  return { ...access, databaseUrl, ...(await access.apps.create({ name })) };
}
