import { StatusHub } from '../../../server/events/status-hub.ts';
import { Reversals } from '../../../server/payments/reversal.ts';
import { Settlement } from '../../../server/payments/settlement.ts';
import { ProviderLines } from '../../../server/providers/lines/lines.ts';
import { ProviderRouting } from '../../../server/providers/routing.ts';
import { RefundFollowing } from '../../../server/refunds/following.ts';
import { ReviewDesk } from '../../../server/reviews/desk.ts';
import { WithdrawalSettlement } from '../../../server/wallets/settlement.ts';
import type { TestMalipo } from './build-malipo.ts';
import { ScriptedProvider } from './scripted-provider.ts';

/** The operator's desk beside a server, on its database. */
export function reviewDesk({ store, clock, queue: jobs }: Pick<TestMalipo, 'store' | 'clock' | 'queue'>): ReviewDesk {
  const events = { record: async () => undefined };
  const settlement = new Settlement({ store, clock, jobs, hub: new StatusHub(), events, lines: new ProviderLines({ store, clock }) });
  const routing = new ProviderRouting({ sandbox: new ScriptedProvider('sandbox'), live: new Map() });
  return new ReviewDesk({
    store,
    clock,
    settlement,
    reversals: new Reversals({ clock, events }),
    withdrawals: new WithdrawalSettlement({ clock, jobs }),
    refunds: new RefundFollowing({ store, clock, routing, events }),
  });
}
