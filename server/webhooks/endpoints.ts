/**
 * What is known against the addresses that are called. One that works has no row here; one that only fails is
 * disabled after a while, one that says it is gone at once, and a person enables it again.
 */
import { type Clock, DAY_MS } from '../core/clock.ts';
import { statement, type Store, type Transaction } from '../db/store.ts';

/** An address from which nothing but failure came for this long is disabled. */
const FAILING_MAX_MS = 5 * DAY_MS;

/**
 * … by a delivery that has failed this often itself. A quiet shop's only events may be days apart: the first
 * failure of a new one is not yet five days of anything.
 */
const FAILED_ATTEMPTS_MIN = 4;

export interface Endpoint {
  appSlug: string;
  url: string;
  failingSince: number;
  disabledAt: number | null;
  disabledReason: string;
}

interface Place {
  appId: number;
  url: string;
}

const clear = statement('DELETE FROM webhook_endpoints WHERE app_id = :appId AND url = :url AND disabled_at IS NULL');

const blame = statement<{ failingSince: number }>(`
  INSERT INTO webhook_endpoints (app_id, url, failing_since) VALUES (:appId, :url, :now)
  ON CONFLICT (app_id, url) DO UPDATE SET url = excluded.url
  RETURNING failing_since AS "failingSince"`);

const disable = statement(`
  UPDATE webhook_endpoints SET disabled_at = :now, disabled_reason = :reason
  WHERE app_id = :appId AND url = :url AND disabled_at IS NULL`);

const setAside = statement(`
  UPDATE webhook_deliveries SET status = 'disabled', next_attempt_at = NULL, updated_at = :now
  WHERE app_id = :appId AND status = 'pending' AND url = :url`);

const COLUMNS = `a.slug AS "appSlug", e.url, e.failing_since AS "failingSince", e.disabled_at AS "disabledAt", e.disabled_reason AS "disabledReason"`;
const list = statement<Endpoint>(`SELECT ${COLUMNS} FROM webhook_endpoints e JOIN apps a ON a.id = e.app_id ORDER BY a.slug, e.url`);
const listOfApp = statement<Endpoint>(`
  SELECT ${COLUMNS} FROM webhook_endpoints e JOIN apps a ON a.id = e.app_id WHERE e.app_id = :appId ORDER BY e.url`);

const enable = statement<{ url: string }>(`
  DELETE FROM webhook_endpoints WHERE app_id = :appId AND (CAST(:url AS TEXT) IS NULL OR url = :url) AND disabled_at IS NOT NULL
  RETURNING url`);

const countSetAside = statement<{ deliveries: number }>(`
  SELECT count(*) AS deliveries FROM webhook_deliveries WHERE app_id = :appId AND status = 'disabled' AND url = :url`);

/** What is held against an address is kept for so long: then the last delivery to it has been forgotten too. */
const KEPT_FOR_MS = 90 * DAY_MS;

/** Addresses forgotten in one commit: it must not keep payments waiting. A payment may bring one of its own. */
const FORGET_TOGETHER = 500;

const forget = statement(`
  DELETE FROM webhook_endpoints WHERE (app_id, url) IN (
    SELECT e.app_id, e.url FROM webhook_endpoints e JOIN apps a ON a.id = e.app_id
    WHERE coalesce(e.disabled_at, e.failing_since) < :before AND a.webhook_url <> e.url LIMIT ${FORGET_TOGETHER})`);

/** An attempt was accepted: nothing is held against the address any more. */
export async function endpointWorks(tx: Transaction, { appId, url }: Place): Promise<void> {
  await tx.run(clear, { appId, url });
}

/**
 * An attempt failed. Disables the address when it answered 410 Gone or has only failed for too long, and sets aside
 * every delivery that waits for it; answers why, or null.
 */
export async function endpointFails(
  tx: Transaction,
  { appId, url }: Place,
  { gone, attempts, now }: { gone: boolean; attempts: number; now: number },
): Promise<string | null> {
  const { failingSince } = (await tx.get(blame, { appId, url, now }))!;
  const isHopeless = attempts >= FAILED_ATTEMPTS_MIN && now - failingSince >= FAILING_MAX_MS;
  if (!gone && !isHopeless) return null;
  const reason = gone ? 'it answered 410 Gone' : `nothing but failures for ${FAILING_MAX_MS / DAY_MS} days`;
  await tx.run(disable, { appId, url, reason, now });
  await tx.run(setAside, { appId, url, now });
  return reason;
}

/** The recurring job that forgets addresses which were given up long ago, unless they are an app's own. */
export async function forgetEndpoints(store: Store, clock: Clock): Promise<void> {
  const before = clock.now() - KEPT_FOR_MS;
  while ((await store.write((tx) => tx.run(forget, { before }))) === FORGET_TOGETHER);
}

export class WebhookEndpoints {
  readonly #store: Store;

  constructor({ store }: { store: Store }) {
    this.#store = store;
  }

  /** The addresses that fail or are disabled, of all apps or one. */
  async troubled(appId?: number): Promise<Endpoint[]> {
    return appId === undefined ? this.#store.read.all(list) : this.#store.read.all(listOfApp, { appId });
  }

  /** Enables one address of an app, or all; answers each with how many deliveries were set aside while it was disabled. */
  enable(appId: number, url?: string): Promise<{ url: string; setAside: number }[]> {
    return this.#store.write(async (tx) => {
      const enabled = [];
      for (const each of await tx.all(enable, { appId, url: url ?? null })) {
        enabled.push({ url: each.url, setAside: (await tx.get(countSetAside, { appId, url: each.url }))!.deliveries });
      }
      return enabled;
    });
  }
}
