import { keepFile } from '../shop/files.ts';
import { PRODUCT_TYPES } from '../shop/new-item.ts';
import type { Command } from './command.ts';
import { itemMade } from './item-list.ts';
import { appNamed, inWorkspace } from './workspace.ts';

export const command: Command = {
  notes: 'Through Dukuzi it is sold as the product that DUKUZI_PRODUCT_IDS has for its slug (slug=id or slug=id@price, in a comma list), else as DUKUZI_PRODUCT_ID. Where money is taken for real and no provider here takes this currency, it is sold in test mode, and you are warned.',
  options: {
    app: { type: 'text', value: 'SLUG', required: true, about: 'the app that sells it' },
    name: { type: 'text', value: 'NAME', required: true, about: 'what buyers see' },
    amount: { type: 'amount', value: 'AMOUNT', required: true, about: 'the price in major units: 25000, 19.99' },
    currency: { type: 'text', value: 'CODE', required: true, about: 'UGX, KES, TZS, RWF, USD, EUR or GBP' },
    slug: { type: 'text', value: 'SLUG', about: 'its name in addresses and in <pay-button item>; made of the name when absent' },
    type: { type: 'text', value: 'TYPE', choices: PRODUCT_TYPES, about: 'digital (default), course or physical' },
    file: { type: 'text', value: 'PATH', about: 'what a buyer downloads; it is copied beside the database' },
    image: { type: 'text', value: 'URL', about: 'a picture' },
    description: { type: 'text', value: 'TEXT', about: 'a few sentences' },
  },
  run: (args) =>
    inWorkspace(async ({ config, apps, items }) => {
      const app = await appNamed(apps, args.text('app'));
      const source = args.optional('file');
      const kept = source === undefined ? undefined : keepFile(config.dataFolder, source);
      const made = items.createProduct({
        appId: app.id,
        name: args.text('name'),
        amount: args.amount('amount')!,
        currency: args.text('currency').toUpperCase(),
        slug: args.optional('slug'),
        type: args.optional('type'),
        file: kept?.file,
        imageUrl: args.optional('image'),
        description: args.optional('description'),
      });
      const item = await made.catch((error: unknown) => {
        kept?.discard();
        throw error;
      });
      return itemMade(item, config);
    }),
};
