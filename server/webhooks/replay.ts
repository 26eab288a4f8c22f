/** Telling events again, or for the first time, to where they go today. */
import type { WebhookSettings } from '../access/webhook-settings.ts';
import type { Clock } from '../core/clock.ts';
import { ApiError } from '../core/errors.ts';
import { statement, type Store, type Transaction } from '../db/store.ts';
import type { JobQueue } from '../jobs/queue.ts';
import { paymentById } from '../payments/statements.ts';
import { deliver, type DeliveryStatus } from './deliveries.ts';
import { canTell } from './payloads.ts';

/** Events replayed in one commit: it must not keep payments waiting. */
const TOGETHER = 200;

interface EventRow {
  eventId: number;
  appId: number;
  paymentId: number;
  url: string | null;
}

export interface Replayed {
  id: number;
  url: string;
  /** `disabled`: it will go out only when its address is enabled and it is replayed again. */
  status: DeliveryStatus;
}

const ofDelivery = statement<EventRow>(`
  SELECT e.id AS "eventId", e.app_id AS "appId", e.payment_id AS "paymentId", d.url
  FROM webhook_deliveries d JOIN webhook_events e ON e.id = d.event_id WHERE d.id = :id`);

const since = statement<EventRow>(`
  SELECT e.id AS "eventId", e.app_id AS "appId", e.payment_id AS "paymentId", NULL AS url
  FROM webhook_events e
  WHERE e.app_id = :appId AND e.created_at >= :since AND e.id > :after AND (:all = 1
    OR NOT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.event_id = e.id AND d.status = 'delivered'))
  ORDER BY e.id LIMIT ${TOGETHER}`);

export class WebhookReplay {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #jobs: JobQueue;
  readonly #settings: WebhookSettings;

  constructor(deps: { store: Store; clock: Clock; jobs: JobQueue; settings: WebhookSettings }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
    this.#jobs = deps.jobs;
    this.#settings = deps.settings;
  }

  /** One delivery again, whatever became of it; to the app's address of today, should that have changed. */
  async one(deliveryId: number): Promise<Replayed> {
    return this.#store.write(async (tx) => {
      const event = await tx.get(ofDelivery, { id: deliveryId });
      if (event === undefined) throw new ApiError('NOT_FOUND', `There is no webhook delivery ${deliveryId}`);
      return (await this.#tell(tx, event))!;
    });
  }

  /** An app's events since a time that nobody accepted, also those that had nowhere to go; with `all` those accepted too. */
  async since(appId: number, time: number, { all }: { all: boolean }): Promise<Replayed[]> {
    const replayed: Replayed[] = [];
    for (let after = 0; ; ) {
      const events = await this.#store.read.all(since, { appId, since: time, after, all: all ? 1 : 0 });
      const last = events.at(-1);
      if (last === undefined) return replayed;
      after = last.eventId;
      replayed.push(...(await this.#store.write(async (tx) => {
        const told = [];
        for (const event of events) told.push(await this.#tell(tx, event));
        return told.filter((each) => each !== null);
      })));
    }
  }

  /** Null where there is nobody to tell. */
  async #tell(tx: Transaction, { eventId, appId, paymentId, url: earlier }: EventRow): Promise<Replayed | null> {
    const payment = (await tx.get(paymentById, { id: paymentId }))!;
    const target = (await this.#settings.target(tx, appId))!;
    const url = payment.callbackUrl || target.url || earlier || '';
    if (url === '' || (earlier === null && !canTell(target.format, payment))) return null;
    return { url, ...(await deliver(tx, this.#jobs, { eventId, appId, url }, this.#clock.now())) };
  }
}
