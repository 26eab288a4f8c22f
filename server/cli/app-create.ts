import { WEBHOOK_FORMATS } from '../access/apps.ts';
import type { Command } from './command.ts';
import { columns } from './help.ts';
import { inWorkspace } from './workspace.ts';

export const command: Command = {
  options: {
    name: { type: 'text', value: 'NAME', required: true, about: 'what buyers see' },
    slug: { type: 'text', value: 'SLUG', about: 'its name in addresses and on this command line; made of the name when absent' },
    'webhook-url': { type: 'text', value: 'URL', about: 'where status changes are sent' },
    'webhook-format': { type: 'text', value: 'FORMAT', choices: WEBHOOK_FORMATS, about: 'dgateway (default) or dukuzi' },
    'fee-percent': { type: 'amount', value: 'PERCENT', about: "the platform's fee on API payments, 8 by default" },
    origin: { type: 'many', value: 'ORIGIN', about: 'a web site that may use the app from the browser, such as https://shop.example.org; none means any' },
  },
  run: (args) =>
    inWorkspace(async ({ store, apps, apiKeys }) => {
      // One commit: an app without keys, or keys without an app, is never left behind.
      const { app, webhookSecret, live, test } = await store.write(async (tx) => {
        const made = await apps.createWithin(tx, {
          name: args.text('name'),
          slug: args.optional('slug'),
          webhookUrl: args.optional('webhook-url'),
          webhookFormat: args.optional('webhook-format'),
          feePercent: args.amount('fee-percent'),
          origins: args.many('origin'),
        });
        const { id } = made.app;
        return { ...made, live: await apiKeys.createWithin(tx, id, 'live'), test: await apiKeys.createWithin(tx, id, 'test') };
      });
      const secrets = { live_key: live.key, test_key: test.key, webhook_secret: webhookSecret };
      return {
        json: { id: app.id, slug: app.slug, name: app.name, ...secrets },
        text: [
          `Made the app ${app.slug} (${app.name}).`,
          '',
          ...columns(Object.entries(secrets).map(([name, secret]) => [name.replace('_', ' '), secret])),
          '',
          'The keys are shown only this once: keep them where your server keeps its secrets.',
        ].join('\n'),
      };
    }),
};
