/** What became of deliveries, for whoever looks into one. */
import type { WebhookFormat } from '../access/apps.ts';
import { ApiError } from '../core/errors.ts';
import { statement, type Store } from '../db/store.ts';
import { type DeliveryStatus } from './deliveries.ts';
import { eventId } from './delivery.ts';
import { eventName, type Facts, payload } from './payloads.ts';

export interface LoggedDelivery {
  id: number;
  /** The webhook-id header. */
  webhookId: string;
  event: string;
  appSlug: string;
  reference: string;
  url: string;
  status: DeliveryStatus;
  attempts: number;
  createdAt: number;
  nextAttemptAt: number | null;
  lastAttempt: LoggedAttempt | null;
}

export interface LoggedAttempt {
  startedAt: number;
  durationMs: number;
  /** Null: there was no answer, and `error` says why. */
  responseStatus: number | null;
  responseBody: string;
  error: string;
}

interface DeliveryRow extends LoggedAttempt {
  id: number;
  appSlug: string;
  format: WebhookFormat;
  facts: string;
  eventAt: number;
  paymentVersion: number;
  url: string;
  status: DeliveryStatus;
  attempts: number;
  createdAt: number;
  nextAttemptAt: number | null;
  attemptId: number | null;
}

const ATTEMPT_COLUMNS = `w.started_at AS "startedAt", w.duration_ms AS "durationMs", w.response_status AS "responseStatus",
  w.response_body AS "responseBody", w.error`;

const DELIVERIES = `
  SELECT d.id, a.slug AS "appSlug", a.webhook_format AS format, e.facts, e.created_at AS "eventAt", e.payment_version AS "paymentVersion",
    d.url, d.status, d.attempts, d.created_at AS "createdAt", d.next_attempt_at AS "nextAttemptAt", w.id AS "attemptId", ${ATTEMPT_COLUMNS}
  FROM webhook_deliveries d JOIN webhook_events e ON e.id = d.event_id JOIN apps a ON a.id = d.app_id
  LEFT JOIN webhook_attempts w ON w.id = (SELECT max(id) FROM webhook_attempts WHERE delivery_id = d.id)`;

const newest = statement<DeliveryRow>(`${DELIVERIES}
  WHERE (CAST(:appId AS INTEGER) IS NULL OR d.app_id = :appId) AND (CAST(:status AS TEXT) IS NULL OR d.status = :status)
  ORDER BY d.id DESC LIMIT :limit`);

const byId = statement<DeliveryRow>(`${DELIVERIES} WHERE d.id = :id`);

const attemptsOf = statement<LoggedAttempt>(`SELECT ${ATTEMPT_COLUMNS} FROM webhook_attempts w WHERE w.delivery_id = :id ORDER BY w.id`);

export class DeliveryLog {
  readonly #store: Store;

  constructor({ store }: { store: Store }) {
    this.#store = store;
  }

  /** The newest deliveries first. */
  async list({ appId, status, limit }: { appId?: number | undefined; status?: DeliveryStatus | undefined; limit: number }): Promise<LoggedDelivery[]> {
    const rows = await this.#store.read.all(newest, { appId: appId ?? null, status: status ?? null, limit });
    return rows.map(deliveryOf);
  }

  /** One delivery with what it says and every attempt of it. */
  async show(id: number): Promise<{ delivery: LoggedDelivery; body: object; attempts: LoggedAttempt[] }> {
    const row = await this.#store.read.get(byId, { id });
    if (row === undefined) throw new ApiError('NOT_FOUND', `There is no webhook delivery ${id}`);
    const body = payload(row.format, { facts: JSON.parse(row.facts) as Facts, at: row.eventAt });
    return { delivery: deliveryOf(row), body, attempts: await this.#store.read.all(attemptsOf, { id }) };
  }
}

function deliveryOf(row: DeliveryRow): LoggedDelivery {
  const facts = JSON.parse(row.facts) as Facts;
  const { startedAt, durationMs, responseStatus, responseBody, error } = row;
  return {
    id: row.id,
    webhookId: eventId(facts, row.paymentVersion),
    event: eventName(facts),
    appSlug: row.appSlug,
    reference: facts.reference,
    url: row.url,
    status: row.status,
    attempts: row.attempts,
    createdAt: row.createdAt,
    nextAttemptAt: row.nextAttemptAt,
    lastAttempt: row.attemptId === null ? null : { startedAt, durationMs, responseStatus, responseBody, error },
  };
}
