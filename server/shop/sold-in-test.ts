/**
 * What is sold in test mode beside what is sold for real: no live provider here takes its money, so nobody is charged for
 * it, and its buyers are told that they have paid. It stays so (one missing key must not take a shop off line), and is said.
 */
import { CURRENCIES, type Currency } from '../core/money.ts';
import { type ProviderSlug, takes } from '../providers/capabilities.ts';
import type { Provider } from '../providers/provider.ts';
import type { Items } from './items.ts';

type LiveProviders = ReadonlyMap<ProviderSlug, Pick<Provider, 'mode'>>;

/** How many items are named at the start. */
const NAMED = 10;

/** One line for an item that was just made; null where it is sold for real, or nothing is. */
export function testSaleOf(currency: Currency, live: LiveProviders): string | null {
  if (!currenciesInTest(live).includes(currency)) return null;
  return `No live provider here takes ${currency}: this is sold in test mode, where nobody is charged and buyers are told that they have paid`;
}

/** One line for all that there are; null where there are none. */
export async function testSales(items: Items, live: LiveProviders): Promise<string | null> {
  const found = (await Promise.all(currenciesInTest(live).map(async (currency) => ({ currency, slugs: await items.slugsIn(currency, NAMED + 1) })))).filter(({ slugs }) => slugs.length > 0);
  if (found.length === 0) return null;
  const slugs = found.flatMap((each) => each.slugs);
  const names = slugs.slice(0, NAMED).join(', ') + (slugs.length > NAMED ? ' and more' : '');
  return `no live provider here takes ${found.map(({ currency }) => currency).join(', ')}: sold in test mode, where nobody is charged and buyers are told that they have paid: ${names}`;
}

/** Where nothing is sold for real everybody knows that it is a trial. */
function currenciesInTest(live: LiveProviders): Currency[] {
  const slugs = [...live].filter(([, { mode = 'live' }]) => mode === 'live').map(([slug]) => slug);
  const isTaken = (currency: Currency) => slugs.some((slug) => takes(slug, currency, 'mobile_money') || takes(slug, currency, 'card'));
  return slugs.length === 0 ? [] : CURRENCIES.filter((currency) => !isTaken(currency));
}
