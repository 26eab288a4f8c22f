/** What is mapped to Dukuzi's products beside what is sold here: said at the start, since an item may be made later. */
import type { DukuziProduct } from '../config.ts';
import { inWords } from './amount-input.ts';
import type { Items } from './items.ts';

/** The one currency that Dukuzi takes. */
const CURRENCY = 'TZS';

/** A sentence for each product that no item here can be sold as. */
export async function strayDukuziProducts(products: ReadonlyMap<string, DukuziProduct>, items: Items): Promise<string[]> {
  const problems = await Promise.all([...products].map(async ([slug, { priceMinor }]) => problemOf(slug, priceMinor, items)));
  return problems.filter((problem) => problem !== null).map((problem) => `DUKUZI_PRODUCT_IDS: ${problem}`);
}

async function problemOf(slug: string, priceMinor: number | null, items: Items): Promise<string | null> {
  const item = await items.bySlug(slug);
  if (item === null) return `there is no item ${slug} on this server`;
  const { currency, amountMinor } = item;
  if (currency !== CURRENCY) return `${slug} is sold in ${currency}, which Dukuzi does not take`;
  if (priceMinor === null || amountMinor === null || amountMinor === priceMinor) return null;
  return `${slug} costs ${inWords(amountMinor, currency)} here and ${inWords(priceMinor, currency)} at Dukuzi, so nobody can buy it there; make the two agree`;
}
