/**
 * API keys: `dgw_live_` or `dgw_test_`, 32 random letters and digits, and a checksum of six (190 random bits,
 * so a fast keyed hash is enough; a slow one would only be a door for denial of service). The key itself is
 * shown once; the database has its HMAC, which says nothing without the server's secret.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Clock } from '../core/clock.ts';
import { ApiError } from '../core/errors.ts';
import { randomBase62, toBase62 } from '../core/ids.ts';
import type { Mode } from '../core/mode.ts';
import { type Awaitable, statement, type Store, type Transaction } from '../db/store.ts';
import { type App, APP_COLUMNS, appOf, type AppRow } from './apps.ts';

/** Who is asking: what a valid key proves. */
export interface Credential {
  keyId: number;
  mode: Mode;
  app: App;
}

export interface NewKey {
  id: number;
  /** The whole key; nobody can show it again. */
  key: string;
  prefix: string;
  mode: Mode;
}

/** A key as it is listed: never the key itself. */
export interface KeyRecord {
  id: number;
  prefix: string;
  mode: Mode;
  appSlug: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  revokedAt: number | null;
}

const RANDOM_CHARS = 32;
const CHECKSUM_CHARS = 6;
/** `dgw_live_` and six characters more: enough to tell keys apart, far too little to guess the rest. */
const PREFIX_CHARS = 15;
const KEY = /^dgw_(?:live|test)_[0-9A-Za-z]{38}$/;
/** Two prefixes alike are a one in 57 thousand million chance for each pair; a new key is drawn then. */
const DRAWS_MAX = 5;

/**
 * The hot one: every request asks it. SQLite is built with STAT4 here, and then plans a join anew whenever a
 * parameter it compares with an index is bound again (13.5 µs a call); it does not look into a CAST (3.3 µs,
 * measured 2026-11 with better-sqlite3 13.2.0).
 */
const BY_HASH = statement<AppRow & { key_id: number; mode: Mode; key_hash: string }>(`
  SELECT k.id AS key_id, k.mode, k.key_hash, ${APP_COLUMNS}
  FROM api_keys k JOIN apps a ON a.id = k.app_id
  WHERE k.key_hash = CAST(:hash AS TEXT) AND k.revoked_at IS NULL`);

const INSERT = statement<{ id: number }>(`
  INSERT INTO api_keys (app_id, mode, prefix, key_hash, created_at) VALUES (:appId, :mode, :prefix, :hash, :now)
  ON CONFLICT (prefix) DO NOTHING
  RETURNING id`);

interface KeyRow {
  id: number;
  prefix: string;
  mode: Mode;
  app_slug: string;
  created_at: number;
  revoked_at: number | null;
}

const COLUMNS = 'k.id, k.prefix, k.mode, a.slug AS app_slug, k.created_at, k.revoked_at FROM api_keys k JOIN apps a ON a.id = k.app_id';
const LIST = statement<KeyRow>(`SELECT ${COLUMNS} ORDER BY k.id`);
const LIST_OF_APP = statement<KeyRow>(`SELECT ${COLUMNS} WHERE k.app_id = :appId ORDER BY k.id`);
const BY_PREFIX_OR_ID = statement<KeyRow>(`SELECT ${COLUMNS} WHERE k.prefix = :prefix OR k.id = :id`);
const REVOKE = statement('UPDATE api_keys SET revoked_at = :now WHERE id = :id AND revoked_at IS NULL');

export class ApiKeys {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #secretKey: Uint8Array;

  /** `secretKey`: `deriveKey(secret, 'api-keys')`. */
  constructor(needs: { store: Store; clock: Clock; secretKey: Uint8Array }) {
    this.#store = needs.store;
    this.#clock = needs.clock;
    this.#secretKey = needs.secretKey;
  }

  create(appId: number, mode: Mode): Promise<NewKey> {
    return this.#store.write((tx) => this.createWithin(tx, appId, mode));
  }

  /** The same inside a transaction of the caller's, for an app that is made together with its keys. */
  async createWithin(tx: Transaction, appId: number, mode: Mode): Promise<NewKey> {
    for (let draw = 0; draw < DRAWS_MAX; draw++) {
      const key = drawKey(mode);
      const prefix = key.slice(0, PREFIX_CHARS);
      const hash = this.#hash(key).toString('hex');
      const row = await tx.get(INSERT, { appId, mode, prefix, hash, now: this.#clock.now() });
      if (row) return { id: row.id, key, prefix, mode };
    }
    throw new Error('No free key prefix was found: the random source repeats itself');
  }

  /**
   * Who a presented key belongs to, or null. Typing errors are refused without asking the database. Nothing is
   * remembered between calls: a key revoked by another process is refused by the next one.
   */
  authenticate(presented: string | undefined): Awaitable<Credential | null> {
    if (presented === undefined || !isWellFormed(presented)) return null;
    const digest = this.#hash(presented);
    const row = this.#store.read.get(BY_HASH, { hash: digest.toString('hex') });
    return row instanceof Promise ? row.then((found) => credentialOf(found, digest)) : credentialOf(row, digest);
  }

  /** All keys, or one app's, the oldest first; revoked ones too. */
  async list(appId?: number): Promise<KeyRecord[]> {
    const { read } = this.#store;
    const rows = await (appId === undefined ? read.all(LIST) : read.all(LIST_OF_APP, { appId }));
    return rows.map(recordOf);
  }

  /**
   * Revokes a key named by its id or prefix (or by the whole key, as someone who found it leaked would). Revoking
   * again changes nothing.
   */
  revoke(prefixOrId: string | number): Promise<KeyRecord> {
    const name = String(prefixOrId).trim();
    const id = /^[0-9]{1,15}$/.test(name) ? Number(name) : 0;
    return this.#store.write(async (tx) => {
      const row = await tx.get(BY_PREFIX_OR_ID, { prefix: name.slice(0, PREFIX_CHARS), id });
      if (!row) throw new ApiError('NOT_FOUND', `There is no key ${name.slice(0, PREFIX_CHARS)}`);
      const now = this.#clock.now();
      await tx.run(REVOKE, { id: row.id, now });
      return recordOf({ ...row, revoked_at: row.revoked_at ?? now });
    });
  }

  #hash(key: string): Buffer {
    return createHmac('sha256', this.#secretKey).update(key).digest();
  }
}

/** Whether a text has a key's shape and checksum: catches typing errors, proves nothing. */
export function isWellFormed(key: string): boolean {
  return KEY.test(key) && key.endsWith(checksum(key.slice(0, -CHECKSUM_CHARS)));
}

function drawKey(mode: Mode): string {
  const body = `dgw_${mode}_${randomBase62(RANDOM_CHARS)}`;
  return body + checksum(body);
}

function checksum(text: string): string {
  return toBase62(crc32(text), CHECKSUM_CHARS);
}

function credentialOf(row: (AppRow & { key_id: number; mode: Mode; key_hash: string }) | undefined, digest: Buffer): Credential | null {
  // The index found equal text already; comparing in constant time keeps that from ever being loosened.
  if (!row || !timingSafeEqual(Buffer.from(row.key_hash, 'hex'), digest)) return null;
  return { keyId: row.key_id, mode: row.mode, app: appOf(row) };
}

function recordOf(row: KeyRow): KeyRecord {
  return {
    id: row.id,
    prefix: row.prefix,
    mode: row.mode,
    appSlug: row.app_slug,
    createdAt: row.created_at,
    revokedAt: row.revoked_at,
  };
}
