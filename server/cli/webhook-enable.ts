import { WebhookEndpoints } from '../webhooks/endpoints.ts';
import { type Command, CommandError } from './command.ts';
import { columns } from './help.ts';
import { appNamed, inWorkspace } from './workspace.ts';

export const command: Command = {
  options: {
    app: { type: 'text', value: 'SLUG', required: true, about: 'whose address' },
    url: { type: 'text', value: 'URL', about: 'only this one; else every disabled address of the app' },
  },
  notes: 'What was set aside meanwhile is not sent by itself: malipo webhook replay --app SLUG --since TIME.',
  run: (args) =>
    inWorkspace(async ({ store, apps }) => {
      const app = await appNamed(apps, args.text('app'));
      const url = args.optional('url');
      const enabled = await new WebhookEndpoints({ store }).enable(app.id, url);
      if (url !== undefined && enabled.length === 0) throw new CommandError('NOT_FOUND', `${url} is not a disabled address of ${app.slug}`);
      return {
        json: { app: app.slug, enabled: enabled.map((each) => ({ url: each.url, set_aside: each.setAside })) },
        text:
          enabled.length === 0
            ? `No address of ${app.slug} is disabled.`
            : ['Enabled:', ...columns(enabled.map((each) => [each.url, `${each.setAside} deliveries were set aside meanwhile`]))].join('\n'),
      };
    }),
};
