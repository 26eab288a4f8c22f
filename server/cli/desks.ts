/** What commands decide with beside the server: the same capabilities, on the same database. */
import { type Clock, systemClock } from '../core/clock.ts';
import { StatusHub } from '../events/status-hub.ts';
import { JobQueue } from '../jobs/queue.ts';
import { Reversals } from '../payments/reversal.ts';
import { Settlement } from '../payments/settlement.ts';
import { ProviderRouting } from '../providers/routing.ts';
import { RefundFollowing } from '../refunds/following.ts';
import { DashboardRefunds } from '../refunds/made-there.ts';
import { RefundDesk } from '../refunds/requesting.ts';
import { ReviewDesk } from '../reviews/desk.ts';
import { WithdrawalSettlement } from '../wallets/settlement.ts';
import { WebhookEvents } from '../webhooks/events.ts';
import type { ProviderSlug } from '../providers/capabilities.ts';
import type { Provider } from '../providers/provider.ts';
import type { Workspace } from './workspace.ts';

export function refundDesk({ store }: Pick<Workspace, 'store'>, clock: Clock = systemClock): RefundDesk {
  return new RefundDesk({ store, clock, jobs: new JobQueue(store) });
}

/** Decides, and asks those of the live providers again that it is given; what else there is to ask is the server's. */
export function reviewDesk(
  { store, lines, webhookSettings }: Pick<Workspace, 'store' | 'lines' | 'webhookSettings'>,
  { clock = systemClock, live = new Map() }: { clock?: Clock; live?: ReadonlyMap<ProviderSlug, Provider> } = {},
): ReviewDesk {
  const jobs = new JobQueue(store);
  const events = new WebhookEvents({ store, clock, jobs, settings: webhookSettings });
  const settlement = new Settlement({ store, clock, jobs, hub: new StatusHub(), events, lines });
  const routing = new ProviderRouting({ sandbox: nobody, live });
  const refunds = new RefundFollowing({ store, clock, jobs, routing, events });
  return new ReviewDesk({
    store,
    clock,
    settlement,
    reversals: new Reversals({ clock, events, refunds: new DashboardRefunds({ clock, following: refunds }) }),
    withdrawals: new WithdrawalSettlement({ clock, jobs }),
    refunds,
    routing,
  });
}

const nobody = new Proxy({} as Provider, {
  get: () => {
    throw new Error('A command was to ask the sandbox');
  },
});
