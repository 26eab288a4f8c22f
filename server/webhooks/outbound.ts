/** Outbound webhooks put together: what happened is recorded, told, told again, and forgotten in the end. */
import type { WebhookSettings } from '../access/webhook-settings.ts';
import type { Clock } from '../core/clock.ts';
import type { Store } from '../db/store.ts';
import type { JobQueue } from '../jobs/queue.ts';
import type { JobRunner } from '../jobs/runner.ts';
import { AddressGuard } from './address-guard.ts';
import { DELIVER_JOB } from './deliveries.ts';
import { type DeliveryLog, WebhookDelivery } from './delivery.ts';
import { forgetEndpoints } from './endpoints.ts';
import { WebhookEvents } from './events.ts';
import { OutboundPosts } from './outbound-post.ts';
import { resolveHost } from './resolve-host.ts';

interface OutboundDeps {
  store: Store;
  clock: Clock;
  jobs: JobQueue;
  settings: WebhookSettings;
  /** Ranges that may be called although they are not public. */
  allowCidrs: readonly string[];
  log: DeliveryLog;
  /** Spreads retries: a number from 0 to 1. */
  random?: (() => number) | undefined;
}

export class OutboundWebhooks {
  readonly events: WebhookEvents;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #posts: OutboundPosts;
  readonly #delivery: WebhookDelivery;

  constructor({ allowCidrs, random = Math.random, ...deps }: OutboundDeps) {
    this.#store = deps.store;
    this.#clock = deps.clock;
    this.events = new WebhookEvents(deps);
    this.#posts = new OutboundPosts({ clock: deps.clock, guard: new AddressGuard({ allowCidrs, resolve: resolveHost }) });
    this.#delivery = new WebhookDelivery({ ...deps, posts: this.#posts, random });
  }

  handleJobs(runner: JobRunner): void {
    runner.handle(DELIVER_JOB, (job) => this.#delivery.attempt(job));
  }

  /** The recurring job that forgets old events, then the addresses that only they were about. */
  async forgetOld(): Promise<void> {
    await this.events.forgetOld();
    await forgetEndpoints(this.#store, this.#clock);
  }

  /** A receiver that takes its time must not keep the server from stopping. */
  close(): void {
    this.#posts.close();
  }
}
