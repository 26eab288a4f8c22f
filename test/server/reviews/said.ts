/** A provider that takes money back, and what the books make of it. */
import { MINUTE_MS } from '../../../server/core/clock.ts';
import type { ProviderStatus, ToldRefund } from '../../../server/providers/provider.ts';
import type { TestMalipo } from '../support/build-malipo.ts';
import { rows } from '../support/database.ts';
import type { openLiveShop } from '../support/live-shop.ts';
import { callBack } from '../support/payments.ts';

export type LiveShop = Awaited<ReturnType<typeof openLiveShop>>;

export const reversed = (amountMinor: number, at: number, currency = 'UGX'): ProviderStatus => ({ kind: 'reversed', providerRef: 'x', amountMinor, currency, at, reason: 'Charged back' });

/** What somebody gave back in the provider's dashboard. */
export const givenBack = (amountMinor: number, change: Partial<ToldRefund> = {}): ToldRefund => ({ providerRef: 're_1', reference: '', status: 'completed', amountMinor, currency: 'UGX', at: 0, reason: 'Refunded in the dashboard', ...change });

/** A minute later its provider says this of it, and calls back to say so. */
export async function says({ malipo, provider }: LiveShop, reference: string, status: ProviderStatus): Promise<void> {
  malipo.clock.advance(MINUTE_MS);
  provider.answersStatus(() => status);
  await callBack(malipo, reference, { news: malipo.clock.now() });
  await malipo.jobs.runDue();
}

export function takenBack(shop: LiveShop, reference: string, amountMinor: number): Promise<void> {
  return says(shop, reference, reversed(amountMinor, shop.malipo.clock.now()));
}

/** What our account at the provider has, by the ledger, in minor units. */
export async function atTheProvider({ store }: Pick<TestMalipo, 'store'>): Promise<number> {
  const [account] = await rows<{ minor: number }>(store, `SELECT CAST(-sum(e.amount_minor) AS BIGINT) AS minor FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id WHERE a.kind = 'clearing'`);
  return account!.minor;
}
