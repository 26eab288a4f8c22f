/**
 * What a provider says that stands in our account there, beside what the books say of it: everything that payments,
 * payouts and refunds moved. They need not be the same: what a provider keeps as its own charge, and what its owner put
 * in or took out there, is in no book here.
 */
import type { Mode } from '../core/mode.ts';
import type { Currency } from '../core/money.ts';
import type { Reader } from '../db/store.ts';
import { balanceMinor } from '../ledger/balances.ts';
import { currenciesOf, type ProviderSlug } from '../providers/capabilities.ts';
import type { Provider } from '../providers/provider.ts';

export interface ProviderBalance {
  provider: ProviderSlug;
  mode: Mode;
  currency: Currency;
  /** Minor units; null where it does not say. */
  thereMinor: number | null;
  hereMinor: number;
  /** Why it could not be asked, where it could not. */
  problem: string | null;
}

/** Of every currency that it takes. */
export function balancesOf(reader: Reader, slug: ProviderSlug, provider: Provider): Promise<ProviderBalance[]> {
  return Promise.all(currenciesOf(slug).map((currency) => balanceOf(reader, slug, provider, currency)));
}

async function balanceOf(reader: Reader, slug: ProviderSlug, provider: Provider, currency: Currency): Promise<ProviderBalance> {
  const { mode = 'live' } = provider;
  // The other side of the money there; see postings.ts.
  const hereMinor = 0 - (await balanceMinor(reader, { appId: null, kind: 'clearing', provider: slug, currency, mode }));
  const about = { provider: slug, mode, currency, hereMinor };
  try {
    return { ...about, thereMinor: (await provider.balance?.(currency)) ?? null, problem: null };
  } catch (error) {
    return { ...about, thereMinor: null, problem: error instanceof Error ? error.message : String(error) };
  }
}
