import type { Command } from './command.ts';
import { itemMade } from './item-list.ts';
import { appNamed, inWorkspace } from './workspace.ts';

export const command: Command = {
  notes: 'With --amount everyone pays the same; without it the buyer chooses, within the limits you give. Where money is taken for real and no provider here takes this currency, it is sold in test mode, and you are warned.',
  options: {
    app: { type: 'text', value: 'SLUG', required: true, about: 'the app that is paid' },
    name: { type: 'text', value: 'NAME', required: true, about: 'what buyers see' },
    currency: { type: 'text', value: 'CODE', required: true, about: 'UGX, KES, TZS, RWF, USD, EUR or GBP' },
    amount: { type: 'amount', value: 'AMOUNT', about: 'a fixed amount in major units: 25000, 19.99' },
    'min-amount': { type: 'amount', value: 'AMOUNT', about: 'the least a buyer may choose' },
    'max-amount': { type: 'amount', value: 'AMOUNT', about: 'the most a buyer may choose' },
    suggested: { type: 'text', value: 'LIST', about: 'amounts to offer, such as 5000,10000,20000' },
    slug: { type: 'text', value: 'SLUG', about: 'its name in addresses and in <pay-button item>; made of the name when absent' },
    image: { type: 'text', value: 'URL', about: 'a picture' },
    description: { type: 'text', value: 'TEXT', about: 'a few sentences' },
  },
  run: (args) => {
    const suggestedAmounts = args.amounts('suggested');
    return inWorkspace(async ({ config, apps, items }) => {
      const app = await appNamed(apps, args.text('app'));
      return itemMade(
        await items.createLink({
          appId: app.id,
          name: args.text('name'),
          currency: args.text('currency').toUpperCase(),
          amount: args.amount('amount'),
          minAmount: args.amount('min-amount'),
          maxAmount: args.amount('max-amount'),
          suggestedAmounts,
          slug: args.optional('slug'),
          imageUrl: args.optional('image'),
          description: args.optional('description'),
        }),
        config,
      );
    });
  },
};
