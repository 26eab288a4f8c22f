/** The job that tells one event to one address: an attempt now, and what follows from its outcome in one commit. */
import type { WebhookSettings } from '../access/webhook-settings.ts';
import { type Clock, SECOND_MS } from '../core/clock.ts';
import { statement, type Store, type Transaction } from '../db/store.ts';
import type { Job, JobQueue } from '../jobs/queue.ts';
import type { JobResult } from '../jobs/runner.ts';
import { VERSION } from '../version.ts';
import { type DeliveryStatus, enqueueAttempt } from './deliveries.ts';
import { endpointFails, endpointWorks } from './endpoints.ts';
import type { OutboundPosts, PostOutcome } from './outbound-post.ts';
import { type Facts, payload } from './payloads.ts';
import { nextAttemptAt } from './retries.ts';
import { signatureHeaders } from './signatures.ts';

const GONE = 410;

interface Delivery {
  id: number;
  eventId: number;
  appId: number;
  paymentId: number;
  paymentVersion: number;
  url: string;
  status: DeliveryStatus;
  attempts: number;
  nextAttemptAt: number;
  facts: string;
  eventAt: number;
  isBehindAnother: number;
}

/** A payment's events go to an address in order: one that is not first waits until all before it are accepted or given up. */
const find = statement<Delivery>(`
  SELECT d.id, d.event_id AS "eventId", d.app_id AS "appId", e.payment_id AS "paymentId", e.payment_version AS "paymentVersion",
    d.url, d.status, d.attempts, d.next_attempt_at AS "nextAttemptAt", e.facts, e.created_at AS "eventAt",
    (SELECT count(*) FROM webhook_events before JOIN webhook_deliveries ahead ON ahead.event_id = before.id
     WHERE before.payment_id = e.payment_id AND before.payment_version < e.payment_version
       AND ahead.url = d.url AND ahead.status = 'pending') AS "isBehindAnother"
  FROM webhook_deliveries d JOIN webhook_events e ON e.id = d.event_id
  WHERE d.id = :id`);

/** Says how many are still ahead of one, and lets nobody end them until the commit. */
const holdAhead = statement(`
  UPDATE webhook_deliveries SET status = status
  WHERE url = :url AND status = 'pending'
    AND event_id IN (SELECT id FROM webhook_events WHERE payment_id = :paymentId AND payment_version < :paymentVersion)`);

const nextInLine = statement<{ id: number }>(`
  SELECT d.id FROM webhook_events e JOIN webhook_deliveries d ON d.event_id = e.id
  WHERE e.payment_id = :paymentId AND e.payment_version > :paymentVersion AND d.url = :url AND d.status = 'pending'
  ORDER BY e.payment_version LIMIT 1`);

const log = statement(`
  INSERT INTO webhook_attempts (delivery_id, started_at, duration_ms, response_status, response_body, error)
  VALUES (:id, :startedAt, :durationMs, :status, :body, :error)`);

const markDelivered = statement(`
  UPDATE webhook_deliveries SET status = 'delivered', attempts = attempts + 1, next_attempt_at = NULL, updated_at = :now WHERE id = :id`);

/** Only of the delivery that was attempted: it may have been replayed, delivered or set aside meanwhile. */
const markAttempted = statement(`
  UPDATE webhook_deliveries SET status = :status, attempts = attempts + 1, next_attempt_at = :nextAttemptAt, updated_at = :now
  WHERE id = :id AND status = 'pending' AND attempts = :attempts`);

export interface DeliveryLog {
  warn(details: object, message: string): void;
}

interface WebhookDeliveryDeps {
  store: Store;
  clock: Clock;
  jobs: JobQueue;
  settings: WebhookSettings;
  posts: OutboundPosts;
  log: DeliveryLog;
  /** 0 to 1, for the jitter. */
  random: () => number;
}

export class WebhookDelivery {
  readonly #deps: WebhookDeliveryDeps;

  constructor(deps: WebhookDeliveryDeps) {
    this.#deps = deps;
  }

  async attempt(job: Job): Promise<JobResult> {
    const { store, clock, posts } = this.#deps;
    const delivery = await store.read.get(find, { id: Number(job.subject.slice('delivery:'.length)) });
    if (delivery === undefined || delivery.status !== 'pending') return 'done';
    // We died between the attempt's commit and the job's.
    if (delivery.nextAttemptAt > clock.now()) return { runAgainAt: delivery.nextAttemptAt };
    if (delivery.isBehindAnother > 0) return { doneWith: (tx) => this.#stepAside(tx, delivery) };
    const startedAt = clock.now();
    const outcome = await posts.post(await this.#request(delivery, startedAt));
    if (outcome.kind === 'interrupted') return { runAgainAt: clock.now() + SECOND_MS };
    return store.write((tx) => this.#conclude(tx, delivery, outcome, startedAt));
  }

  /**
   * Whatever ends the one ahead makes a new job for this one in its commit, where it sees this one. Another server may have
   * looked before this one was there and commit only now: that is waited for, at the row which it changes before it looks.
   */
  async #stepAside(tx: Transaction, { id, appId, paymentId, paymentVersion, url }: Delivery): Promise<void> {
    const ahead = await tx.run(holdAhead, { paymentId, paymentVersion, url });
    if (ahead === 0) await enqueueAttempt(tx, this.#deps.jobs, { id, appId, url }, this.#deps.clock.now());
  }

  /** Written and signed afresh each time: the story is the event's, the timestamp and the secrets are today's. */
  async #request({ appId, url, facts, eventAt, paymentVersion }: Delivery, now: number) {
    const { format, signatureForm: form, secrets } = await this.#deps.settings.signing(appId);
    const told = JSON.parse(facts) as Facts;
    const body = JSON.stringify(payload(format, { facts: told, at: eventAt }));
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': `Malipo/${VERSION}`,
      ...signatureHeaders({ id: eventId(told, paymentVersion), at: now, body }, { secrets, form }),
    };
    return { url, headers, body };
  }

  async #conclude(tx: Transaction, delivery: Delivery, outcome: Concluded, startedAt: number): Promise<JobResult> {
    const now = this.#deps.clock.now();
    await tx.run(log, { id: delivery.id, startedAt, durationMs: now - startedAt, ...logged(outcome) });
    const next = isAccepted(outcome) ? await this.#accept(tx, delivery, now) : await this.#fail(tx, delivery, outcome, now);
    if (next !== null) return { runAgainAt: next };
    const { paymentId, paymentVersion, appId, url } = delivery;
    const waiting = await tx.get(nextInLine, { paymentId, paymentVersion, url });
    if (waiting !== undefined) await enqueueAttempt(tx, this.#deps.jobs, { id: waiting.id, appId, url }, now);
    return 'done';
  }

  async #accept(tx: Transaction, delivery: Delivery, now: number): Promise<null> {
    await tx.run(markDelivered, { id: delivery.id, now });
    await endpointWorks(tx, delivery);
    return null;
  }

  /** Answers when to try again; null when this delivery is over. */
  async #fail(tx: Transaction, { id, appId, url, attempts }: Delivery, outcome: Concluded, now: number): Promise<number | null> {
    const gone = outcome.kind === 'answered' && outcome.status === GONE;
    const retryAfter = outcome.kind === 'answered' ? outcome.retryAfter : null;
    const next = nextAttemptAt({ attempts: attempts + 1, now, retryAfter, random: this.#deps.random });
    const status: DeliveryStatus = next === null ? 'failed' : 'pending';
    const moved = await tx.run(markAttempted, { id, attempts, status, nextAttemptAt: next, now });
    if (moved === 0) return null;
    const disabled = await endpointFails(tx, { appId, url }, { gone, attempts: attempts + 1, now });
    if (disabled === null) return next;
    tx.afterCommit(() => this.#deps.log.warn({ app: appId, url }, `webhooks to this address are disabled: ${disabled}`));
    return null;
  }
}

type Concluded = Exclude<PostOutcome, { kind: 'interrupted' }>;

/** The same in every attempt and replay, to every address. */
export function eventId({ reference }: Pick<Facts, 'reference'>, paymentVersion: number): string {
  return `evt_${reference.replace(/^dgw_/, '')}_${paymentVersion}`;
}

/** Any 2xx is yes. A redirect is not followed: where it leads is not where the merchant told us to send this. */
function isAccepted(outcome: Concluded): boolean {
  return outcome.kind === 'answered' && outcome.status >= 200 && outcome.status < 300;
}

function logged(outcome: Concluded): { status: number | null; body: string; error: string } {
  if (outcome.kind === 'failed') return { status: null, body: '', error: outcome.error };
  return { status: outcome.status, body: outcome.body, error: '' };
}
