/** How an app's webhooks are addressed, written and signed, and the change of its secret. */
import type { Clock } from '../core/clock.ts';
import { ApiError } from '../core/errors.ts';
import { type Awaitable, type Reader, statement, type Store } from '../db/store.ts';
import { checkedWebhookUrl, newWebhookSecret, type WebhookFormat, webhookSecretPlace } from './apps.ts';
import { seal, unseal } from './sealed-text.ts';

/** How `X-DGateway-Signature` is written: bare hex as most clients compare it, or `sha256=` before it. */
export const SIGNATURE_FORMS = ['hex', 'sha256'] as const;
export type SignatureForm = (typeof SIGNATURE_FORMS)[number];

export interface WebhookTarget {
  /** Empty: the app wants none. */
  url: string;
  format: WebhookFormat;
}

export interface WebhookSigning {
  format: WebhookFormat;
  signatureForm: SignatureForm;
  /** The secrets valid now, the newest first. */
  secrets: string[];
}

export interface WebhookChange {
  /** Empty: no more webhooks. */
  url?: string | undefined;
  format?: WebhookFormat | undefined;
  signatureForm?: SignatureForm | undefined;
}

interface SigningRow {
  slug: string;
  format: WebhookFormat;
  signatureForm: SignatureForm;
  secret: string;
  before: string | null;
  beforeUntil: number | null;
}

const target = statement<WebhookTarget>('SELECT webhook_url AS url, webhook_format AS format FROM apps WHERE id = :id');

const signing = statement<SigningRow>(`
  SELECT slug, webhook_format AS format, webhook_signature AS "signatureForm", webhook_secret AS secret,
    webhook_secret_before AS before, webhook_secret_before_until AS "beforeUntil"
  FROM apps WHERE id = :id`);

const rotate = statement(`
  UPDATE apps SET webhook_secret_before = webhook_secret, webhook_secret_before_until = :until, webhook_secret = :secret
  WHERE id = :id`);

const update = statement<{ slug: string; url: string; format: WebhookFormat; signatureForm: SignatureForm }>(`
  UPDATE apps SET webhook_url = coalesce(:url, webhook_url), webhook_format = coalesce(:format, webhook_format),
    webhook_signature = coalesce(:signatureForm, webhook_signature)
  WHERE id = :id
  RETURNING slug, webhook_url AS url, webhook_format AS format, webhook_signature AS "signatureForm"`);

export class WebhookSettings {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #encryptionKey: Uint8Array;

  /** `encryptionKey`: the one that `Apps` has. */
  constructor(needs: { store: Store; clock: Clock; encryptionKey: Uint8Array }) {
    this.#store = needs.store;
    this.#clock = needs.clock;
    this.#encryptionKey = needs.encryptionKey;
  }

  /** Where the app wants to be told, as this reader sees it. */
  target(reader: Reader, appId: number): Awaitable<WebhookTarget | undefined> {
    return reader.get(target, { id: appId });
  }

  async signing(appId: number): Promise<WebhookSigning> {
    const row = found(await this.#store.read.get(signing, { id: appId }), appId);
    const open = (sealed: string) => unseal(this.#encryptionKey, webhookSecretPlace(row.slug), sealed);
    const secrets = [open(row.secret)];
    if (row.before !== null && row.beforeUntil! > this.#clock.now()) secrets.push(open(row.before));
    return { format: row.format, signatureForm: row.signatureForm, secrets };
  }

  /**
   * Gives the app a new secret and answers it. Deliveries are signed with the old one as well for `keepOldMs` more;
   * one older still ends at once, because there are two at most.
   */
  async rotateSecret(appId: number, keepOldMs: number): Promise<{ secret: string; oldValidUntil: number }> {
    const secret = newWebhookSecret();
    const until = this.#clock.now() + keepOldMs;
    await this.#store.write(async (tx) => {
      const { slug } = found(await tx.get(signing, { id: appId }), appId);
      await tx.run(rotate, { id: appId, until, secret: seal(this.#encryptionKey, webhookSecretPlace(slug), secret) });
    });
    return { secret, oldValidUntil: until };
  }

  /** Changes what is given. Deliveries that wait keep their address, and are written and signed in the new way. */
  async change(appId: number, { url, format, signatureForm }: WebhookChange) {
    const params = { id: appId, url: url ? checkedWebhookUrl(url) : (url ?? null), format: format ?? null, signatureForm: signatureForm ?? null };
    return found(await this.#store.write((tx) => tx.get(update, params)), appId);
  }
}

function found<Row>(row: Row | undefined, appId: number): Row {
  if (row === undefined) throw new ApiError('NOT_FOUND', `There is no app ${appId}`);
  return row;
}
