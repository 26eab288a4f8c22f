/** Apps: the merchants on this server. Each has its keys, items, wallets and webhooks. */
import { randomBytes } from 'node:crypto';
import { ConfigError } from '../config.ts';
import type { Clock } from '../core/clock.ts';
import { ApiError } from '../core/errors.ts';
import { type Reader, statement, type Store, type Transaction } from '../db/store.ts';
import { seal, unseal } from './sealed-text.ts';
import { checkedSlug, slugFromName } from './slugs.ts';

export const WEBHOOK_FORMATS = ['dgateway', 'dukuzi'] as const;
export type WebhookFormat = (typeof WEBHOOK_FORMATS)[number];

export interface App {
  id: number;
  slug: string;
  name: string;
  logoUrl: string;
  theme: Record<string, string>;
  webhookUrl: string;
  webhookFormat: WebhookFormat;
  /** What API payments pay, in hundredths of a percent: 800 is 8 %. */
  feeBasisPoints: number;
  /** Browser origins that may use the app; none listed means any. */
  origins: string[];
}

export interface NewApp {
  name: string;
  /** Made of the name when absent. */
  slug?: string | undefined;
  webhookUrl?: string | undefined;
  webhookFormat?: string | undefined;
  /** Percent with at most two decimals. */
  feePercent?: number | undefined;
  origins?: readonly string[] | undefined;
}

const NAME_CHARS_MAX = 255;
const URL_CHARS_MAX = 2_048;
const FEE_PERCENT_DEFAULT = 8;
const WEBHOOK_SECRET_BYTES = 32;

/** An app's row under the names that `appOf` reads; other statements may select these columns of `a` too. */
export const APP_COLUMNS = `a.id AS app_id, a.slug AS app_slug, a.name AS app_name, a.logo_url, a.theme, a.webhook_url,
  a.webhook_format, a.fee_basis_points, a.origins`;

export interface AppRow {
  app_id: number;
  app_slug: string;
  app_name: string;
  logo_url: string;
  theme: string;
  webhook_url: string;
  webhook_format: WebhookFormat;
  fee_basis_points: number;
  origins: string;
}

export function appOf(row: AppRow): App {
  return {
    id: row.app_id,
    slug: row.app_slug,
    name: row.app_name,
    logoUrl: row.logo_url,
    theme: JSON.parse(row.theme) as Record<string, string>,
    webhookUrl: row.webhook_url,
    webhookFormat: row.webhook_format,
    feeBasisPoints: row.fee_basis_points,
    origins: JSON.parse(row.origins) as string[],
  };
}

interface SealedRow {
  slug: string;
  webhook_secret: string;
}

const BY_SLUG = statement<AppRow>(`SELECT ${APP_COLUMNS} FROM apps a WHERE a.slug = :slug`);
const BY_ID = statement<AppRow>(`SELECT ${APP_COLUMNS} FROM apps a WHERE a.id = :id`);
const ORIGIN_LISTS = statement<{ origins: string }>(`SELECT origins FROM apps WHERE origins <> '[]'`);
const SLUGS = statement<{ slug: string }>('SELECT slug FROM apps ORDER BY id LIMIT :most');
const ANY = statement<{ id: number }>('SELECT id FROM apps LIMIT 1');
const WEBHOOK_SECRET = statement<SealedRow>('SELECT slug, webhook_secret FROM apps WHERE id = :id');
const ANY_SECRET = statement<SealedRow>('SELECT slug, webhook_secret FROM apps ORDER BY id LIMIT 1');
const INSERT = statement<{ id: number }>(`
  INSERT INTO apps (slug, name, webhook_url, webhook_format, webhook_secret, fee_basis_points, origins, created_at)
  VALUES (:slug, :name, :webhookUrl, :webhookFormat, :webhookSecret, :feeBasisPoints, :origins, :now)
  ON CONFLICT (slug) DO NOTHING
  RETURNING id`);

export class Apps {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #encryptionKey: Uint8Array;

  /** `encryptionKey`: `deriveKey(secret, 'webhook-secrets')`. */
  constructor(needs: { store: Store; clock: Clock; encryptionKey: Uint8Array }) {
    this.#store = needs.store;
    this.#clock = needs.clock;
    this.#encryptionKey = needs.encryptionKey;
  }

  /** Makes an app; its webhook secret is answered here, and later only by `webhookSecret`. */
  create(input: NewApp): Promise<{ app: App; webhookSecret: string }> {
    return this.#store.write((tx) => this.createWithin(tx, input));
  }

  /** The same inside a transaction of the caller's, for an app that is made together with its keys. */
  async createWithin(tx: Transaction, input: NewApp): Promise<{ app: App; webhookSecret: string }> {
    const fields = checked(input);
    const webhookSecret = newWebhookSecret();
    const row = await tx.get(INSERT, {
      ...fields,
      origins: JSON.stringify(fields.origins),
      webhookSecret: seal(this.#encryptionKey, webhookSecretPlace(fields.slug), webhookSecret),
      now: this.#clock.now(),
    });
    if (!row) throw new ApiError('VALIDATION_ERROR', `slug ${fields.slug} belongs to another app on this server`);
    return { app: { id: row.id, logoUrl: '', theme: {}, ...fields }, webhookSecret };
  }

  async bySlug(slug: string): Promise<App | null> {
    const row = await this.#store.read.get(BY_SLUG, { slug });
    return row ? appOf(row) : null;
  }

  async byId(id: number): Promise<App | null> {
    const row = await this.#store.read.get(BY_ID, { id });
    return row ? appOf(row) : null;
  }

  /** Of the first `most` apps, for a person who named one that is not here. */
  async slugs(most: number): Promise<string[]> {
    return (await this.#store.read.all(SLUGS, { most })).map(({ slug }) => slug);
  }

  /** Whether some app lists this browser origin: a preflight comes without the key that would say whose. */
  async anyListsOrigin(origin: string): Promise<boolean> {
    const lists = await this.#store.read.all(ORIGIN_LISTS);
    return lists.some(({ origins }) => (JSON.parse(origins) as string[]).includes(origin));
  }

  /** Whether the server has an app at all, as the transaction sees it. */
  async anyWithin(tx: Transaction): Promise<boolean> {
    return (await tx.get(ANY)) !== undefined;
  }

  /**
   * Throws ConfigError when the apps here were made under another server secret: every key handed out would be
   * refused and no webhook could be signed, which nobody should find out from their customers.
   */
  async assertSecretFits(): Promise<void> {
    if (!(await opensApps(this.#store.read, this.#encryptionKey))) {
      throw new ConfigError(['MALIPO_SECRET is not the secret this database was made with: set that one, or put its .secret file back beside it']);
    }
  }

  /** The app's webhook secret (`whsec_` + base64), to sign with or to show to its owner. */
  async webhookSecret(appId: number): Promise<string> {
    const row = await this.#store.read.get(WEBHOOK_SECRET, { id: appId });
    if (!row) throw new ApiError('NOT_FOUND', `There is no app ${appId}`);
    return unseal(this.#encryptionKey, webhookSecretPlace(row.slug), row.webhook_secret);
  }
}

/** Whether the apps that there are were made under the secret of this key (`deriveKey(secret, 'webhook-secrets')`). */
export async function opensApps(reader: Reader, encryptionKey: Uint8Array): Promise<boolean> {
  const row = await reader.get(ANY_SECRET);
  return row === undefined || opens(encryptionKey, row);
}

function opens(key: Uint8Array, row: SealedRow): boolean {
  try {
    unseal(key, webhookSecretPlace(row.slug), row.webhook_secret);
    return true;
  } catch {
    return false;
  }
}

export function newWebhookSecret(): string {
  return `whsec_${randomBytes(WEBHOOK_SECRET_BYTES).toString('base64')}`;
}

/** Where the sealed webhook secret is. Slugs never change, and unlike the id they are known before the insert. */
export function webhookSecretPlace(slug: string): string {
  return `apps/webhook_secret/${slug}`;
}

function checked(input: NewApp): Pick<App, 'slug' | 'name' | 'webhookUrl' | 'webhookFormat' | 'feeBasisPoints' | 'origins'> {
  const name = input.name.trim();
  if (name === '' || name.length > NAME_CHARS_MAX) refuse(`name must have 1 to ${NAME_CHARS_MAX} characters`);
  const webhookFormat = WEBHOOK_FORMATS.find((format) => format === (input.webhookFormat ?? 'dgateway'));
  if (!webhookFormat) refuse(`webhook_format must be ${WEBHOOK_FORMATS.join(' or ')}`);
  return {
    name,
    slug: checkedSlug(input.slug ?? slugFromName(name)),
    webhookUrl: input.webhookUrl ? checkedWebhookUrl(input.webhookUrl) : '',
    webhookFormat,
    feeBasisPoints: toBasisPoints(input.feePercent ?? FEE_PERCENT_DEFAULT),
    origins: [...new Set((input.origins ?? []).map(checkedOrigin))],
  };
}

function toBasisPoints(percent: number): number {
  const basisPoints = Math.round(percent * 100);
  if (!(percent >= 0 && percent <= 100) || basisPoints / 100 !== percent) {
    refuse('fee_percent must be a number from 0 to 100 with at most two decimals');
  }
  return basisPoints;
}

export function checkedWebhookUrl(text: string): string {
  const url = webUrl(text);
  if (!url || url.username || url.hash || text.length > URL_CHARS_MAX) refuse('webhook_url must be an absolute http:// or https:// address');
  return text;
}

/** An origin as a browser sends it: scheme, host and port, nothing after them. */
function checkedOrigin(text: string): string {
  const url = webUrl(text);
  if (!url || url.origin !== url.href.replace(/\/$/, '')) refuse(`origin must look like https://shop.example.org, not ${text}`);
  return url.origin;
}

function webUrl(text: string): URL | null {
  const url = URL.parse(text);
  return url && /^https?:$/.test(url.protocol) ? url : null;
}

function refuse(message: string): never {
  throw new ApiError('VALIDATION_ERROR', message);
}
