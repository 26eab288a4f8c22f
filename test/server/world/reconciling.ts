/** `malipo reconcile` of every provider, as an operator runs it when all is quiet. */
import type { Config } from '../../../server/config.ts';
import type { Clock } from '../../../server/core/clock.ts';
import type { Store } from '../../../server/db/store.ts';
import type { SendHttp } from '../../../server/providers/http.ts';
import { configuredProviders } from '../../../server/providers/live.ts';
import type { HistorySpan } from '../../../server/providers/provider.ts';
import { type Difference, reconcile } from '../../../server/reconciliation/reconcile.ts';

/** What commands print of their trouble with providers. */
export const UNHEARD = { warn: () => undefined, error: () => undefined };

interface Deps {
  config: Config;
  store: Store;
  clock: Clock;
  http: (slug: string) => SendHttp;
  span: HistorySpan;
}

export async function differencesOf({ config, store, clock, http, span }: Deps): Promise<Difference[]> {
  const differences: Difference[] = [];
  for (const provider of (await configuredProviders(config, { clock, log: UNHEARD, http })).values()) {
    differences.push(...(await reconcile(store.read, provider, span, clock)).differences);
  }
  return differences;
}
