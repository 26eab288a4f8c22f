/**
 * What happened to payments, for whoever is told. Written in the commit that moves a payment's status: the event,
 * its delivery and the job that makes it exist exactly when the move does, whenever the process dies.
 */
import type { WebhookSettings } from '../access/webhook-settings.ts';
import { type Clock, DAY_MS } from '../core/clock.ts';
import { statement, type Store, type Transaction } from '../db/store.ts';
import type { JobQueue } from '../jobs/queue.ts';
import type { Payment } from '../payments/payment.ts';
import type { MoneyBack } from '../payments/settlement.ts';
import { deliver } from './deliveries.ts';
import { canTell, factsOf } from './payloads.ts';

/** Events are kept this long, with the log of their deliveries, for replays and disputes. */
const KEPT_FOR_MS = 90 * DAY_MS;

/** Events forgotten in one commit: it must not keep payments waiting. */
const FORGET_TOGETHER = 500;

const insert = statement<{ id: number }>(`
  INSERT INTO webhook_events (app_id, payment_id, payment_version, facts, created_at)
  VALUES (:appId, :paymentId, :paymentVersion, :facts, :now)
  RETURNING id`);

const oldest = statement<{ id: number; at: number }>(`
  SELECT id, created_at AS at FROM webhook_events ORDER BY id LIMIT ${FORGET_TOGETHER}`);

const forget = statement('DELETE FROM webhook_events WHERE id <= :upTo');

export class WebhookEvents {
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

  /**
   * Records that a payment's status moved, or that its money went back, and has it told to the payment's own callback address, or else to its
   * app's. It is recorded also where nobody listens yet: a replay can tell it later.
   */
  async record(tx: Transaction, payment: Payment, news?: MoneyBack): Promise<void> {
    const now = this.#clock.now();
    const { appId, id: paymentId, version: paymentVersion } = payment;
    const facts = JSON.stringify(factsOf(payment, news));
    // Asked for together, the two cost one round trip.
    const [event, target] = await Promise.all([tx.get(insert, { appId, paymentId, paymentVersion, facts, now }), this.#settings.target(tx, appId)]);
    const url = payment.callbackUrl || target!.url;
    if (url === '' || !canTell(target!.format, payment)) return;
    await deliver(tx, this.#jobs, { eventId: event!.id, appId, url }, now);
  }

  /** The recurring job that forgets old events and their deliveries; ids rise with time, so the oldest come first. */
  async forgetOld(): Promise<void> {
    const before = this.#clock.now() - KEPT_FOR_MS;
    for (;;) {
      const old = (await this.#store.read.all(oldest)).filter(({ at }) => at < before);
      const last = old.at(-1);
      if (last === undefined) return;
      await this.#store.write((tx) => tx.run(forget, { upTo: last.id }));
    }
  }
}
