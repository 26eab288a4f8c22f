/** What `/metrics` reads of the database: little enough to be read whenever somebody asks. */
import type { Clock } from '../../core/clock.ts';
import type { Store } from '../../db/store.ts';
import { MAIN_LANE } from '../../jobs/lane.ts';
import type { JobQueue } from '../../jobs/queue.ts';
import { totals } from '../../ledger/balances.ts';
import { openReviews } from '../../payments/statements.ts';
import { isProviderLane } from '../../providers/lane.ts';
import type { ProviderLines } from '../../providers/lines/lines.ts';
import type { StatusStreams } from '../checkout/status-streams.ts';
import type { Gauges } from './registry.ts';

interface GaugesDeps {
  store: Store;
  clock: Clock;
  queue: JobQueue;
  lines: ProviderLines;
  streams: StatusStreams;
}

export function gaugesOf({ store, clock, queue, lines, streams }: GaugesDeps): Gauges {
  return {
    openStreams: () => streams.open,

    async queue() {
      const found = { main: { due: 0, ageMs: 0 }, providers: { due: 0, ageMs: 0 }, receivers: { due: 0, ageMs: 0 } };
      for (const { lane, due, ageMs } of await queue.due(clock.now())) {
        const sum = lane === MAIN_LANE ? found.main : isProviderLane(lane) ? found.providers : found.receivers;
        sum.due += due;
        sum.ageMs = Math.max(sum.ageMs, ageMs);
      }
      return [
        { lane: 'main', ...found.main },
        { lane: 'providers', ...found.providers },
        { lane: 'receivers', ...found.receivers },
      ];
    },

    async ledger() {
      const all = await totals(store.read);
      return {
        unbalanced: all.map(({ currency, mode, minor }) => ({ currency, mode, minor })),
        accountsBelowZero: all.reduce((sum, { belowZero }) => sum + belowZero, 0),
        reviewsOpen: (await store.read.get(openReviews))!.open,
      };
    },

    lines: () => lines.seen(),
  };
}
