import type { Config } from '../config.ts';
import { toMajor } from '../core/money.ts';
import { inWords } from '../shop/amount-input.ts';
import type { Item } from '../shop/items.ts';
import { testSaleOf } from '../shop/sold-in-test.ts';
import type { Answer, Command } from './command.ts';
import { columns } from './help.ts';
import { askableProviders } from './providers.ts';
import { appNamed, inWorkspace } from './workspace.ts';

export const command: Command = {
  options: {
    app: { type: 'text', value: 'SLUG', required: true, about: 'whose items' },
  },
  run: (args) =>
    inWorkspace(async ({ apps, items }) => {
      const list = await items.ofApp((await appNamed(apps, args.text('app'))).id);
      return {
        json: { items: list.map(itemJson) },
        text: list.length === 0 ? 'Nothing to buy yet: malipo product create, malipo link create' : columns(list.map((item) => [item.slug, `${item.name}, ${price(item)}`])).join('\n'),
      };
    }),
};

/** What the commands that make an item answer. */
export async function itemMade(item: Item, config: Config): Promise<Answer> {
  const warning = testSaleOf(item.currency, await askableProviders(config));
  return {
    json: { id: item.id, slug: item.slug, ...(warning && { warning }) },
    text: `Made the ${item.kind} ${item.slug} (${item.name}), ${price(item)}.\nPut it on a page with <pay-button item="${item.slug}"></pay-button>${warning === null ? '' : `\nWarning: ${warning}`}`,
  };
}

function itemJson(item: Item): object {
  return {
    id: item.id,
    slug: item.slug,
    kind: item.kind,
    name: item.name,
    currency: item.currency,
    amount: item.amountMinor === null ? null : toMajor(item.amountMinor),
  };
}

function price({ amountMinor, minAmountMinor, maxAmountMinor, currency }: Item): string {
  if (amountMinor !== null) return inWords(amountMinor, currency);
  const least = minAmountMinor === null ? '' : ` from ${inWords(minAmountMinor, currency)}`;
  const most = maxAmountMinor === null ? '' : ` up to ${inWords(maxAmountMinor, currency)}`;
  return `any amount${least}${most || (least ? '' : ` of ${currency}`)}`;
}
